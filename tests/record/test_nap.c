/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_nap.c -- sleeps are the shorter the more comes, within limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "record/nap.h"

static const uint64_t MS = 1000000;

/* How long it sleeps after `ms` in which so many records came. */
static int sleeps(uint64_t ms, size_t records)
{
	struct nap p = {.since_ns = 7 * MS};

	nap_count(&p, records / 2);
	nap_count(&p, records - records / 2);
	return nap_begin(&p, (7 + ms) * MS);
}

static void it_looks_before_half_a_lane_is_full(void **state)
{
	(void)state;
	assert_int_equal(sleeps(10, 4000), 10);
	assert_int_equal(sleeps(10, 8000), 5);
	assert_int_equal(sleeps(10, 1000), 40);
}

static void sleeps_are_limited(void **state)
{
	(void)state;
	assert_int_equal(sleeps(10, 0), 500);
	assert_int_equal(sleeps(10, 1), 100);
	assert_int_equal(sleeps(1000, 50), 100);
	assert_int_equal(sleeps(UINT64_MAX / MS - 7, 1000000), 100);
	assert_int_equal(sleeps(10, 1000000), 2);
	assert_int_equal(sleeps(0, 1), 2);
}

static void a_sleep_begins_anew(void **state)
{
	struct nap p = {0};

	(void)state;
	nap_count(&p, 4000);
	assert_int_equal(nap_begin(&p, 10 * MS), 10);
	assert_int_equal(nap_begin(&p, 20 * MS), 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_looks_before_half_a_lane_is_full),
		cmocka_unit_test(sleeps_are_limited),
		cmocka_unit_test(a_sleep_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
