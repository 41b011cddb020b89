/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_chart.c -- lengths and heights. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/chart.h"

static void a_bar_is_as_long_as_its_part(void **state)
{
	char out[CHART_MAX];

	(void)state;
	assert_string_equal(chart_bar(0, 10, 5, out), "");
	assert_string_equal(chart_bar(10, 10, 5, out), "█████");
	assert_string_equal(chart_bar(5, 10, 5, out), "██▌");
	assert_string_equal(chart_bar(1, 40, 5, out), "▏");
	assert_string_equal(chart_bar(UINT64_MAX, UINT64_MAX, 1, out), "█");
}

static void whatever_is_not_nothing_shows(void **state)
{
	char out[CHART_MAX];

	(void)state;
	assert_string_equal(chart_bar(1, UINT64_MAX, 5, out), "▏");
	assert_string_equal(chart_bar(3, 0, 5, out), "▏");
	assert_string_equal(chart_bar(0, 0, 5, out), "");
}

static void a_bar_never_leaves_its_room(void **state)
{
	char out[CHART_MAX];

	(void)state;
	assert_string_equal(chart_bar(30, 10, 2, out), "██");
	assert_int_equal(strlen(chart_bar(1, 1, 100000, out)), 3 * CHART_WIDTH_MAX);
}

static void a_sparkline_begins_at_nothing(void **state)
{
	static const uint32_t values[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
	char out[CHART_MAX];

	(void)state;
	assert_string_equal(chart_sparkline(values, 10, 8, out), "▁▁▂▃▄▅▆▇██");
	assert_string_equal(chart_sparkline(values, 0, 8, out), "");
	assert_string_equal(chart_sparkline(values, 2, 0, out), "▁▁");
}

static void a_sparkline_never_leaves_its_room(void **state)
{
	static const uint32_t values[CHART_WIDTH_MAX + 10] = {UINT32_MAX};
	char out[CHART_MAX];

	(void)state;
	chart_sparkline(values, CHART_WIDTH_MAX + 10, UINT32_MAX, out);
	assert_int_equal(strlen(out), 3 * CHART_WIDTH_MAX);
	assert_memory_equal(out, "█▁", 6);
}

static void marks_stand_below(void **state)
{
	static const bool marks[CHART_WIDTH_MAX + 1] = {true, false, true};
	char out[CHART_MAX];

	(void)state;
	assert_string_equal(chart_marks(marks, 4, out), "× × ");
	assert_int_equal(strlen(chart_marks(marks, CHART_WIDTH_MAX + 1, out)), CHART_WIDTH_MAX + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bar_is_as_long_as_its_part),
		cmocka_unit_test(whatever_is_not_nothing_shows),
		cmocka_unit_test(a_bar_never_leaves_its_room),
		cmocka_unit_test(a_sparkline_begins_at_nothing),
		cmocka_unit_test(a_sparkline_never_leaves_its_room),
		cmocka_unit_test(marks_stand_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
