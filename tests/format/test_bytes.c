/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_bytes.c -- numbers and strings at the ends of their ranges and of their memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/bytes.h"
#include "tests/format/forge.h"

enum { VARINT_LIMIT = 10 };

static void varint_is(uint64_t value, size_t len)
{
	struct buf b = {0};
	struct view v;
	uint64_t out = ~value;

	put_varint(&b, value);
	assert_int_equal(b.len, len);
	v = view_of(b.data, b.len);
	assert_true(take_varint(&v, &out));
	assert_true(out == value);
	assert_int_equal(view_len(v), 0);
	buf_release(&b);
}

static void a_varint_of_each_length_comes_back(void **state)
{
	(void)state;
	varint_is(0, 1);
	for (unsigned len = 1; len < VARINT_LIMIT; len++) {
		uint64_t next = UINT64_C(1) << (7 * len);

		varint_is(next - 1, len);
		varint_is(next, len + 1);
	}
	varint_is(UINT64_MAX, VARINT_LIMIT);
}

static void a_varint_cut_at_any_byte_is_refused_and_nothing_moves(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits < 64; bits++) {
		struct buf b = {0};

		put_varint(&b, UINT64_MAX >> bits);
		for (size_t len = 0; len < b.len; len++) {
			uint8_t *exact = forge_exact(b.data, len);
			struct view v = view_of(exact, len);
			uint64_t out = 7;

			assert_false(take_varint(&v, &out));
			assert_ptr_equal(v.p, exact);
			assert_int_equal(out, 7);
			free(exact);
		}
		buf_release(&b);
	}
}

/* Nine bytes of ones, then `tenth`, then an eleventh. */
static bool takes_tenth(uint8_t tenth, uint64_t *out)
{
	uint8_t bytes[11] = {0};
	struct view v = view_of(bytes, sizeof(bytes));

	memset(bytes, 0xff, 9);
	bytes[9] = tenth;
	bytes[10] = 0;
	return take_varint(&v, out);
}

enum { MANY = 300, LONGEST_RUN = 20 };

/* Runs of varints of one length, from 1 to 10 bytes; returns their number. */
static size_t put_runs(struct buf *b, uint64_t *values)
{
	uint64_t noise = 1;
	size_t n = 0;

	while (n < MANY) {
		noise = noise * 6364136223846793005u + 1442695040888963407u;
		for (unsigned i = 0; i <= noise >> 40 && i < LONGEST_RUN && n < MANY; i++) {
			values[n] = (UINT64_C(1) << (noise >> 58)) - 1 + i;
			put_varint(b, values[n++]);
		}
	}
	return n;
}

static void varints_of_mixed_lengths_come_back_together(void **state)
{
	uint64_t values[MANY], out[MANY];
	struct buf b = {0};
	size_t n = put_runs(&b, values);

	(void)state;
	for (size_t len = 0; len <= b.len; len++) {
		uint8_t *exact = forge_exact(b.data, len);
		struct view all = view_of(exact, len), one = all;
		size_t whole = 0;

		while (whole < n && take_varint(&one, &out[whole]))
			whole++;
		assert_int_equal(take_varints(&all, n, out), whole == n);
		all = view_of(exact, len);
		memset(out, 0, sizeof(out));
		assert_true(take_varints(&all, whole, out));
		assert_ptr_equal(all.p, one.p);
		assert_memory_equal(out, values, whole * sizeof(*out));
		free(exact);
	}
	buf_release(&b);
}

static void short_varints_are_the_same_up_to_their_limit(void **state)
{
	uint64_t values[MANY];
	uint32_t out[MANY];
	struct buf b = {0};
	size_t n = put_runs(&b, values);
	struct view all = view_of(b.data, b.len), cut = view_of(b.data, b.len - 1);

	(void)state;
	assert_false(take_short_varints(&cut, n, out));
	assert_true(take_short_varints(&all, n, out));
	assert_int_equal(view_len(all), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(out[i], values[i] < UINT32_MAX ? values[i] : UINT32_MAX);
	buf_release(&b);
}

static void a_varint_beyond_64_bits_is_refused(void **state)
{
	uint64_t out = 7;

	(void)state;
	for (unsigned tenth = 2; tenth < 256; tenth++)
		assert_false(takes_tenth((uint8_t)tenth, &out));
	assert_int_equal(out, 7);
	assert_true(takes_tenth(1, &out));
	assert_true(out == UINT64_MAX);
	assert_true(takes_tenth(0, &out));
	assert_true(out == UINT64_MAX >> 1);
}

static void integers_are_little_endian(void **state)
{
	static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
	struct view v = view_of(bytes, sizeof(bytes));
	uint8_t a;
	uint16_t b;
	uint32_t c;
	uint64_t d;

	(void)state;
	assert_true(take_u8(&v, &a));
	assert_true(take_u16(&v, &b));
	assert_true(take_u32(&v, &c));
	assert_true(take_u64(&v, &d));
	assert_int_equal(a, 1);
	assert_int_equal(b, 0x0302);
	assert_int_equal(c, 0x07060504);
	assert_true(d == UINT64_C(0x0f0e0d0c0b0a0908));
	assert_int_equal(view_len(v), 0);
}

static void an_integer_cut_short_is_refused_and_nothing_moves(void **state)
{
	static const uint8_t bytes[8] = {0};
	struct view v;
	uint8_t a = 7;
	uint16_t b = 7;
	uint32_t c = 7;
	uint64_t d = 7;

	(void)state;
	for (size_t len = 0; len < 8; len++) {
		uint8_t *exact = forge_exact(bytes, len);

		v = view_of(exact, len);
		assert_true(len >= 1 || !take_u8(&v, &a));
		assert_true(len >= 2 || !take_u16(&v, &b));
		assert_true(len >= 4 || !take_u32(&v, &c));
		assert_false(take_u64(&v, &d));
		assert_ptr_equal(v.p, exact);
		free(exact);
	}
	assert_true(a == 7 && b == 7 && c == 7 && d == 7);
}

static void what_is_put_is_taken(void **state)
{
	struct buf b = {0};
	struct view v, text;
	uint8_t a;
	uint16_t c;
	uint32_t d;
	uint64_t e;

	(void)state;
	put_u8(&b, 0xfe);
	put_u16(&b, 0xfedc);
	put_u32(&b, 0xfedcba98);
	put_u64(&b, UINT64_C(0xfedcba9876543210));
	put_string(&b, "tape", 4);
	put_string(&b, NULL, 0);
	v = view_of(b.data, b.len);
	assert_true(take_u8(&v, &a));
	assert_true(take_u16(&v, &c));
	assert_true(take_u32(&v, &d));
	assert_true(take_u64(&v, &e));
	assert_true(a == 0xfe && c == 0xfedc && d == 0xfedcba98);
	assert_true(e == UINT64_C(0xfedcba9876543210));
	assert_true(take_string(&v, &text));
	assert_int_equal(view_len(text), 4);
	assert_memory_equal(text.p, "tape", 4);
	assert_true(take_string(&v, &text));
	assert_int_equal(view_len(text), 0);
	assert_int_equal(view_len(v), 0);
	buf_release(&b);
}

static void bytes_end_where_the_view_ends(void **state)
{
	static const uint8_t bytes[4] = {1, 2, 3, 4};
	struct view v = view_of(bytes, 4), out = view_of(bytes, 1);

	(void)state;
	assert_false(take_bytes(&v, 5, &out));
	assert_false(take_bytes(&v, SIZE_MAX, &out));
	assert_int_equal(view_len(out), 1);
	assert_true(take_bytes(&v, 4, &out));
	assert_int_equal(view_len(out), 4);
	assert_true(take_bytes(&v, 0, &out));
	assert_false(take_bytes(&v, 1, &out));
}

static void a_string_longer_than_its_view_is_refused(void **state)
{
	static const uint64_t lengths[] = {4, 5, 1000, UINT32_MAX, UINT64_MAX};
	struct view v, out;

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct buf b = {0};

		put_varint(&b, lengths[i]);
		put_bytes(&b, "abc", 3);
		v = view_of(b.data, b.len);
		assert_false(take_string(&v, &out));
		assert_ptr_equal(v.p, b.data);
		buf_release(&b);
	}
}

static void a_view_of_nothing_is_empty(void **state)
{
	struct view v = view_of(NULL, 5), out;
	uint64_t number;
	uint8_t byte;

	(void)state;
	assert_int_equal(view_len(v), 0);
	assert_false(take_u8(&v, &byte));
	assert_false(take_varint(&v, &number));
	assert_false(take_string(&v, &out));
}

static void the_top_bit_of_each_size_is_its_sign(void **state)
{
	(void)state;
	for (unsigned size = 1; size <= 8; size++) {
		uint64_t top = UINT64_C(1) << (8 * size - 1), ones = top | (top - 1);

		assert_true(sign_extend(ones, size) == -1);
		assert_true(sign_extend(0, size) == 0);
		assert_true(sign_extend(top - 1, size) == (int64_t)(top - 1));
		assert_true(sign_extend(top, size) == -(int64_t)(top - 1) - 1);
		assert_true(sign_extend(~ones | 1, size) == 1); /* what lies above is ignored */
	}
}

static void zigzag_and_back_is_nothing_done(void **state)
{
	static const int64_t values[] = {0, -1, 1, -2, 64, INT64_MAX, INT64_MIN, INT64_MIN + 1};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		assert_true(unzigzag(zigzag(values[i])) == values[i]);
	assert_int_equal(zigzag(-1), 1);
	assert_int_equal(zigzag(1), 2);
	assert_true(zigzag(INT64_MIN) == UINT64_MAX);
}

static void load_gives_what_store_took(void **state)
{
	uint8_t bytes[8];

	(void)state;
	for (unsigned size = 1; size <= 8; size++) {
		uint64_t value = UINT64_C(0xf1e2d3c4b5a69788) >> (8 * (8 - size));

		memset(bytes, 0xaa, sizeof(bytes));
		store_le(bytes, size, value);
		assert_true(load_le(bytes, size) == value);
		assert_true(size == 8 || bytes[size] == 0xaa);
	}
}

static void a_failed_buffer_takes_nothing_until_it_is_cleared(void **state)
{
	struct buf b = {0};

	(void)state;
	put_u8(&b, 1);
	assert_false(buf_reserve(&b, SIZE_MAX));
	assert_false(buf_reserve(&b, SIZE_MAX / 2));
	assert_true(b.is_failed);
	put_u8(&b, 2);
	put_varint(&b, 2);
	put_string(&b, "tape", 4);
	assert_int_equal(b.len, 1);
	buf_clear(&b);
	put_u8(&b, 3);
	assert_false(b.is_failed);
	assert_int_equal(b.len, 1);
	buf_release(&b);
}

static void a_buffer_grows_with_what_is_put(void **state)
{
	struct buf b = {0};

	(void)state;
	for (uint32_t i = 0; i < 100000; i++)
		put_u32(&b, i);
	assert_int_equal(b.len, 400000);
	for (uint32_t i = 0; i < 100000; i++)
		assert_int_equal(load_le(b.data + 4 * (size_t)i, 4), i);
	buf_release(&b);
}

static void a_grown_array_keeps_the_old_and_zeroes_the_new(void **state)
{
	void *array = NULL;
	uint32_t *numbers;
	size_t cap = 0;

	(void)state;
	assert_true(array_grow(&array, &cap, 1, sizeof(*numbers)));
	numbers = array;
	for (size_t i = 0; i < cap; i++)
		numbers[i] = 9;
	size_t old = cap;
	assert_true(array_grow(&array, &cap, old, sizeof(*numbers)));
	assert_int_equal(cap, old);
	assert_true(array_grow(&array, &cap, old + 1, sizeof(*numbers)));
	assert_true(cap > old);
	numbers = array;
	for (size_t i = 0; i < cap; i++)
		assert_int_equal(numbers[i], i < old ? 9 : 0);
	assert_false(array_grow(&array, &cap, SIZE_MAX, sizeof(*numbers)));
	assert_false(array_grow(&array, &cap, SIZE_MAX / 4, sizeof(*numbers)));
	assert_ptr_equal(array, numbers);
	free(array);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_varint_of_each_length_comes_back),
		cmocka_unit_test(a_varint_cut_at_any_byte_is_refused_and_nothing_moves),
		cmocka_unit_test(varints_of_mixed_lengths_come_back_together),
		cmocka_unit_test(short_varints_are_the_same_up_to_their_limit),
		cmocka_unit_test(a_varint_beyond_64_bits_is_refused),
		cmocka_unit_test(integers_are_little_endian),
		cmocka_unit_test(an_integer_cut_short_is_refused_and_nothing_moves),
		cmocka_unit_test(what_is_put_is_taken),
		cmocka_unit_test(bytes_end_where_the_view_ends),
		cmocka_unit_test(a_string_longer_than_its_view_is_refused),
		cmocka_unit_test(a_view_of_nothing_is_empty),
		cmocka_unit_test(the_top_bit_of_each_size_is_its_sign),
		cmocka_unit_test(zigzag_and_back_is_nothing_done),
		cmocka_unit_test(load_gives_what_store_took),
		cmocka_unit_test(a_failed_buffer_takes_nothing_until_it_is_cleared),
		cmocka_unit_test(a_buffer_grows_with_what_is_put),
		cmocka_unit_test(a_grown_array_keeps_the_old_and_zeroes_the_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
