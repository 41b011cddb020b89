/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_connecting.c -- the SYN tells the port that connect does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/analyze/tracked.h"

static const uint64_t T0 = 1000000000000;

static const struct build_segment syn = {.from = "127.0.0.1",
					 .to = "127.0.0.1",
					 .sport = 40112,
					 .dport = 8080,
					 .flags = 2};
static const struct build_segment syn_ack = {.from = "127.0.0.1",
					     .to = "127.0.0.1",
					     .sport = 8080,
					     .dport = 40112,
					     .flags = 18};

static void refused_syn_is_a_drop_of_the_socket_that_sent_it(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 1, "curl");
	tape_connect(&b, T0, &hello_client);
	tape_segment(&b, T0 + 10, &syn);
	tape_drop(&b, T0 + 20, &syn, REASON_NO_SOCKET);
	tape_state(&b, T0 + 30, &hello_client, STATE_SYN_SENT, STATE_CLOSE);
	track(&t, &b);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.lives[0].tuple.local.port, 40112);
	assert_int_equal(t.lives[0].traffic.drops, 1);
	assert_false(t.lives[0].is_tuple_guessed);
	tracked_release(&t);
	tape_release(&b);
}

static void answer_from_afar_tells_it_as_well(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 1, "curl");
	tape_connect(&b, T0, &hello_client);
	tape_segment(&b, T0 + 10, &syn_ack);
	track(&t, &b);
	assert_int_equal(t.lives[0].tuple.local.port, 40112);
	assert_true(t.lives[0].is_tuple_guessed);
	tracked_release(&t);
	tape_release(&b);
}

static void kernels_word_replaces_a_wrong_guess(void **state)
{
	struct build_tape b = {0};
	struct build_sock really = hello_client;
	struct tracked t;

	(void)state;
	really.lport = 40999;
	tape_begin(&b);
	tape_run(&b, 1, "curl");
	tape_connect(&b, T0, &really);
	tape_segment(&b, T0 + 10, &syn);
	tape_state(&b, T0 + 20, &really, STATE_SYN_SENT, STATE_ESTABLISHED);
	track(&t, &b);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.lives[0].tuple.local.port, 40999);
	assert_true(t.lives[0].is_start_seen);
	tracked_release(&t);
	tape_release(&b);
}

static void of_two_that_connect_the_one_of_the_running_process_is_meant(void **state)
{
	struct build_tape b = {0};
	struct build_sock other = hello_client;
	struct tracked t;

	(void)state;
	other.skaddr += 64;
	other.cookie = 50;
	tape_begin(&b);
	tape_run(&b, 1, "curl");
	tape_connect(&b, T0, &hello_client);
	tape_run(&b, 2, "wget");
	tape_connect(&b, T0 + 5, &other);
	tape_segment(&b, T0 + 10, &syn);
	track(&t, &b);
	assert_int_equal(t.lives[0].tuple.local.port, 0);
	assert_int_equal(t.lives[1].tuple.local.port, 40112);
	tracked_release(&t);
	tape_release(&b);
}

static void where_several_fit_nothing_is_guessed(void **state)
{
	struct build_tape b = {0};
	struct build_sock other = hello_client;
	struct tracked t;

	(void)state;
	other.skaddr += 64;
	other.cookie = 50;
	tape_begin(&b);
	tape_run(&b, 1, "curl");
	tape_connect(&b, T0, &hello_client);
	tape_connect(&b, T0 + 5, &other);
	tape_segment(&b, T0 + 10, &syn);
	tape_segment(&b, T0 + 20, &syn_ack);
	track(&t, &b);
	assert_int_equal(t.lives[0].tuple.local.port, 0);
	assert_int_equal(t.lives[1].tuple.local.port, 0);
	tracked_release(&t);
	tape_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused_syn_is_a_drop_of_the_socket_that_sent_it),
		cmocka_unit_test(answer_from_afar_tells_it_as_well),
		cmocka_unit_test(kernels_word_replaces_a_wrong_guess),
		cmocka_unit_test(of_two_that_connect_the_one_of_the_running_process_is_meant),
		cmocka_unit_test(where_several_fit_nothing_is_guessed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
