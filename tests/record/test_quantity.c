/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "record/quantity.h"

static struct span text(const char *s)
{
	return span_of(s, strlen(s));
}

static void sizes_have_units_of_1024(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = {{"0", 0},
		    {"4096", 4096},
		    {"3k", 3 << 10},
		    {"8M", 8 << 20},
		    {"2g", UINT64_C(2) << 30},
		    {"1T", UINT64_C(1) << 40},
		    {"4294967295G", UINT64_C(4294967295) << 30}};
	static const char *const bad[] = {"",    "M",   "8MB", "-1",       "1.5M",
					  "8 M", "0x8", "m8",  "2000000T", "99999999999"};
	uint64_t bytes;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(quantity_bytes(text(good[i].text), &bytes));
		assert_int_equal(bytes, good[i].bytes);
	}
	bytes = 7;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(quantity_bytes(text(bad[i]), &bytes));
	assert_int_equal(bytes, 7);
}

static void times_have_units_or_are_seconds(void **state)
{
	static const struct {
		const char *text;
		uint64_t seconds_10; /* tenths */
	} good[] = {{"90", 900},   {"0.5", 5},      {"30s", 300},
		    {"1.5m", 900}, {"12h", 432000}, {"3650d", UINT64_C(3153600000)}};
	static const char *const bad[] = {"", "0", "s", "0m", "-1s", "1w", "1hm", "3651d", "1e3"};
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(quantity_time(text(good[i].text), &ns));
		assert_int_equal(ns, good[i].seconds_10 * 100000000);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(quantity_time(text(bad[i]), &ns));
}

static void shares_may_end_in_a_percent_sign(void **state)
{
	uint32_t percent = 0;

	(void)state;
	assert_true(quantity_percent(text("20"), 100, &percent));
	assert_int_equal(percent, 20);
	assert_true(quantity_percent(text("100%"), 100, &percent));
	assert_int_equal(percent, 100);
	assert_false(quantity_percent(text("101%"), 100, &percent));
	assert_false(quantity_percent(text("0"), 100, &percent));
	assert_false(quantity_percent(text("%"), 100, &percent));
	assert_false(quantity_percent(text("20%%"), 100, &percent));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_have_units_of_1024),
		cmocka_unit_test(times_have_units_or_are_seconds),
		cmocka_unit_test(shares_may_end_in_a_percent_sign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
