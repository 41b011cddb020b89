/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_units.c -- quantities read well at every size, and options read them back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analyze/units.h"

static void check_duration(int64_t ns, const char *want)
{
	char out[UNITS_MAX];

	assert_string_equal(units_duration(ns, out), want);
}

static void durations_have_three_digits_and_a_unit(void **state)
{
	(void)state;
	check_duration(0, "0 ns");
	check_duration(7, "7 ns");
	check_duration(850, "850 ns");
	check_duration(999, "999 ns");
	check_duration(1000, "1 µs");
	check_duration(14200, "14.2 µs");
	check_duration(61000, "61 µs");
	check_duration(1370000, "1.37 ms");
	check_duration(2500000000, "2.5 s");
	check_duration(119000000000, "119 s");
}

static void durations_round_into_the_next_unit(void **state)
{
	(void)state;
	check_duration(9994, "9.99 µs");
	check_duration(9996, "10 µs");
	check_duration(99960, "100 µs");
	check_duration(999400, "999 µs");
	check_duration(999500, "1 ms");
	check_duration(999999999, "1 s");
}

static void long_durations_are_two_whole_numbers(void **state)
{
	(void)state;
	check_duration(120000000000, "2 min 0 s");
	check_duration(3725 * INT64_C(1000000000), "1 h 2 min");
	check_duration(360000 * INT64_C(1000000000), "4 d 4 h");
	check_duration(INT64_MAX, "106751 d 23 h");
}

static void counts_have_commas(void **state)
{
	char out[UNITS_MAX];

	(void)state;
	assert_string_equal(units_count(0, out), "0");
	assert_string_equal(units_count(999, out), "999");
	assert_string_equal(units_count(1204, out), "1,204");
	assert_string_equal(units_count(123456, out), "123,456");
	assert_string_equal(units_count(UINT64_MAX, out), "18,446,744,073,709,551,615");
}

static void negative_durations_have_a_sign(void **state)
{
	(void)state;
	check_duration(-61000, "-61 µs");
	check_duration(INT64_MIN, "-106751 d 23 h");
}

static void bytes_count_in_thousands(void **state)
{
	char out[UNITS_MAX];

	(void)state;
	assert_string_equal(units_bytes(0, out), "0 B");
	assert_string_equal(units_bytes(11, out), "11 B");
	assert_string_equal(units_bytes(999, out), "999 B");
	assert_string_equal(units_bytes(1400000, out), "1.4 MB");
	assert_string_equal(units_bytes(999999, out), "1 MB");
	assert_string_equal(units_bytes(UINT64_MAX, out), "18446744 TB");
}

static void seconds_have_six_decimals(void **state)
{
	char out[UNITS_MAX];

	(void)state;
	assert_string_equal(units_seconds(0, out), "0.000000");
	assert_string_equal(units_seconds(12345678999, out), "12.345678");
	assert_string_equal(units_seconds(-12000, out), "-0.000012");
	assert_string_equal(units_seconds(INT64_MIN, out), "-9223372036.854775");
}

static void rates_are_per_second(void **state)
{
	char out[UNITS_MAX];

	(void)state;
	assert_string_equal(units_rate(5, 0, out), "-");
	assert_string_equal(units_rate(500, 1000000000, out), "500 /s");
	assert_string_equal(units_rate(1234567, 1000000000, out), "1.23 M/s");
	assert_string_equal(units_rate(0, 1000000000, out), "0 /s");
	assert_string_equal(units_rate(1, 3000000000, out), "0.3 /s");
	assert_string_equal(units_rate(1, 3600000000000, out), "0.0003 /s");
	assert_string_equal(units_rate(1, UINT64_MAX, out), "5e-11 /s");
}

static void instants_are_iso_utc(void **state)
{
	char out[UNITS_MAX];

	(void)state;
	assert_string_equal(units_utc(0, out), "1970-01-01T00:00:00.000000000Z");
	assert_string_equal(units_utc(951782399999999999, out), "2000-02-28T23:59:59.999999999Z");
	assert_string_equal(units_utc(951782400000000000, out), "2000-02-29T00:00:00.000000000Z");
	assert_string_equal(units_utc(1795223637123456789, out), "2026-11-21T01:13:57.123456789Z");
	assert_string_equal(units_utc(UINT64_MAX, out), "2554-07-21T23:34:33.709551615Z");
}

static void check_parsed(const char *text, int64_t want)
{
	int64_t ns = 0;

	assert_true(units_parse_duration(text, &ns));
	assert_int_equal(ns, want);
}

static void durations_are_read_with_and_without_units(void **state)
{
	(void)state;
	check_parsed("0", 0);
	check_parsed("2", 2000000000);
	check_parsed("0.25", 250000000);
	check_parsed("2s", 2000000000);
	check_parsed("5ms", 5000000);
	check_parsed("1.5ms", 1500000);
	check_parsed("61us", 61000);
	check_parsed("61µs", 61000);
	check_parsed("7ns", 7);
	check_parsed("1m", 60000000000);
	check_parsed("0.5m", 30000000000);
	check_parsed("2h", INT64_C(7200000000000));
	check_parsed("-3", INT64_C(-3000000000));
	check_parsed("9223372035", INT64_C(9223372035000000000));
}

static void what_is_no_duration_is_refused(void **state)
{
	static const char *const wrong[] = {"",
					    "-",
					    ".",
					    "5.",
					    "s",
					    "5x",
					    "1 s",
					    "--1",
					    "1e3",
					    "9223372037",
					    "99999999999999999999",
					    "nan"};
	int64_t ns = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(units_parse_duration(wrong[i], &ns));
	assert_int_equal(ns, 42);
}

static void a_lower_limit_is_marked(void **state)
{
	char out[UNITS_LEAST + UNITS_MAX];

	(void)state;
	units_bytes(UINT64_MAX, units_at_least(true, out));
	assert_string_equal(out, "≥ 18446744 TB");
	units_bytes(11, units_at_least(false, out));
	assert_string_equal(out, "11 B");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lower_limit_is_marked),
		cmocka_unit_test(durations_have_three_digits_and_a_unit),
		cmocka_unit_test(durations_round_into_the_next_unit),
		cmocka_unit_test(long_durations_are_two_whole_numbers),
		cmocka_unit_test(counts_have_commas),
		cmocka_unit_test(negative_durations_have_a_sign),
		cmocka_unit_test(bytes_count_in_thousands),
		cmocka_unit_test(seconds_have_six_decimals),
		cmocka_unit_test(rates_are_per_second),
		cmocka_unit_test(instants_are_iso_utc),
		cmocka_unit_test(durations_are_read_with_and_without_units),
		cmocka_unit_test(what_is_no_duration_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
