/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_accept_queue.c -- when a listener's queues are full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analyze/accept_queue.h"

static void it_is_full_with_one_more_than_may_be(void **state)
{
	struct accept_queue q = {0};

	(void)state;
	accept_queue_tell(&q, 1, 1);
	assert_false(q.is_full);
	accept_queue_tell(&q, 2, 1);
	assert_true(q.is_full);
	accept_queue_tell(&q, 1, 1);
	assert_false(q.is_full);
	assert_true(q.has_been_full);
	assert_int_equal(q.peak, 2);
	assert_int_equal(q.len, 1);
}

static void a_backlog_of_0_lets_one_in(void **state)
{
	struct accept_queue q = {0};

	(void)state;
	accept_queue_tell(&q, 0, 0);
	assert_false(q.is_full);
	accept_queue_tell(&q, 1, 0);
	assert_true(q.is_full);
}

static void it_is_not_known_to_be_full_once_somebody_was_accepted(void **state)
{
	struct accept_queue q = {0};

	(void)state;
	accept_queue_overflow(&q);
	assert_true(q.is_full);
	accept_queue_accept(&q);
	assert_false(q.is_full);
	assert_true(q.has_been_full);
}

static void drops_count_from_the_tapes_beginning(void **state)
{
	struct accept_queue q = {0}, older = {0};

	(void)state;
	accept_queue_tell(&q, 0, 4);
	accept_queue_tell_more(&q, 0, 3, true);
	assert_int_equal(q.drops - q.drops_base, 3);
	accept_queue_tell(&older, 0, 4);
	accept_queue_tell_more(&older, 0, 3, false);
	accept_queue_tell_more(&older, 0, 5, false);
	assert_int_equal(older.drops - older.drops_base, 2);
}

/* Before some kernel as many as max_backlog were too many, later one more is. */
static void as_many_requests_as_may_be_are_too_many_only_if_something_was_dropped(void **state)
{
	struct accept_queue q = {0};

	(void)state;
	accept_queue_tell(&q, 0, 2);
	accept_queue_tell_more(&q, 2, 0, true);
	assert_false(q.has_been_too_many);
	accept_queue_tell_more(&q, 2, 1, true);
	assert_true(q.has_been_too_many);
	q = (struct accept_queue){0};
	accept_queue_tell(&q, 0, 2);
	accept_queue_tell_more(&q, 3, 0, true);
	assert_true(q.has_been_too_many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_full_with_one_more_than_may_be),
		cmocka_unit_test(a_backlog_of_0_lets_one_in),
		cmocka_unit_test(it_is_not_known_to_be_full_once_somebody_was_accepted),
		cmocka_unit_test(drops_count_from_the_tapes_beginning),
		cmocka_unit_test(
			as_many_requests_as_may_be_are_too_many_only_if_something_was_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
