/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_blindspots.c -- what the tape did not see, as few intervals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/blindspots.h"

static void overlapping_intervals_become_one(void **state)
{
	struct blindspots b = {0};

	(void)state;
	blindspots_add(&b, 10, 20);
	blindspots_add(&b, 40, 50);
	blindspots_add(&b, 15, 42);
	assert_int_equal(b.count, 1);
	assert_true(blindspots_overlap(&b, 30, 30));
	assert_false(blindspots_overlap(&b, 51, 100));
	assert_false(blindspots_overlap(&b, 0, 9));
	assert_true(blindspots_overlap(&b, 0, 10));
}

static void what_lies_within_is_the_sum_of_its_parts(void **state)
{
	struct blindspots b = {0};

	(void)state;
	assert_int_equal(blindspots_within(&b, 0, UINT64_MAX), 0);
	blindspots_add(&b, 10, 20);
	blindspots_add(&b, 40, 50);
	blindspots_add(&b, 90, UINT64_MAX);
	assert_int_equal(blindspots_within(&b, 0, 10), 0);
	assert_int_equal(blindspots_within(&b, 15, 45), 5 + 5);
	assert_int_equal(blindspots_within(&b, 0, 100), 10 + 10 + 10);
	assert_int_equal(blindspots_within(&b, 12, 13), 1);
}

static void order_of_adding_does_not_matter(void **state)
{
	struct blindspots b = {0};

	(void)state;
	blindspots_add(&b, 100, 110);
	blindspots_add(&b, 10, 20);
	blindspots_add(&b, 50, 60);
	assert_int_equal(b.count, 3);
	assert_true(b.spots[0].from_ns == 10 && b.spots[1].from_ns == 50);
	assert_false(blindspots_overlap(&b, 21, 49));
}

static void interval_that_ends_before_it_begins_is_nothing(void **state)
{
	struct blindspots b = {0};

	(void)state;
	blindspots_add(&b, 20, 10);
	assert_int_equal(b.count, 0);
}

static void too_many_merge_with_their_nearest_neighbours(void **state)
{
	struct blindspots b = {0};

	(void)state;
	for (uint64_t i = 0; i < 3 * BLINDSPOTS_MAX; i++)
		blindspots_add(&b, i * 1000, i * 1000 + 1);
	assert_true(b.count <= BLINDSPOTS_MAX);
	for (uint64_t i = 0; i < 3 * BLINDSPOTS_MAX; i++)
		assert_true(blindspots_overlap(&b, i * 1000, i * 1000));
	for (size_t i = 1; i < b.count; i++)
		assert_true(b.spots[i].from_ns > b.spots[i - 1].to_ns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(overlapping_intervals_become_one),
		cmocka_unit_test(what_lies_within_is_the_sum_of_its_parts),
		cmocka_unit_test(order_of_adding_does_not_matter),
		cmocka_unit_test(interval_that_ends_before_it_begins_is_nothing),
		cmocka_unit_test(too_many_merge_with_their_nearest_neighbours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
