/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_tcp_state.c -- states have the kernel's names, both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/tcp_state.h"

static void every_state_is_found_by_both_of_its_names(void **state)
{
	(void)state;
	for (int s = STATE_UNKNOWN + 1; s < STATE_COUNT; s++) {
		assert_int_equal(tcp_state_find(tcp_state_name((enum tcp_state)s)), s);
		assert_int_equal(tcp_state_find(tcp_state_short((enum tcp_state)s)), s);
	}
}

static void unknown_state_has_no_name(void **state)
{
	(void)state;
	assert_null(tcp_state_name(STATE_UNKNOWN));
	assert_null(tcp_state_name((enum tcp_state)99));
	assert_string_equal(tcp_state_short(STATE_UNKNOWN), "?");
	assert_int_equal(tcp_state_find("TCP_OF_TOMORROW"), STATE_UNKNOWN);
}

static void peer_has_closed_in_close_wait_and_after(void **state)
{
	(void)state;
	assert_true(tcp_state_peer_closed(STATE_CLOSE_WAIT));
	assert_true(tcp_state_peer_closed(STATE_LAST_ACK));
	assert_false(tcp_state_peer_closed(STATE_FIN_WAIT2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_is_found_by_both_of_its_names),
		cmocka_unit_test(unknown_state_has_no_name),
		cmocka_unit_test(peer_has_closed_in_close_wait_and_after),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
