/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_row_sort.c -- the order of a block's rows, whatever order they came in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/row_sort.h"
#include "format/rows_data.h"

enum { ROWS = 3000 };

typedef uint64_t time_fn(size_t i);

static uint64_t rising(size_t i)
{
	return i;
}

static uint64_t falling(size_t i)
{
	return ROWS - i;
}

static uint64_t nearly_rising(size_t i)
{
	return i ^ 3;
}

static uint64_t all_equal(size_t i)
{
	(void)i;
	return 7;
}

static uint64_t scattered(size_t i)
{
	return i * 2654435761u % 1009;
}

/* CPUs take turns: `cpus` of them, the first with number `first`. Row i is local i. */
static void check_order(time_fn *time, uint32_t cpus, uint32_t first)
{
	struct row_sort *sort = row_sort_new();
	struct row_head *heads = calloc(ROWS, sizeof(*heads));
	const struct row_head *sorted;
	bool is_seen[ROWS] = {false};

	assert_non_null(sort);
	assert_non_null(heads);
	for (uint32_t i = 0; i < ROWS; i++)
		heads[i] = (struct row_head){time(i), first + i % cpus, 1, (uint16_t)i};
	assert_true(row_sort_run(sort, heads, ROWS, &sorted));
	for (size_t i = 0; i < ROWS; i++) {
		const struct row_head *a = &sorted[i], *b = &sorted[i + 1];

		assert_false(is_seen[a->local]);
		is_seen[a->local] = true;
		assert_int_equal(a->ts, time(a->local));
		if (i + 1 == ROWS)
			break;
		assert_true(a->cpu <= b->cpu);
		if (a->cpu == b->cpu)
			assert_true(a->ts < b->ts || (a->ts == b->ts && a->local < b->local));
	}
	free(heads);
	row_sort_free(sort);
}

static void rows_are_in_order_of_cpu_then_time_then_arrival(void **state)
{
	time_fn *times[] = {rising, falling, nearly_rising, all_equal, scattered};

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		check_order(times[i], 1, 0);
		check_order(times[i], 7, 0);
		check_order(times[i], 7, 1020); /* some of them beyond the small ones */
		check_order(times[i], 2, UINT32_MAX - 2);
	}
}

static void none_and_one_are_in_order(void **state)
{
	struct row_sort *sort = row_sort_new();
	struct row_head one = {5, 3, 2, 0};
	const struct row_head *sorted;

	(void)state;
	assert_true(row_sort_run(sort, NULL, 0, &sorted));
	assert_true(row_sort_run(sort, &one, 1, &sorted));
	assert_int_equal(sorted[0].ts, 5);
	row_sort_free(sort);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_in_order_of_cpu_then_time_then_arrival),
		cmocka_unit_test(none_and_one_are_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
