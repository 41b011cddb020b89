/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_keyed.c -- values predicted by the last one with the same key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "format/keyed.h"

static void values_come_back(void **state)
{
	static const uint64_t values[] = {0, 1, UINT32_MAX, 0, 5, 5, 1 << 20, 1 << 21, 3000000000u};
	struct keyed *in = keyed_new(), *out = keyed_new();
	uint64_t tokens[64], value;
	struct buf raw = {0};
	struct view rest;
	size_t n = 0;

	(void)state;
	for (unsigned size = 1; size <= 8; size *= 2)
		for (size_t i = 0; i < 9; i++)
			tokens[n++] = keyed_token(in, i % 2, values[i], size, &raw);
	rest = view_of(raw.data, raw.len);
	n = 0;
	for (unsigned size = 1; size <= 8; size *= 2)
		for (size_t i = 0; i < 9; i++) {
			uint64_t mask = size == 8 ? UINT64_MAX : (UINT64_C(1) << 8 * size) - 1;

			assert_true(keyed_value(out, i % 2, tokens[n++], size, &rest, &value));
			assert_true(value == (values[i] & mask));
		}
	assert_int_equal(view_len(rest), 0);
	keyed_free(in);
	keyed_free(out);
	buf_release(&raw);
}

static void neighbours_of_the_last_value_need_no_raw_bytes(void **state)
{
	struct keyed *k = keyed_new();
	struct buf raw = {0};

	(void)state;
	keyed_token(k, 7, 4000000000u, 4, &raw);
	assert_int_equal(raw.len, 4);
	keyed_token(k, 7, 4000000001u, 4, &raw);
	keyed_token(k, 7, 0, 4, &raw);
	keyed_token(k, 7, 4000000012u, 4, &raw);
	assert_int_equal(raw.len, 4);
	keyed_token(k, 8, 4000000012u, 4, &raw);
	assert_int_equal(raw.len, 8);
	keyed_reset(k);
	keyed_token(k, 7, 4000000012u, 4, &raw);
	assert_int_equal(raw.len, 12);
	keyed_free(k);
	buf_release(&raw);
}

static void raw_bytes_that_ran_out_are_noticed(void **state)
{
	struct keyed *k = keyed_new();
	struct view rest = view_of("abc", 3);
	uint64_t value;

	(void)state;
	assert_false(keyed_value(k, 1, 0, 4, &rest, &value));
	assert_true(keyed_value(k, 1, 0, 2, &rest, &value));
	assert_false(keyed_value(k, 1, 0, 2, &rest, &value));
	assert_true(keyed_value(k, UINT64_MAX, UINT64_MAX, 8, &rest, &value));
	keyed_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_back),
		cmocka_unit_test(neighbours_of_the_last_value_need_no_raw_bytes),
		cmocka_unit_test(raw_bytes_that_ran_out_are_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
