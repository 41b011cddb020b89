/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_course.c -- a value over a time that grows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/course.h"

static uint32_t values[COURSE_BUCKETS];
static bool marks[COURSE_BUCKETS];

static void nothing_has_no_columns(void **state)
{
	const struct course c = {0};

	(void)state;
	assert_int_equal(course_read(&c, 10, values, marks), 0);
}

static void one_moment_is_one_column(void **state)
{
	struct course c = {0};

	(void)state;
	course_add(&c, 1000, 7);
	course_add(&c, 1000, 5);
	assert_int_equal(course_read(&c, 10, values, marks), 1);
	assert_int_equal(values[0], 7);
	assert_false(marks[0]);
}

static void between_samples_the_last_one_stands(void **state)
{
	struct course c = {0};

	(void)state;
	course_add(&c, 1000, 7);
	course_add(&c, 1003, 9);
	course_mark(&c, 1002);
	assert_int_equal(course_read(&c, 10, values, marks), 4);
	assert_int_equal(values[1], 7);
	assert_int_equal(values[2], 7);
	assert_int_equal(values[3], 9);
	assert_false(marks[1]);
	assert_true(marks[2]);
}

/* Whatever the pace, the line is straight, and between half of the buckets and all are used. */
static void time_grows(void **state)
{
	(void)state;
	for (uint64_t step = 1; step < UINT64_C(1) << 50; step *= 7) {
		struct course c = {0};
		size_t count;

		for (uint32_t i = 1; i <= 1000; i++)
			course_add(&c, 5 + i * step, i);
		assert_in_range(c.used, COURSE_BUCKETS / 2, COURSE_BUCKETS);
		count = course_read(&c, 50, values, marks);
		assert_int_equal(count, 50);
		assert_int_equal(values[count - 1], 1000);
		for (size_t i = 0; i < count; i++)
			assert_in_range(values[i], (i + 1) * 20 - 20, (i + 1) * 20 + 20);
	}
}

static void peaks_and_marks_are_not_lost(void **state)
{
	struct course c = {0};
	unsigned peaks = 0, marked = 0;

	(void)state;
	for (uint32_t i = 0; i < 100000; i++)
		course_add(&c, i * 1000, i == 70007 ? 99 : 1);
	course_mark(&c, 99999000);
	for (size_t i = 0; i < course_read(&c, 30, values, marks); i++) {
		peaks += values[i] == 99;
		marked += marks[i];
	}
	assert_int_equal(peaks, 1);
	assert_int_equal(marked, 1);
	assert_true(marks[29]);
}

static void time_may_lie(void **state)
{
	struct course c = {0};

	(void)state;
	course_add(&c, 1000, 1);
	course_add(&c, 10, 2);
	course_add(&c, UINT64_MAX, 3);
	course_mark(&c, 0);
	assert_in_range(course_read(&c, 10, values, marks), 1, 10);
	assert_int_equal(values[0], 2);
	assert_true(marks[0]);
	assert_int_equal(values[9], 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_has_no_columns),
		cmocka_unit_test(one_moment_is_one_column),
		cmocka_unit_test(between_samples_the_last_one_stands),
		cmocka_unit_test(time_grows),
		cmocka_unit_test(peaks_and_marks_are_not_lost),
		cmocka_unit_test(time_may_lie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
