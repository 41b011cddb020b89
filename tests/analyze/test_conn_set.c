/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_conn_set.c -- numbers that were added are in, others are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/conn_set.h"

static void what_was_added_is_in(void **state)
{
	struct conn_set s = {0};

	(void)state;
	assert_false(conn_set_has(&s, 1));
	for (uint64_t i = 1; i < 5000; i += 3)
		assert_true(conn_set_add(&s, i));
	for (uint64_t i = 1; i < 5000; i++)
		assert_int_equal(conn_set_has(&s, i), i % 3 == 1);
	assert_false(conn_set_has(&s, UINT64_MAX));
	conn_set_release(&s);
	assert_false(conn_set_has(&s, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_added_is_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
