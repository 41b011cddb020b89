/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_digits.c -- the same digits as printf's, at every length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <inttypes.h>

#include "analyze/digits.h"

static void check(uint64_t v)
{
	char out[40], want[40];

	*digits_decimal(out, v) = '\0';
	snprintf(want, sizeof(want), "%" PRIu64, v);
	assert_string_equal(out, want);
	*digits_hex(out, v) = '\0';
	snprintf(want, sizeof(want), "%" PRIx64, v);
	assert_string_equal(out, want);
	*digits_padded(out, v, 9) = '\0';
	snprintf(want, sizeof(want), "%09" PRIu64, v);
	assert_string_equal(out, want);
}

static void digits_are_those_of_printf(void **state)
{
	uint64_t power = 1;

	(void)state;
	for (unsigned i = 0; i < 20; i++, power *= 10) {
		check(power - 1);
		check(power);
		check(power + 1);
		check(7 * power);
	}
	for (uint64_t v = 0; v < 100000000; v += 9973)
		check(v * 10000);
	for (unsigned i = 0; i < 64; i++)
		check(UINT64_C(0x9e3779b97f4a7c15) >> i);
	check(UINT64_MAX);
}

/* Behind eight bytes, and behind the digits of more. */
static void nothing_is_written_behind_the_end(void **state)
{
	char out[] = "#########", longer[] = "##########";

	(void)state;
	assert_ptr_equal(digits_decimal(out, 123), out + 3);
	assert_memory_equal(out, "123", 3);
	assert_ptr_equal(digits_padded(out, 4, 2), out + 2);
	assert_memory_equal(out, "04", 2);
	assert_ptr_equal(digits_hex(out, 0xf), out + 1);
	assert_memory_equal(out, "f", 1);
	assert_int_equal(out[8], '#');
	assert_ptr_equal(digits_decimal(longer, 123456789), longer + 9);
	assert_string_equal(longer, "123456789#");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digits_are_those_of_printf),
		cmocka_unit_test(nothing_is_written_behind_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
