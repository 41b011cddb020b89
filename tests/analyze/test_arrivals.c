/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_arrivals.c -- what is read has arrived at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze/arrivals.h"

static void a_read_is_as_old_as_its_last_byte(void **state)
{
	struct arrivals a = {0};
	uint64_t ts;

	(void)state;
	arrivals_add(&a, 100, 1000);
	arrivals_add(&a, 200, 2000);
	assert_true(arrivals_take(&a, 50, &ts));
	assert_int_equal(ts, 1000);
	assert_true(arrivals_take(&a, 101, &ts));
	assert_int_equal(ts, 2000);
	assert_true(arrivals_take(&a, 200, &ts));
	assert_int_equal(ts, 2000);
	assert_false(arrivals_take(&a, 201, &ts));
}

static void what_comes_again_has_arrived_before(void **state)
{
	struct arrivals a = {0};
	uint64_t ts;

	(void)state;
	arrivals_add(&a, 100, 1000);
	arrivals_add(&a, 100, 3000);
	assert_true(arrivals_take(&a, 100, &ts));
	assert_int_equal(ts, 1000);
}

static void beyond_its_length_the_last_ones_become_one(void **state)
{
	struct arrivals a = {0};
	uint64_t ts;

	(void)state;
	for (int i = 1; i <= 100; i++)
		arrivals_add(&a, i, 1000 * (uint64_t)i);
	assert_int_equal(a.count, ARRIVALS_MAX);
	assert_true(arrivals_take(&a, 1, &ts));
	assert_int_equal(ts, 1000);
	assert_true(arrivals_take(&a, 100, &ts));
	assert_int_equal(ts, 100000);
	assert_int_equal(a.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_is_as_old_as_its_last_byte),
		cmocka_unit_test(what_comes_again_has_arrived_before),
		cmocka_unit_test(beyond_its_length_the_last_ones_become_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
