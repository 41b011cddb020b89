/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_index.c -- the list of blocks, and who is in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/index.h"
#include "tests/format/forge.h"

/* Block `i` of a run without holes, each 96 + 10 * i bytes. */
static struct block_header header_of(unsigned i)
{
	return (struct block_header){.type = i % 2 ? BLOCK_DATA : BLOCK_DICT,
				     .header_len = BLOCK_HEADER_LEN,
				     .body_len = 10 * i,
				     .rows = i,
				     .epoch = i / 3,
				     .min_ts = i == 2 ? 0 : 1000 + i,
				     .max_ts = i == 3 ? UINT64_MAX : 2000 + i};
}

static uint64_t offset_of(unsigned i)
{
	return i * BLOCK_HEADER_LEN + 10 * (uint64_t)(i * (i - 1) / 2);
}

static struct index an_index(unsigned count)
{
	struct index ix = {0};

	for (unsigned i = 0; i < count; i++) {
		struct block_header h = header_of(i);

		index_add(&ix, offset_of(i), &h);
	}
	return ix;
}

static int decode(const struct buf *b, size_t len, struct index *out)
{
	uint8_t *exact = forge_exact(b->data, len);
	struct view in = view_of(exact, len);
	int rc = index_decode(&in, out, NULL);

	if (!rc)
		assert_int_equal(view_len(in), 0);
	free(exact);
	return rc;
}

static void an_index_comes_back(void **state)
{
	struct index a = an_index(20), b = {0};
	struct buf bytes = {0};

	(void)state;
	index_encode(&a, &bytes);
	assert_int_equal(decode(&bytes, bytes.len, &b), 0);
	assert_int_equal(b.count, 20);
	for (size_t i = 0; i < 20; i++) {
		assert_true(a.entries[i].offset == b.entries[i].offset);
		assert_true(a.entries[i].min_ts == b.entries[i].min_ts);
		assert_true(a.entries[i].max_ts == b.entries[i].max_ts);
		assert_int_equal(a.entries[i].len, b.entries[i].len);
		assert_int_equal(a.entries[i].rows, b.entries[i].rows);
		assert_int_equal(a.entries[i].epoch, b.entries[i].epoch);
		assert_int_equal(a.entries[i].type, b.entries[i].type);
	}
	buf_release(&bytes);
	index_release(&a);
	index_release(&b);
}

static void an_index_cut_anywhere_is_refused(void **state)
{
	struct index a = an_index(5), b = {0};
	struct buf bytes = {0};

	(void)state;
	index_encode(&a, &bytes);
	for (size_t len = 0; len < bytes.len; len++)
		assert_int_equal(decode(&bytes, len, &b), ERR_CORRUPT);
	buf_release(&bytes);
	index_release(&a);
	index_release(&b);
}

static void an_empty_index_lists_nothing(void **state)
{
	struct block_header h = header_of(0);
	struct index ix = {0};
	struct buf b = {0};

	(void)state;
	index_encode(&ix, &b);
	assert_int_equal(decode(&b, b.len, &ix), 0);
	assert_int_equal(ix.count, 0);
	assert_false(index_has(&ix, 0, &h));
	buf_release(&b);
	index_release(&ix);
}

static void the_first_and_the_last_block_are_listed_and_the_next_is_not(void **state)
{
	struct index ix = an_index(7);

	(void)state;
	for (unsigned i = 0; i < 7; i++) {
		struct block_header h = header_of(i);

		assert_true(index_has(&ix, offset_of(i), &h));
		assert_false(index_has(&ix, offset_of(i) + 1, &h));
	}
	struct block_header next = header_of(7);

	assert_false(index_has(&ix, offset_of(7), &next));
	assert_false(index_has(&ix, UINT64_MAX, &next));
	index_release(&ix);
}

static void a_block_that_differs_from_its_entry_is_not_listed(void **state)
{
	struct index ix = an_index(7);
	struct block_header good = header_of(4), h = good;

	(void)state;
	assert_true(index_has(&ix, offset_of(4), &h));
	h.type = BLOCK_LOSS;
	assert_false(index_has(&ix, offset_of(4), &h));
	h = good;
	h.body_len++;
	assert_false(index_has(&ix, offset_of(4), &h));
	h = good;
	h.rows++;
	assert_false(index_has(&ix, offset_of(4), &h));
	h = good;
	h.epoch++;
	assert_false(index_has(&ix, offset_of(4), &h));
	h = good;
	h.min_ts++;
	assert_false(index_has(&ix, offset_of(4), &h));
	h = good;
	h.max_ts++;
	assert_false(index_has(&ix, offset_of(4), &h));
	index_release(&ix);
}

/* An entry of the encoded index. */
static void put_entry(struct buf *b, uint64_t gap, uint64_t len, uint64_t rows, uint64_t epoch)
{
	put_u8(b, BLOCK_DATA);
	put_varint(b, gap);
	put_varint(b, len);
	put_varint(b, rows);
	put_varint(b, epoch);
	put_varint(b, zigzag(5));
	put_varint(b, zigzag(-1));
}

static int decode_entry(uint64_t gap, uint64_t len, uint64_t rows, uint64_t epoch)
{
	struct index ix = {0};
	struct buf b = {0};
	int rc;

	put_varint(&b, 2);
	put_entry(&b, 0, 96, 0, 0);
	put_entry(&b, gap, len, rows, epoch);
	rc = decode(&b, b.len, &ix);
	buf_release(&b);
	index_release(&ix);
	return rc;
}

static void an_entry_keeps_to_the_limits_of_a_block(void **state)
{
	enum { MAX_LEN = BLOCK_HEADER_MAX + BLOCK_MAX_BODY };

	(void)state;
	assert_int_equal(decode_entry(0, BLOCK_HEADER_LEN, 0, 0), 0);
	assert_int_equal(decode_entry(0, BLOCK_HEADER_LEN - 1, 0, 0), ERR_CORRUPT);
	assert_int_equal(decode_entry(0, 0, 0, 0), ERR_CORRUPT);
	assert_int_equal(decode_entry(0, MAX_LEN, BLOCK_MAX_ROWS, UINT32_MAX), 0);
	assert_int_equal(decode_entry(0, MAX_LEN + 1, 0, 0), ERR_CORRUPT);
	assert_int_equal(decode_entry(0, 96, BLOCK_MAX_ROWS + 1, 0), ERR_CORRUPT);
	assert_int_equal(decode_entry(0, 96, 0, UINT64_C(1) << 32), ERR_CORRUPT);
}

static void blocks_that_wrap_around_and_overlap_are_refused(void **state)
{
	(void)state;
	assert_int_equal(decode_entry(UINT64_MAX, 96, 0, 0), ERR_CORRUPT);
	assert_int_equal(decode_entry(UINT64_MAX - 95, 96, 0, 0), ERR_CORRUPT);
	assert_int_equal(decode_entry(UINT64_MAX - 96, 96, 0, 0), ERR_CORRUPT);
	assert_int_equal(decode_entry(UINT64_MAX - 192, 96, 0, 0), 0);
}

static void a_count_beyond_the_limit_or_the_bytes_is_refused(void **state)
{
	static const uint64_t counts[] = {INDEX_MAX_ENTRIES + 1, UINT64_MAX, 1000};
	struct index ix = {0};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct buf b = {0};

		put_varint(&b, counts[i]);
		put_entry(&b, 0, 96, 0, 0);
		assert_int_equal(decode(&b, b.len, &ix), ERR_CORRUPT);
		buf_release(&b);
	}
	index_release(&ix);
}

static void an_overfull_index_is_written_as_none(void **state)
{
	struct block_header h = header_of(0);
	struct index ix = {0};
	struct buf b = {0};

	(void)state;
	for (uint64_t i = 0; i < INDEX_MAX_ENTRIES; i++)
		index_add(&ix, i * 96, &h);
	assert_false(ix.is_overfull);
	index_encode(&ix, &b);
	assert_int_equal(decode(&b, b.len, &ix), 0);
	assert_int_equal(ix.count, INDEX_MAX_ENTRIES);
	index_add(&ix, (uint64_t)INDEX_MAX_ENTRIES * 96, &h);
	assert_true(ix.is_overfull);
	assert_int_equal(ix.count, INDEX_MAX_ENTRIES);
	buf_clear(&b);
	index_encode(&ix, &b);
	assert_int_equal(b.len, 1);
	assert_int_equal(decode(&b, b.len, &ix), 0);
	assert_int_equal(ix.count, 0);
	assert_false(ix.is_overfull);
	buf_release(&b);
	index_release(&ix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_index_comes_back),
		cmocka_unit_test(an_index_cut_anywhere_is_refused),
		cmocka_unit_test(an_empty_index_lists_nothing),
		cmocka_unit_test(the_first_and_the_last_block_are_listed_and_the_next_is_not),
		cmocka_unit_test(a_block_that_differs_from_its_entry_is_not_listed),
		cmocka_unit_test(an_entry_keeps_to_the_limits_of_a_block),
		cmocka_unit_test(blocks_that_wrap_around_and_overlap_are_refused),
		cmocka_unit_test(a_count_beyond_the_limit_or_the_bytes_is_refused),
		cmocka_unit_test(an_overfull_index_is_written_as_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
