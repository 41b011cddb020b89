/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_nap.c -- the more comes the shorter they are, within limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "record/nap.h"

static const uint64_t MS = 1000000;

/* For how long after `ms` in which so many records came, in ms. */
static uint64_t naps(uint64_t ms, size_t records)
{
	struct nap p = {.since_ns = 7 * MS};

	nap_count(&p, records / 2);
	nap_count(&p, records - records / 2);
	return nap_begin(&p, (7 + ms) * MS) / MS - 7 - ms;
}

static void it_looks_before_half_a_lane_is_full(void **state)
{
	(void)state;
	assert_int_equal(naps(10, 4000), 10);
	assert_int_equal(naps(10, 8000), 5);
	assert_int_equal(naps(10, 1000), 40);
	assert_int_equal(naps(500, 4000), 500);
}

static void naps_are_limited(void **state)
{
	(void)state;
	assert_int_equal(naps(10, 0), 900);
	assert_int_equal(naps(10, 1), 900);
	assert_int_equal(naps(1000, 50), 900);
	assert_int_equal(naps(UINT64_MAX / MS / 2, 1000000), 3);
	assert_int_equal(naps(10, 1000000), 2);
	assert_int_equal(naps(0, 1), 2);
}

static void a_nap_begins_anew(void **state)
{
	struct nap p = {0};

	(void)state;
	nap_count(&p, 4000);
	assert_int_equal(nap_begin(&p, 10 * MS), 20 * MS);
	assert_int_equal(nap_begin(&p, 20 * MS), 920 * MS);
}

static void where_nothing_comes_they_get_long(void **state)
{
	struct nap p = {0};

	(void)state;
	assert_int_equal(nap_begin(&p, 10 * MS), 910 * MS);
	assert_true(p.is_silent);
	assert_int_equal(nap_begin(&p, 910 * MS), 10910 * MS);
	assert_int_equal(nap_begin(&p, 10910 * MS), 20910 * MS);
	assert_true(p.is_silent);
	nap_count(&p, 1);
	assert_int_equal(nap_begin(&p, 6000 * MS), 6900 * MS);
	assert_false(p.is_silent);
	assert_int_equal(nap_begin(&p, 6900 * MS), 7800 * MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_looks_before_half_a_lane_is_full),
		cmocka_unit_test(naps_are_limited),
		cmocka_unit_test(a_nap_begins_anew),
		cmocka_unit_test(where_nothing_comes_they_get_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
