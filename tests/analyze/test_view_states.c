/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_view_states.c -- every change, with the time in the state left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/analyze/build_tape.h"
#include "tests/analyze/viewed.h"

enum { T0 = 1000000000 };

static struct viewed show(struct build_tape *b, const char *options)
{
	return view_built(view_states, b, options);
}

static size_t count_of(const char *text, const char *word)
{
	size_t n = 0;

	for (const char *p = strstr(text, word); p; p = strstr(p + 1, word))
		n++;
	return n;
}

static void every_change_of_hello_is_a_row(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_ready(&b);
	v = show(&b, "-f json");
	assert_int_equal(count_of(v.text, "\n"), 10);
	assert_non_null(strstr(v.text, "\"from\":\"TCP_SYN_SENT\",\"to\":\"TCP_ESTABLISHED\","
				       "\"duration_ns\":20000,\"at_least\":false"));
	assert_non_null(strstr(v.text, "\"lport\":null,\"raddr\":\"127.0.0.1\",\"rport\":8080,"
				       "\"from\":\"TCP_CLOSE\",\"to\":\"TCP_SYN_SENT\","
				       "\"duration_ns\":null"));
	viewed_release(&v);
	tape_release(&b);
}

static void state_from_before_the_tape_is_counted_from_its_beginning_and_marked(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_snapshot(&b, T0, &hello_client, &(struct build_snapshot){.state = STATE_ESTABLISHED});
	tape_state(&b, T0 + 5000, &hello_client, STATE_ESTABLISHED, STATE_CLOSE_WAIT);
	tape_state(&b, T0 + 6000, &hello_server, STATE_ESTABLISHED, STATE_FIN_WAIT1);
	tape_ready(&b);
	v = show(&b, "-f json");
	assert_non_null(strstr(v.text, "\"duration_ns\":5000,\"at_least\":true"));
	assert_non_null(strstr(v.text, "\"duration_ns\":6000,\"at_least\":true"));
	viewed_release(&v);
	v = show(&b, "");
	assert_non_null(strstr(v.text, "≥ 5 µs"));
	viewed_release(&v);
	tape_release(&b);
}

static void end_says_what_it_means(void **state)
{
	struct build_tape b = {0};
	const enum tcp_state refused[2] = {STATE_SYN_SENT, STATE_CLOSE};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_state_with(&b, T0 + 5000000, &hello_client, refused,
			&(struct build_extra){.sk_err = 111});
	tape_ready(&b);
	v = show(&b, "");
	assert_int_equal(count_of(v.text, "TIME_WAIT begins"), 1);
	assert_int_equal(count_of(v.text, "refused"), 1);
	viewed_release(&v);
	tape_release(&b);
}

static void whole_lives_are_selected_though_their_port_is_known_late(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_ready(&b);
	v = show(&b, "-f json --port 40112");
	assert_int_equal(count_of(v.text, "\n"), 10);
	viewed_release(&v);
	tape_release(&b);
}

static void tape_without_state_events_says_so(void **state)
{
	struct build_tape b = {.left_out = 1 << BUILD_STATE};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_probe(&b, T0, &hello_client, 1);
	tape_ready(&b);
	v = show(&b, "");
	assert_string_equal(v.text, "no state change recorded; 1 TCP socket lives seen\n");
	viewed_release(&v);
	tape_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_change_of_hello_is_a_row),
		cmocka_unit_test(
			state_from_before_the_tape_is_counted_from_its_beginning_and_marked),
		cmocka_unit_test(end_says_what_it_means),
		cmocka_unit_test(whole_lives_are_selected_though_their_port_is_known_late),
		cmocka_unit_test(tape_without_state_events_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
