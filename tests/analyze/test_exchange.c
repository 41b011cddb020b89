/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_exchange.c -- turns of one side, or of two, become exchanges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/exchange.h"

struct talk {
	struct turns client, server;
};

static void ask(struct turns *t, uint64_t bytes, uint64_t from, uint64_t to)
{
	const uint64_t span[2] = {from, to};
	struct error err;

	assert_int_equal(turns_ask(t, bytes, span, 5, &err), 0);
}

static void answer(struct turns *t, uint64_t bytes, uint64_t from, uint64_t to)
{
	const uint64_t span[2] = {from, to};

	turns_answer(t, bytes, span, 5);
}

static void finish(struct talk *t)
{
	struct error err;

	assert_int_equal(turns_finish(&t->client, &err), 0);
	assert_int_equal(turns_finish(&t->server, &err), 0);
}

static void release(struct talk *t)
{
	turns_release(&t->client);
	turns_release(&t->server);
}

static void both_sides_split_the_total_exactly(void **state)
{
	struct talk t = {0};
	struct exchange x;

	(void)state;
	ask(&t.client, 2, 100, 110);
	ask(&t.server, 2, 130, 130);
	answer(&t.server, 11, 150, 155);
	answer(&t.client, 11, 180, 180);
	finish(&t);
	assert_true(exchange_next(&t.client, &t.server, true, &x));
	assert_int_equal(x.start_ns, 100);
	assert_int_equal(x.request_bytes, 2);
	assert_int_equal(x.request_ns, 30);
	assert_int_equal(x.think_ns, 20);
	assert_int_equal(x.response_bytes, 11);
	assert_int_equal(x.response_ns, 30);
	assert_int_equal(x.total_ns, 80);
	assert_int_equal(x.client_wait_ns, 70);
	assert_int_equal(x.server_wait_ns, 125);
	assert_int_equal(x.write_ns, 5);
	assert_int_equal(x.transfer_ns, 25);
	assert_int_equal(x.first_byte_ns, 80);
	assert_int_equal(x.idle_ns, 95);
	assert_int_equal(x.kind, EXCHANGE_ORDINARY);
	assert_int_equal(x.turns, 1);
	assert_false(exchange_next(&t.client, &t.server, true, &x));
	release(&t);
}

static void client_alone_counts_the_network_as_thinking(void **state)
{
	struct talk t = {0};
	struct exchange x;

	(void)state;
	ask(&t.client, 2, 100, 110);
	answer(&t.client, 11, 180, 190);
	finish(&t);
	assert_true(exchange_next(&t.client, NULL, true, &x));
	assert_int_equal(x.request_ns, 10);
	assert_int_equal(x.think_ns, 70);
	assert_int_equal(x.response_ns, 10);
	assert_true(x.has_client && !x.has_server);
	release(&t);
}

static void exchange_is_told_when_the_next_one_begins(void **state)
{
	struct talk t = {0};
	struct exchange x;

	(void)state;
	ask(&t.server, 2, 100, 100);
	answer(&t.server, 3, 120, 120);
	assert_false(exchange_next(NULL, &t.server, false, &x));
	ask(&t.server, 4, 200, 200);
	assert_true(exchange_next(NULL, &t.server, false, &x));
	assert_int_equal(x.response_bytes, 3);
	assert_false(exchange_next(NULL, &t.server, false, &x));
	release(&t);
}

static void many_calls_in_one_direction_are_one_request(void **state)
{
	struct talk t = {0};
	struct exchange x;

	(void)state;
	for (unsigned i = 0; i < 10; i++)
		ask(&t.client, 100, 100 + i, 100 + i);
	answer(&t.client, 1, 300, 300);
	finish(&t);
	assert_true(exchange_next(&t.client, NULL, true, &x));
	assert_int_equal(x.request_bytes, 1000);
	assert_int_equal(x.request_ns, 9);
	release(&t);
}

static void pipelined_requests_become_one_exchange_of_several_turns(void **state)
{
	struct talk t = {0};
	struct exchange x;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		ask(&t.client, 10, 100 + i, 100 + i);
	for (unsigned i = 0; i < 3; i++) {
		ask(&t.server, 10, 110 + 10 * i, 110 + 10 * i);
		answer(&t.server, 20, 115 + 10 * i, 115 + 10 * i);
	}
	answer(&t.client, 60, 200, 200);
	finish(&t);
	assert_true(exchange_next(&t.client, &t.server, true, &x));
	assert_int_equal(x.request_bytes, 30);
	assert_int_equal(x.response_bytes, 60);
	assert_int_equal(x.turns, 3);
	assert_int_equal(x.kind, EXCHANGE_PIPELINED);
	assert_int_equal(x.think_ns, 15);
	assert_int_equal(x.request_ns + x.think_ns + x.response_ns, x.total_ns);
	assert_false(exchange_next(&t.client, &t.server, true, &x));
	release(&t);
}

static void server_that_speaks_first_was_asked_nothing(void **state)
{
	struct talk t = {0};
	struct exchange x;

	(void)state;
	answer(&t.server, 30, 50, 50);
	answer(&t.client, 30, 80, 80);
	finish(&t);
	assert_true(exchange_next(&t.client, &t.server, true, &x));
	assert_int_equal(x.request_bytes, 0);
	assert_int_equal(x.request_ns, 0);
	assert_int_equal(x.start_ns, 5); /* established */
	assert_int_equal(x.think_ns, 45);
	assert_int_equal(x.kind, EXCHANGE_SERVER_FIRST);
	assert_int_equal(x.response_ns, 30);
	release(&t);
}

static void one_way_stream_has_no_answer(void **state)
{
	struct talk t = {0};
	struct exchange x;

	(void)state;
	ask(&t.client, 1000, 100, 100);
	ask(&t.client, 1000, 200, 200);
	ask(&t.server, 2000, 300, 300);
	finish(&t);
	assert_true(exchange_next(&t.client, &t.server, true, &x));
	assert_false(x.has_answer);
	assert_int_equal(x.request_bytes, 2000);
	assert_int_equal(x.total_ns, 200);
	assert_int_equal(x.kind, EXCHANGE_UNANSWERED);
	release(&t);
}

static void many_calls_in_one_direction_only_are_a_stream(void **state)
{
	struct talk t = {0};
	struct exchange x;

	(void)state;
	for (unsigned i = 0; i < EXCHANGE_STREAM_CALLS; i++)
		ask(&t.client, 10, 100 + i, 100 + i);
	finish(&t);
	assert_true(exchange_next(&t.client, NULL, true, &x));
	assert_int_equal(x.kind, EXCHANGE_TO_SERVER);
	for (unsigned i = 0; i < EXCHANGE_STREAM_CALLS; i++)
		answer(&t.server, 10, 100 + i, 100 + i);
	finish(&t);
	assert_true(exchange_next(NULL, &t.server, true, &x));
	assert_int_equal(x.kind, EXCHANGE_TO_CLIENT);
	assert_string_equal(exchange_kind_name(x.kind), "stream-to-client");
	release(&t);
}

static void sides_that_never_fit_are_told_all_the_same(void **state)
{
	struct talk t = {0};
	struct exchange x;
	unsigned told = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		ask(&t.client, 3, 100 + i, 100 + i);
		answer(&t.client, 3, 100 + i, 100 + i);
		ask(&t.server, 5, 100 + i, 100 + i);
		answer(&t.server, 5, 100 + i, 100 + i);
		told += exchange_next(&t.client, &t.server, false, &x);
	}
	finish(&t);
	while (exchange_next(&t.client, &t.server, true, &x))
		told++;
	assert_in_range(told, 1, 200);
	assert_int_equal(turns_count(&t.client), 0);
	assert_int_equal(turns_count(&t.server), 0);
	release(&t);
}

static void last_answer_that_was_never_read_counts_as_sent(void **state)
{
	struct talk t = {0};
	struct exchange x;

	(void)state;
	ask(&t.client, 2, 100, 100);
	ask(&t.server, 2, 110, 110);
	answer(&t.server, 11, 120, 120);
	finish(&t);
	assert_true(exchange_next(&t.client, &t.server, true, &x));
	assert_int_equal(x.response_bytes, 11);
	assert_true(x.has_answer && !x.has_read);
	assert_int_equal(x.think_ns, 10);
	assert_int_equal(x.total_ns, 20);
	assert_false(exchange_next(&t.client, &t.server, true, &x));
	release(&t);
}

/* The client sends and closes; the server reads a part, answers, and reads the rest. */
static void what_was_read_late_is_asked_once(void **state)
{
	struct talk t = {0};
	struct exchange x;

	(void)state;
	ask(&t.client, 5, 100, 100);
	ask(&t.server, 1, 110, 110);
	answer(&t.server, 9, 120, 120);
	ask(&t.server, 4, 130, 130);
	finish(&t);
	assert_true(exchange_next(&t.client, &t.server, true, &x));
	assert_int_equal(x.request_bytes, 5);
	assert_int_equal(x.response_bytes, 9);
	assert_false(exchange_next(&t.client, &t.server, true, &x));
	release(&t);
}

/* The tape holds more of what the server read than of what the client sent. */
static void sides_that_do_not_fit_count_what_was_sent(void **state)
{
	struct talk t = {0};
	struct exchange x;
	uint64_t asked = 0, answered = 0;

	(void)state;
	ask(&t.client, 5, 100, 100);
	answer(&t.client, 1, 140, 140);
	ask(&t.client, 3, 150, 150);
	for (int i = 0; i < 4; i++) {
		ask(&t.server, 4, 110 + i, 110 + i);
		answer(&t.server, 2, 120 + i, 120 + i);
	}
	finish(&t);
	while (exchange_next(&t.client, &t.server, true, &x)) {
		asked += x.request_bytes;
		answered += x.response_bytes;
	}
	assert_int_equal(asked, 8);
	assert_int_equal(answered, 8);
	release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_split_the_total_exactly),
		cmocka_unit_test(client_alone_counts_the_network_as_thinking),
		cmocka_unit_test(exchange_is_told_when_the_next_one_begins),
		cmocka_unit_test(many_calls_in_one_direction_are_one_request),
		cmocka_unit_test(pipelined_requests_become_one_exchange_of_several_turns),
		cmocka_unit_test(server_that_speaks_first_was_asked_nothing),
		cmocka_unit_test(one_way_stream_has_no_answer),
		cmocka_unit_test(many_calls_in_one_direction_only_are_a_stream),
		cmocka_unit_test(sides_that_never_fit_are_told_all_the_same),
		cmocka_unit_test(last_answer_that_was_never_read_counts_as_sent),
		cmocka_unit_test(what_was_read_late_is_asked_once),
		cmocka_unit_test(sides_that_do_not_fit_count_what_was_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
