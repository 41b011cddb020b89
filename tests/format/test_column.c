/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_column.c -- every codec, from no value to the widest ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/column.h"
#include "format/nearby.h"
#include "tests/format/forge.h"

static int decode_ints(uint8_t codec, const struct buf *b, size_t len, size_t n, uint64_t *out)
{
	uint8_t *exact = forge_exact(b->data, len);
	int rc = column_decode_ints(codec, view_of(exact, len), n, out, NULL);

	free(exact);
	return rc;
}

/* The other two forms of the same integers. */
static void other_forms_agree(uint8_t codec, const struct buf *b, const uint64_t *values, size_t n)
{
	uint8_t *exact = forge_exact(b->data, b->len);
	uint32_t *out = calloc(n + 1, sizeof(*out));

	assert_int_equal(column_decode_shorts(codec, view_of(exact, b->len), n, out, NULL), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(out[i], values[i] & UINT32_MAX);
	assert_int_equal(column_decode_ids(codec, view_of(exact, b->len), n, out, NULL), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(out[i], values[i] < UINT32_MAX ? values[i] : UINT32_MAX);
	free(out);
	free(exact);
}

/* Encode, compare the codec, decode, compare; then every cut and one byte more. */
static void ints_come_back(const uint64_t *values, size_t n, uint8_t codec)
{
	uint64_t *out = calloc(n + 1, sizeof(*out));
	struct buf b = {0};

	assert_int_equal(column_encode_ints(values, n, &b), codec);
	assert_int_equal(decode_ints(codec, &b, b.len, n, out), 0);
	assert_memory_equal(out, values, n * sizeof(*out));
	other_forms_agree(codec, &b, values, n);
	for (size_t len = 0; len < b.len; len++)
		assert_int_equal(decode_ints(codec, &b, len, n, out), ERR_CORRUPT);
	put_u8(&b, 0);
	assert_int_equal(decode_ints(codec, &b, b.len, n, out), ERR_CORRUPT);
	buf_release(&b);
	free(out);
}

static void constant_integers_cost_one_value(void **state)
{
	static const uint64_t zeros[3], widest[2] = {UINT64_MAX, UINT64_MAX};

	(void)state;
	ints_come_back(zeros, 0, CODEC_CONST);
	ints_come_back(zeros, 1, CODEC_CONST);
	ints_come_back(zeros, 3, CODEC_CONST);
	ints_come_back(widest, 1, CODEC_CONST);
	ints_come_back(widest, 2, CODEC_CONST);
}

static void small_integers_are_plain(void **state)
{
	static const uint64_t values[] = {0, 100, 0, 100, 3}, first_is_largest[] = {UINT64_MAX, 0};

	(void)state;
	ints_come_back(values, 5, CODEC_VARINT);
	ints_come_back(first_is_largest, 2, CODEC_DELTA);
}

static void integers_that_go_together_are_differences(void **state)
{
	static const uint64_t times[] = {1000000, 1000010, 1000005, 1000100},
			      edges[] = {UINT64_MAX, 0, UINT64_MAX, 1, UINT64_MAX - 1},
			      signs[] = {UINT64_C(1) << 63, (UINT64_C(1) << 63) - 1,
					 UINT64_C(1) << 63};

	(void)state;
	ints_come_back(times, 4, CODEC_DELTA);
	ints_come_back(edges, 5, CODEC_DELTA);
	ints_come_back(signs, 3, CODEC_DELTA);
}

/* `count` different values, each a long way from the next, one after the other. */
static void fill_wide(uint64_t *values, size_t n, size_t count)
{
	for (size_t i = 0; i < n; i++)
		values[i] = (i * 7 % count + 1) * UINT64_C(0x123456789abcdef);
}

static void wide_integers_that_come_again_are_listed(void **state)
{
	static uint64_t values[8 * 513];

	(void)state;
	fill_wide(values, 16, 2);
	ints_come_back(values, 16, CODEC_LISTED);
	fill_wide(values, 24, 3);
	ints_come_back(values, 24, CODEC_LISTED);
	ints_come_back(values, 23, CODEC_VARINT); /* a list is for an eighth of them */
	fill_wide(values, 1025, 128);
	ints_come_back(values, 1025, CODEC_LISTED);
	for (size_t i = 0; i < 16; i++)
		values[i] = i % 2 ? 100 : 16383;
	ints_come_back(values, 16, CODEC_VARINT); /* not wide enough */
}

static void no_more_than_512_integers_are_listed(void **state)
{
	enum { COUNT = 8 * 513 };
	static uint64_t values[COUNT], out[COUNT];
	struct buf b = {0};

	(void)state;
	for (size_t different = 511; different <= 513; different++) {
		buf_clear(&b);
		fill_wide(values, COUNT, different);
		assert_int_equal(column_encode_ints(values, COUNT, &b),
				 different <= 512 ? CODEC_LISTED : CODEC_DELTA);
		if (different > 512)
			continue;
		assert_int_equal(decode_ints(CODEC_LISTED, &b, b.len, COUNT, out), 0);
		assert_memory_equal(out, values, sizeof(out));
	}
	buf_release(&b);
}

static void every_codec_reads_what_another_would_have_written(void **state)
{
	static const uint64_t values[] = {5, 5, UINT64_MAX, 0};
	struct buf plain = {0}, delta = {0};
	uint64_t out[4], previous = 0;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		put_varint(&plain, values[i]);
		put_varint(&delta, zigzag((int64_t)(values[i] - previous)));
		previous = values[i];
	}
	assert_int_equal(decode_ints(CODEC_VARINT, &plain, plain.len, 4, out), 0);
	assert_memory_equal(out, values, sizeof(out));
	assert_int_equal(decode_ints(CODEC_DELTA, &delta, delta.len, 4, out), 0);
	assert_memory_equal(out, values, sizeof(out));
	buf_release(&plain);
	buf_release(&delta);
}

static void a_column_of_another_length_is_refused(void **state)
{
	static const uint64_t values[] = {1, 2, 3, 4};
	struct buf b = {0};
	uint64_t out[8];

	(void)state;
	assert_int_equal(column_encode_ints(values, 4, &b), CODEC_VARINT);
	for (size_t n = 0; n < 8; n++)
		assert_int_equal(decode_ints(CODEC_VARINT, &b, b.len, n, out),
				 n == 4 ? 0 : ERR_CORRUPT);
	for (size_t n = 0; n < 8; n++)
		assert_int_equal(decode_ints(CODEC_DELTA, &b, b.len, n, out),
				 n == 4 ? 0 : ERR_CORRUPT);
	buf_release(&b);
}

static void an_unknown_codec_is_newer_and_not_damage(void **state)
{
	struct buf b = {0};
	struct buf scratch = {0};
	struct view strings[1];
	uint64_t out[1];

	(void)state;
	put_varint(&b, 0);
	for (unsigned codec = 0; codec < 256; codec++) {
		bool is_int = (codec >= CODEC_CONST && codec <= CODEC_DELTA) ||
			      codec == CODEC_RECENT || codec == CODEC_LISTED ||
			      codec == CODEC_NEARBY;
		bool is_bytes = codec == CODEC_CONST || codec == CODEC_TABLE ||
				codec == CODEC_PLANES;
		struct view in = view_of(b.data, b.len);

		if (!is_int)
			assert_int_equal(column_decode_ints((uint8_t)codec, in, 1, out, NULL),
					 ERR_UNSUPPORTED);
		if (!is_bytes)
			assert_int_equal(column_decode_bytes((uint8_t)codec, in, 1, 0, &scratch,
							     strings, NULL),
					 ERR_UNSUPPORTED);
	}
	buf_release(&b);
}

/* What PLANES put together is looked at here, as it does not outlive the call. */
static int decode_strings(uint8_t codec, struct view in, size_t n, size_t fixed, struct view *out)
{
	struct buf scratch = {0};
	int rc = column_decode_bytes(codec, in, n, fixed, &scratch, out, NULL);

	for (size_t i = 0; codec == CODEC_PLANES && !rc && i < n; i++)
		assert_int_equal(view_len(out[i]) * n, scratch.len);
	buf_release(&scratch);
	return rc;
}

static void strings_come_back(const struct view *values, size_t n, uint8_t codec)
{
	struct byte_table *t = byte_table_new();
	struct view *out = calloc(n + 1, sizeof(*out));
	struct buf b = {0};
	uint8_t *exact;

	for (int round = 0; round < 2; round++) { /* the table is reused */
		buf_clear(&b);
		assert_int_equal(column_encode_bytes(t, values, n, &b), codec);
	}
	exact = forge_exact(b.data, b.len);
	assert_int_equal(decode_strings(codec, view_of(exact, b.len), n, 0, out), 0);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(view_len(out[i]), view_len(values[i]));
		assert_memory_equal(out[i].p, values[i].p, view_len(values[i]));
	}
	free(exact);
	for (size_t len = 0; len < b.len; len++) {
		exact = forge_exact(b.data, len);
		assert_int_equal(decode_strings(codec, view_of(exact, len), n, 0, out),
				 ERR_CORRUPT);
		free(exact);
	}
	put_u8(&b, 0);
	assert_int_equal(decode_strings(codec, view_of(b.data, b.len), n, 0, out), ERR_CORRUPT);
	buf_release(&b);
	free(out);
	byte_table_free(t);
}

static void equal_strings_cost_one(void **state)
{
	const struct view values[] = {view_of("tape", 4), view_of("tape", 4)};
	const struct view empty[] = {view_of("", 0), view_of(NULL, 0)};

	(void)state;
	strings_come_back(values, 1, CODEC_CONST);
	strings_come_back(values, 2, CODEC_CONST);
	strings_come_back(empty, 2, CODEC_CONST);
}

static void different_strings_are_a_table(void **state)
{
	const struct view values[] = {view_of("a", 1), view_of("", 0),   view_of("b", 1),
				      view_of("a", 1), view_of("ab", 2), view_of("a\0", 2)};

	(void)state;
	strings_come_back(values, 0, CODEC_TABLE);
	strings_come_back(values, 2, CODEC_TABLE);
	strings_come_back(values, 6, CODEC_TABLE);
}

static void a_table_of_many_strings_comes_back(void **state)
{
	enum { COUNT = 3000 };
	static char text[COUNT][8];
	static struct view values[COUNT], out[COUNT];
	struct byte_table *t = byte_table_new();
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		snprintf(text[i], sizeof(text[i]), "%zu", (i * 7) % 2000);
		values[i] = view_of(text[i], strlen(text[i]));
	}
	assert_int_equal(column_encode_bytes(t, values, COUNT, &b), CODEC_TABLE);
	assert_int_equal(decode_strings(CODEC_TABLE, view_of(b.data, b.len), COUNT, 0, out), 0);
	for (size_t i = 0; i < COUNT; i++)
		assert_memory_equal(out[i].p, values[i].p, view_len(values[i]));
	buf_release(&b);
	byte_table_free(t);
	byte_table_free(NULL);
}

/* A table of `count` strings "x" said to be `said`, then two rows with these indexes. */
static int decode_table(uint64_t said, unsigned count, uint64_t first, uint64_t second)
{
	struct view out[2];
	struct buf b = {0};
	int rc;

	put_varint(&b, said);
	for (unsigned i = 0; i < count; i++)
		put_string(&b, "x", 1);
	put_varint(&b, first);
	put_varint(&b, second);
	rc = decode_strings(CODEC_TABLE, view_of(b.data, b.len), 2, 0, out);
	buf_release(&b);
	return rc;
}

static void the_last_index_of_a_table_is_good_and_the_next_is_not(void **state)
{
	(void)state;
	assert_int_equal(decode_table(2, 2, 0, 1), 0);
	assert_int_equal(decode_table(2, 2, 1, 2), ERR_CORRUPT);
	assert_int_equal(decode_table(2, 2, UINT64_MAX, 0), ERR_CORRUPT);
	assert_int_equal(decode_table(1, 1, 0, 0), 0);
	assert_int_equal(decode_table(1, 1, 0, 1), ERR_CORRUPT);
	assert_int_equal(decode_table(0, 0, 0, 0), ERR_CORRUPT);
}

static void a_table_larger_than_its_rows_or_bytes_is_refused(void **state)
{
	(void)state;
	assert_int_equal(decode_table(3, 3, 0, 1), ERR_CORRUPT);
	assert_int_equal(decode_table(UINT32_MAX, 2, 0, 1), ERR_CORRUPT);
	assert_int_equal(decode_table(UINT64_MAX, 2, 0, 1), ERR_CORRUPT);
}

static void fixed_strings_have_their_length(void **state)
{
	const struct view same[] = {view_of("aaaa", 4), view_of("bbbb", 4)},
			  differ[] = {view_of("aaaa", 4), view_of("bbb", 3)};
	struct byte_table *t = byte_table_new();
	struct buf b = {0};
	struct view out[2];

	(void)state;
	for (size_t n = 1; n <= 2; n++) {
		uint8_t codec;

		buf_clear(&b);
		codec = column_encode_bytes(t, same, n, &b);
		assert_int_equal(decode_strings(codec, view_of(b.data, b.len), n, 4, out), 0);
		assert_int_equal(decode_strings(codec, view_of(b.data, b.len), n, 3, out),
				 ERR_CORRUPT);
		assert_int_equal(decode_strings(codec, view_of(b.data, b.len), n, 5, out),
				 ERR_CORRUPT);
	}
	buf_clear(&b);
	assert_int_equal(column_encode_bytes(t, differ, 2, &b), CODEC_TABLE);
	assert_int_equal(decode_strings(CODEC_TABLE, view_of(b.data, b.len), 2, 0, out), 0);
	assert_int_equal(decode_strings(CODEC_TABLE, view_of(b.data, b.len), 2, 4, out),
			 ERR_CORRUPT);
	buf_release(&b);
	byte_table_free(t);
}

static void strings_of_one_length_come_back_from_planes(void **state)
{
	const struct view values[] = {view_of("abc", 3), view_of("abd", 3), view_of("xyz", 3)};
	struct byte_table *t = byte_table_new();
	struct buf b = {0}, scratch = {0};
	struct view out[3];

	(void)state;
	assert_int_equal(column_encode_bytes(t, values, 3, &b), CODEC_PLANES);
	for (size_t len = 0; len < b.len; len++)
		assert_int_equal(column_decode_bytes(CODEC_PLANES, view_of(b.data, len), 3, 0,
						     &scratch, out, NULL),
				 ERR_CORRUPT);
	assert_int_equal(column_decode_bytes(CODEC_PLANES, view_of(b.data, b.len), 3, 3, &scratch,
					     out, NULL),
			 0);
	for (size_t i = 0; i < 3; i++)
		assert_memory_equal(out[i].p, values[i].p, 3);
	assert_int_equal(column_decode_bytes(CODEC_PLANES, view_of(b.data, b.len), 3, 2, &scratch,
					     out, NULL),
			 ERR_CORRUPT);
	byte_table_free(t);
	buf_release(&scratch);
	buf_release(&b);
}

static void recent_ids_come_back(const uint64_t *ids, size_t n)
{
	uint64_t *out = calloc(n, sizeof(*out));
	struct buf b = {0};

	assert_int_equal(column_encode_ids(ids, n, &b), CODEC_RECENT);
	for (size_t len = 0; len < b.len; len++)
		assert_int_equal(decode_ints(CODEC_RECENT, &b, len, n, out), ERR_CORRUPT);
	assert_int_equal(decode_ints(CODEC_RECENT, &b, b.len, n, out), 0);
	assert_memory_equal(out, ids, n * sizeof(*out));
	other_forms_agree(CODEC_RECENT, &b, ids, n);
	buf_release(&b);
	free(out);
}

static void ids_come_back(void **state)
{
	const uint64_t ids[] = {1, 2, 3, 2, 200, 1, 201, 1, 202, 3, 1, 3, 0, 203, UINT32_MAX, 1};
	const uint64_t wide[] = {UINT64_C(1) << 32, 1, (UINT64_C(1) << 32) + 1, 1, UINT32_MAX};
	uint64_t many[1000], noise = 1;

	(void)state;
	recent_ids_come_back(ids, 16);
	recent_ids_come_back(wide, 5);
	/* Each of the eight latest, in any order, and new ones. */
	for (size_t i = 0; i < 1000; i++) {
		noise = noise * 6364136223846793005u + 1442695040888963407u;
		many[i] = i / 20 + (noise >> 60) % 10;
	}
	recent_ids_come_back(many, 1000);
}

/* Streams of numbers that are handed out by turns. */
static void ids_near_the_latest_come_back(void **state)
{
	enum { N = 1000 };
	uint64_t ids[N], out[N], next[7] = {0}, noise = 1, far = UINT64_C(1) << 62;
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < N; i++) {
		unsigned turn;

		noise = noise * 6364136223846793005u + 1442695040888963407u;
		turn = (unsigned)(noise >> 60) % 7;
		ids[i] = (UINT64_C(1) << 55) * turn + next[turn]++;
	}
	ids[N - 1] = UINT64_MAX;
	assert_true(nearby_encode(ids, N, &b));
	assert_true(b.len < N + 7 * 10);
	for (size_t len = 0; len < b.len; len += 13)
		assert_int_equal(decode_ints(CODEC_NEARBY, &b, len, N, out), ERR_CORRUPT);
	assert_int_equal(decode_ints(CODEC_NEARBY, &b, b.len, N, out), 0);
	assert_memory_equal(out, ids, sizeof(ids));
	other_forms_agree(CODEC_NEARBY, &b, ids, N);
	buf_clear(&b);
	assert_false(nearby_encode(&far, 1, &b));
	assert_int_equal(b.len, 0);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(constant_integers_cost_one_value),
		cmocka_unit_test(small_integers_are_plain),
		cmocka_unit_test(integers_that_go_together_are_differences),
		cmocka_unit_test(wide_integers_that_come_again_are_listed),
		cmocka_unit_test(no_more_than_512_integers_are_listed),
		cmocka_unit_test(every_codec_reads_what_another_would_have_written),
		cmocka_unit_test(a_column_of_another_length_is_refused),
		cmocka_unit_test(an_unknown_codec_is_newer_and_not_damage),
		cmocka_unit_test(equal_strings_cost_one),
		cmocka_unit_test(different_strings_are_a_table),
		cmocka_unit_test(a_table_of_many_strings_comes_back),
		cmocka_unit_test(the_last_index_of_a_table_is_good_and_the_next_is_not),
		cmocka_unit_test(a_table_larger_than_its_rows_or_bytes_is_refused),
		cmocka_unit_test(fixed_strings_have_their_length),
		cmocka_unit_test(strings_of_one_length_come_back_from_planes),
		cmocka_unit_test(ids_come_back),
		cmocka_unit_test(ids_near_the_latest_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
