/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_histogram.c -- values go in, how they are spread comes out. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analyze/histogram.h"

static void add(struct histogram *h, uint64_t value)
{
	assert_true(histogram_add(h, value));
}

static void assert_near(uint64_t is, uint64_t wanted)
{
	assert_true(fabs((double)is - (double)wanted) <= (double)wanted / 64);
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* A fixed sequence that looks like chance (xorshift). */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void nothing_is_nothing(void **state)
{
	struct histogram h = {0}, other = {0};
	struct histogram_bucket b;
	unsigned at = 0;

	(void)state;
	assert_true(histogram_merge(&h, &other));
	assert_int_equal(h.count, 0);
	assert_int_equal(histogram_percentile(&h, 50), 0);
	assert_true(histogram_mean(&h) == 0);
	assert_false(histogram_next(&h, &at, &b));
	histogram_clear(&h);
	histogram_release(&h);
}

static void small_values_are_exact(void **state)
{
	struct histogram h = {0};
	struct histogram_bucket b;
	unsigned at = 0;

	(void)state;
	for (uint64_t v = 0; v < 64; v++)
		for (uint64_t n = 0; n <= v; n++)
			add(&h, v);
	for (uint64_t v = 0; v < 64; v++) {
		assert_true(histogram_next(&h, &at, &b));
		assert_int_equal(b.from, v);
		assert_int_equal(b.to, v);
		assert_int_equal(b.count, v + 1);
	}
	assert_false(histogram_next(&h, &at, &b));
	assert_int_equal(histogram_percentile(&h, 50), 45);
	histogram_release(&h);
}

/* Every value lies in its bucket, which is no wider than 1/32 of it, and buckets adjoin. */
static void buckets_cover_all_numbers(void **state)
{
	uint64_t v = 0;

	(void)state;
	for (;;) {
		struct histogram h = {0};
		struct histogram_bucket b;
		unsigned at = 0;

		add(&h, v);
		assert_true(histogram_next(&h, &at, &b));
		assert_int_equal(b.from, v);
		assert_true(b.to >= v);
		assert_true(b.to - b.from <= v / 32);
		histogram_clear(&h);
		add(&h, b.to);
		at = 0;
		assert_true(histogram_next(&h, &at, &b));
		assert_int_equal(b.from, v);
		histogram_release(&h);
		if (b.to == UINT64_MAX)
			return;
		v = b.to + 1;
	}
}

static void percentiles_are_near_those_of_the_sorted_values(void **state)
{
	enum { COUNT = 10000 };
	static const double percents[] = {0.01, 1, 7, 25, 50, 90, 99, 99.9, 99.99};
	static uint64_t values[COUNT];
	struct histogram h = {0};
	uint64_t random = 88172645463325252u;
	double sum = 0;

	(void)state;
	for (unsigned i = 0; i < COUNT; i++) {
		values[i] = next_random(&random) >> (next_random(&random) % 50);
		add(&h, values[i]);
		sum += (double)values[i];
	}
	qsort(values, COUNT, sizeof(values[0]), by_size);
	for (unsigned i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		unsigned rank = (unsigned)ceil(percents[i] * COUNT / 100);

		assert_near(histogram_percentile(&h, percents[i]), values[rank - 1]);
	}
	assert_int_equal(histogram_percentile(&h, 0), values[0]);
	assert_int_equal(histogram_percentile(&h, 100), values[COUNT - 1]);
	assert_int_equal(h.min, values[0]);
	assert_int_equal(h.max, values[COUNT - 1]);
	assert_int_equal(h.count, COUNT);
	assert_true(fabs(histogram_mean(&h) - sum / COUNT) < 1);
	histogram_release(&h);
}

/* The seventh of a hundred, not the eighth that 0.07 * 100 would be. */
static void ranks_are_not_rounded_up(void **state)
{
	struct histogram h = {0};

	(void)state;
	for (uint64_t v = 1; v <= 50; v++) {
		add(&h, v);
		add(&h, v);
	}
	for (unsigned percent = 1; percent <= 100; percent++)
		assert_int_equal(histogram_percentile(&h, percent), (percent + 1) / 2);
	histogram_release(&h);
}

static void one_value_is_every_percentile(void **state)
{
	struct histogram h = {0};

	(void)state;
	add(&h, 123456789);
	for (unsigned percent = 0; percent <= 100; percent++)
		assert_int_equal(histogram_percentile(&h, percent), 123456789);
	assert_true(histogram_mean(&h) == 123456789);
	histogram_release(&h);
}

static void merged_is_as_if_added(void **state)
{
	static const uint64_t values[] = {900, 7, 1u << 20, 0, 901, UINT64_MAX, 70000};
	struct histogram all = {0}, some[2] = {{0}};
	struct histogram_bucket b, c;
	unsigned at = 0, other = 0;

	(void)state;
	for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		add(&all, values[i]);
		add(&some[i % 2], values[i]);
	}
	assert_true(histogram_merge(&some[0], &some[1]));
	assert_int_equal(some[0].count, all.count);
	assert_int_equal(some[0].min, 0);
	assert_int_equal(some[0].max, UINT64_MAX);
	assert_true(fabs(some[0].sum - all.sum) <= all.sum * 1e-12);
	while (histogram_next(&all, &at, &b)) {
		assert_true(histogram_next(&some[0], &other, &c));
		assert_int_equal(b.from, c.from);
		assert_int_equal(b.to, c.to);
		assert_int_equal(b.count, c.count);
	}
	assert_false(histogram_next(&some[0], &other, &c));
	histogram_release(&all);
	histogram_release(&some[0]);
	histogram_release(&some[1]);
}

/* Round trips between 100 and 800 µs take three octaves, and no value more than all of them. */
static void memory_is_bounded(void **state)
{
	struct histogram h = {0};

	(void)state;
	for (uint64_t v = 100; v < 800; v++)
		add(&h, v);
	assert_true(h.size <= 4 * 32);
	add(&h, 0);
	add(&h, UINT64_MAX);
	assert_true(h.size * sizeof(*h.buckets) <= 16384);
	histogram_clear(&h);
	assert_int_equal(h.count, 0);
	add(&h, 5);
	assert_int_equal(h.min, 5);
	assert_int_equal(h.max, 5);
	assert_int_equal(histogram_percentile(&h, 50), 5);
	histogram_release(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_nothing),
		cmocka_unit_test(small_values_are_exact),
		cmocka_unit_test(buckets_cover_all_numbers),
		cmocka_unit_test(percentiles_are_near_those_of_the_sorted_values),
		cmocka_unit_test(ranks_are_not_rounded_up),
		cmocka_unit_test(one_value_is_every_percentile),
		cmocka_unit_test(merged_is_as_if_added),
		cmocka_unit_test(memory_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
