/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "record/constant.h"

static void constant_value_knows_the_kernels_expressions(void **state)
{
	const struct {
		const char *text;
		int64_t value;
	} cases[] = {
		{"6", 6},
		{" -1 ", -1},
		{"(-1)", -1},
		{"0x00000040UL", 64},
		{"017", 15},
		{"0", 0},
		{"(1u << 5)", 32},
		{"(1ULL << 63)", INT64_MIN},
		{"0xffffffffffffffff", -1},
		{"1 | 2 << 1", 5},
		{"(1 | 2) << 1", 6},
		{"7 & ~2", 5},
		{"1 + 2 * 3 - 4", 3},
		{"10 - 3 - 2", 5},
		{"6 ^ 3 & 1", 7},
		{"- -3", 3},
		{"((((1UL))) << (5))", 32},
		{"( unsigned long)(( gfp_t)((((1UL))) << (2)))", 4},
		{"( unsigned long)((( gfp_t)((((1UL))) << (11))) | (( gfp_t)((((1UL))) << (13))))",
		 10240},
		{"(void *)8", 8},
		{"1 << 64", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t value = 77;

		assert_true(constant_value(span_of(cases[i].text, strlen(cases[i].text)), &value));
		assert_int_equal(value, cases[i].value);
	}
}

static void constant_value_refuses_everything_else(void **state)
{
	const char *const texts[] = {
		"",      "TCP_CLOSE", "1 <<",  "<< 1",  "(1",           "1)",        "()",
		"1 2",   "0x",        "08",    "12abc", "(1 << IDENT)", "1 ? 2 : 3", "1,2",
		"\"1\"", "~",         "(int)", "1 / 2", "- ",           ") (",       "0xg",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int64_t value = 77;

		assert_false(constant_value(span_of(texts[i], strlen(texts[i])), &value));
		assert_int_equal(value, 77);
	}
}

static void constant_value_refuses_what_is_nested_too_deep(void **state)
{
	char text[301];
	int64_t value;

	(void)state;
	memset(text, '(', sizeof(text) - 1);
	text[300] = '\0';
	assert_false(constant_value(span_of(text, 300), &value));
	memset(text, '-', 299);
	text[299] = '1';
	assert_false(constant_value(span_of(text, 300), &value));
	memset(text, '(', 60);
	text[60] = '1';
	memset(text + 61, ')', 60);
	assert_true(constant_value(span_of(text, 121), &value));
}

static void constant_value_reads_no_further_than_told(void **state)
{
	int64_t value = 0;

	(void)state;
	assert_true(constant_value(span_of("12345", 2), &value));
	assert_int_equal(value, 12);
	assert_false(constant_value(span_of("(12)", 3), &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(constant_value_knows_the_kernels_expressions),
		cmocka_unit_test(constant_value_refuses_everything_else),
		cmocka_unit_test(constant_value_refuses_what_is_nested_too_deep),
		cmocka_unit_test(constant_value_reads_no_further_than_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
