/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_crossed.c -- bytes that change sides come back, and are not taken for others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/crossed.h"
#include "tests/format/forge.h"

enum { SIZE = 2, ENTRIES = 8 };

static const char from[] = "ABabAKakALalAMam", to[] = "abABakAKalALamAM";

static void views_of(const char *text, struct view *out)
{
	for (size_t i = 0; i < ENTRIES; i++)
		out[i] = view_of(text + i * SIZE, SIZE);
}

static bool encode(const char *values, const char *before, size_t n, struct buf *out)
{
	struct view v[ENTRIES], b[ENTRIES];

	views_of(values, v);
	views_of(before, b);
	return crossed_encode(v, b, n, out);
}

static int decode(const void *data, size_t len, char *out)
{
	uint8_t *exact = forge_exact(data, len);
	int rc = crossed_decode(view_of(exact, len), ENTRIES, SIZE, (const uint8_t *)from, SIZE,
				(uint8_t *)out, NULL);

	free(exact);
	return rc;
}

static void both_ways_are_told_once(void **state)
{
	struct buf b = {0};
	char out[sizeof(to)] = "";

	(void)state;
	assert_true(encode(to, from, ENTRIES, &b));
	assert_int_equal(b.len, ENTRIES);
	assert_int_equal(decode(b.data, b.len, out), 0);
	assert_string_equal(out, to);
	buf_release(&b);
}

static void what_is_elsewhere_is_told(void **state)
{
	static const char mixed[] = "abABakAK??ALamAM";
	char out[sizeof(mixed)] = "";
	struct buf b = {0};

	(void)state;
	assert_true(encode(mixed, from, ENTRIES, &b));
	assert_int_equal(b.len, ENTRIES + SIZE);
	assert_int_equal(decode(b.data, b.len, out), 0);
	assert_string_equal(out, mixed);
	buf_release(&b);
}

static void other_columns_are_coded_otherwise(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_false(encode("0123456789-=+_!?", from, ENTRIES, &b));
	assert_false(encode(to, from, 1, &b));
	assert_false(encode(to, from, 0, &b));
	assert_int_equal(b.len, 0);
}

static void what_does_not_fit_is_refused(void **state)
{
	static const uint8_t good[] = {2, 1, 2, 1, 0, 1, 2, 1, '?', '?', '!'};
	static const struct {
		uint8_t at, token;
	} wrong[] = {{0, 1}, {7, 2}, {3, 3}, {3, 255}, {3, 0}, {4, 1}};
	char out[sizeof(to)];

	(void)state;
	assert_int_equal(decode(good, ENTRIES + SIZE, out), 0);
	assert_int_equal(decode(good, sizeof(good), out), ERR_CORRUPT);
	for (size_t len = 0; len < ENTRIES + SIZE; len++)
		assert_int_equal(decode(good, len, out), ERR_CORRUPT);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		uint8_t bad[ENTRIES + SIZE];

		memcpy(bad, good, sizeof(bad));
		bad[wrong[i].at] = wrong[i].token;
		assert_int_equal(decode(bad, sizeof(bad), out), ERR_CORRUPT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_are_told_once),
		cmocka_unit_test(what_is_elsewhere_is_told),
		cmocka_unit_test(other_columns_are_coded_otherwise),
		cmocka_unit_test(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
