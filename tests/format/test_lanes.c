/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_lanes.c -- rows that lie CPU by CPU, in the order of their times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/block.h"
#include "format/lanes.h"

static int setup(void **state)
{
	*state = slab_new();
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	slab_free(*state);
	return 0;
}

static int find_and_merge(struct slab *slab, uint32_t rows, const uint64_t *ts, const uint64_t *cpu,
			  const uint32_t **order, struct error *err)
{
	struct lanes lanes;

	TRY(lanes_find(cpu, rows, slab, &lanes, err));
	return lanes_merge(&lanes, ts, slab, order, err);
}

static const uint32_t *merge(struct slab *slab, size_t rows, const uint64_t *ts,
			     const uint64_t *cpu)
{
	const uint32_t *order = NULL;

	assert_int_equal(find_and_merge(slab, (uint32_t)rows, ts, cpu, &order, NULL), 0);
	return order;
}

static void order_is(struct slab *slab, size_t rows, const uint64_t *ts, const uint64_t *cpu,
		     const uint32_t *want)
{
	const uint32_t *order = merge(slab, rows, ts, cpu);

	assert_non_null(order);
	assert_memory_equal(order, want, rows * sizeof(*want));
}

static void one_lane_lies_as_it_is_read(void **state)
{
	assert_null(merge(*state, 0, NULL, NULL));
	assert_null(merge(*state, 1, (uint64_t[]){5}, (uint64_t[]){9}));
	assert_null(merge(*state, 4, (uint64_t[]){1, 1, 2, UINT64_MAX}, (uint64_t[]){3, 3, 3, 3}));
}

static void two_lanes_are_read_by_time(void **state)
{
	order_is(*state, 5, (uint64_t[]){10, 20, 30, 5, 25}, (uint64_t[]){0, 0, 0, 1, 1},
		 (uint32_t[]){3, 0, 1, 4, 2});
}

static void lanes_need_not_be_neighbours_in_number(void **state)
{
	order_is(*state, 3, (uint64_t[]){3, 2, 1}, (uint64_t[]){0, 7, UINT32_MAX},
		 (uint32_t[]){2, 1, 0});
}

static void equal_times_keep_the_order_of_the_block(void **state)
{
	order_is(*state, 7, (uint64_t[]){1, 2, 2, 2, 1, 2, 3}, (uint64_t[]){0, 0, 0, 1, 2, 2, 2},
		 (uint32_t[]){0, 4, 1, 2, 3, 5, 6});
}

static void refuse(struct slab *slab, size_t rows, const uint64_t *ts, const uint64_t *cpu)
{
	const uint32_t *order = NULL;
	struct error err = {0};

	assert_int_equal(find_and_merge(slab, (uint32_t)rows, ts, cpu, &order, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.text, "out of order"));
}

static void a_time_that_descends_on_one_cpu_is_refused(void **state)
{
	refuse(*state, 3, (uint64_t[]){1, 3, 2}, (uint64_t[]){0, 0, 0});
	refuse(*state, 4, (uint64_t[]){1, 2, 2, 1}, (uint64_t[]){0, 0, 1, 1});
}

/* Wherever it is, also where times have their highest bit. */
static void a_time_that_descends_among_many_is_refused(void **state)
{
	static const uint64_t bases[] = {1000, INT64_MAX - 50, UINT64_MAX - 300};
	uint64_t ts[200], cpu[200] = {0};
	const uint32_t *order;

	for (size_t base = 0; base < 3; base++)
		for (size_t bad = 1; bad < 200; bad++) {
			for (size_t i = 0; i < 200; i++)
				ts[i] = bases[base] + i;
			assert_int_equal(find_and_merge(*state, 200, ts, cpu, &order, NULL), 0);
			ts[bad] = ts[bad - 1] - (bad % 3 ? 1 : ts[bad - 1]);
			refuse(*state, 200, ts, cpu);
		}
}

static void a_cpu_that_descends_is_refused(void **state)
{
	refuse(*state, 3, (uint64_t[]){1, 2, 3}, (uint64_t[]){1, 1, 0});
	refuse(*state, 3, (uint64_t[]){1, 2, 3}, (uint64_t[]){0, 1, 0});
}

static void another_cpu_among_many_rows_is_found(void **state)
{
	uint64_t ts[200], cpu[200];
	struct lanes lanes;

	for (size_t i = 0; i < 200; i++)
		ts[i] = i;
	for (uint32_t at = 1; at < 200; at++) {
		for (uint32_t i = 0; i < 200; i++)
			cpu[i] = i >= at;
		assert_int_equal(lanes_find(cpu, 200, *state, &lanes, NULL), 0);
		assert_int_equal(lanes.count, 2);
		assert_int_equal(lanes.starts[1], at);
		cpu[199] = 0;
		if (at < 199)
			refuse(*state, 200, ts, cpu);
	}
}

static void the_last_cpu_has_32_bits(void **state)
{
	const uint32_t *order;
	struct error err = {0};

	order_is(*state, 2, (uint64_t[]){2, 1}, (uint64_t[]){0, UINT32_MAX}, (uint32_t[]){1, 0});
	assert_int_equal(find_and_merge(*state, 2, (uint64_t[]){1, 2},
					(uint64_t[]){0, UINT64_C(1) << 32}, &order, &err),
			 ERR_CORRUPT);
	assert_non_null(strstr(err.text, "32 bits"));
}

/* Every row a lane of its own, times the other way round. */
static void as_many_lanes_as_rows_may_be(void **state)
{
	uint64_t *ts = malloc(BLOCK_MAX_ROWS * sizeof(*ts));
	uint64_t *cpu = malloc(BLOCK_MAX_ROWS * sizeof(*cpu));
	const uint32_t *order;

	for (uint32_t i = 0; i < BLOCK_MAX_ROWS; i++) {
		ts[i] = BLOCK_MAX_ROWS - i;
		cpu[i] = i;
	}
	order = merge(*state, BLOCK_MAX_ROWS, ts, cpu);
	for (uint32_t i = 0; i < BLOCK_MAX_ROWS; i++)
		assert_int_equal(order[i], BLOCK_MAX_ROWS - 1 - i);
	free(ts);
	free(cpu);
}

static int by_time_and_place(const uint64_t *ts, uint32_t a, uint32_t b)
{
	return ts[a] < ts[b] || (ts[a] == ts[b] && a < b);
}

/* Any number of lanes of any length: each row once, ordered by time, then place. */
static void any_lanes_come_out_in_order(void **state)
{
	enum { ROWS = 500 };
	uint64_t ts[ROWS], cpu[ROWS];
	uint32_t random = 7;

	for (unsigned chance = 1; chance < 40; chance++) {
		uint8_t seen[ROWS] = {0};
		const uint32_t *order;

		for (unsigned i = 0; i < ROWS; i++) {
			random = random * 1664525 + 1013904223;
			cpu[i] = i ? cpu[i - 1] + (random >> 16) % chance / (chance - chance / 4)
				   : 0;
			ts[i] = i && cpu[i] == cpu[i - 1] ? ts[i - 1] + (random >> 24) % 3
							  : (random >> 20) % 50;
		}
		order = merge(*state, ROWS, ts, cpu);
		for (unsigned i = 0; order && i < ROWS; i++) {
			assert_true(order[i] < ROWS && !seen[order[i]]++);
			assert_true(i == 0 || by_time_and_place(ts, order[i - 1], order[i]));
		}
		assert_true(order || cpu[ROWS - 1] == 0);
		slab_reset(*state);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_lane_lies_as_it_is_read),
		TEST(two_lanes_are_read_by_time),
		TEST(lanes_need_not_be_neighbours_in_number),
		TEST(equal_times_keep_the_order_of_the_block),
		TEST(a_time_that_descends_on_one_cpu_is_refused),
		TEST(a_cpu_that_descends_is_refused),
		TEST(another_cpu_among_many_rows_is_found),
		TEST(a_time_that_descends_among_many_is_refused),
		TEST(the_last_cpu_has_32_bits),
		TEST(as_many_lanes_as_rows_may_be),
		TEST(any_lanes_come_out_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
