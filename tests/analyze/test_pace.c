/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_pace.c -- a replay takes as long as it should, and never for ever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "analyze/pace.h"

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* The least time from the first event to one that comes gap_ns later. */
static uint64_t waited(double speed, uint64_t gap_ns)
{
	struct pace p = {.speed = speed};
	uint64_t start;

	pace_wait(&p, 5000);
	start = now_ns();
	pace_wait(&p, 5000 + gap_ns);
	return now_ns() - start;
}

static void the_gap_between_events_is_kept(void **state)
{
	(void)state;
	assert_true(waited(1, 20000000) >= 15000000);
}

static void speed_divides_it(void **state)
{
	(void)state;
	assert_true(waited(0.5, 10000000) >= 15000000);
	assert_true(waited(1000000, UINT64_C(1000000000)) < UINT64_C(1000000000));
}

static void without_a_speed_nothing_waits(void **state)
{
	(void)state;
	assert_true(waited(0, UINT64_C(3600000000000)) < UINT64_C(1000000000));
}

static void an_earlier_event_does_not_wait(void **state)
{
	struct pace p = {.speed = 1};
	uint64_t start = now_ns();

	(void)state;
	pace_wait(&p, UINT64_MAX);
	pace_wait(&p, 0);
	assert_true(now_ns() - start < UINT64_C(1000000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_gap_between_events_is_kept),
		cmocka_unit_test(speed_divides_it),
		cmocka_unit_test(without_a_speed_nothing_waits),
		cmocka_unit_test(an_earlier_event_does_not_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
