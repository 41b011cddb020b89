/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_block.c -- headers that lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/part.h"
#include "tests/format/forge.h"

static struct block_header a_header(void)
{
	return (struct block_header){.type = BLOCK_DATA,
				     .flags = BLOCK_LATE,
				     .header_len = BLOCK_HEADER_LEN,
				     .body_len = 0x01020304 & 0xffffff,
				     .raw_len = BLOCK_MAX_RAW,
				     .rows = BLOCK_MAX_ROWS,
				     .salt = UINT64_C(0xa1a2a3a4a5a6a7a8),
				     .seq = UINT64_MAX,
				     .min_ts = 3,
				     .max_ts = UINT64_MAX - 1,
				     .watermark = 5,
				     .lost = 6,
				     .schema_bits = UINT64_C(1) << 63,
				     .epoch = UINT32_MAX,
				     .table_crc = 0xdeadbeef,
				     .part_count = BLOCK_MAX_PARTS};
}

static int decode(struct block_header h, struct block_header *out)
{
	uint8_t bytes[BLOCK_HEADER_LEN];

	block_header_encode(&h, bytes);
	return block_header_decode(view_of(bytes, sizeof(bytes)), out, NULL);
}

static void a_header_comes_back(void **state)
{
	struct block_header a = a_header(), b = {0};

	(void)state;
	assert_int_equal(decode(a, &b), 0);
	assert_true(a.type == b.type && a.flags == b.flags && a.header_len == b.header_len);
	assert_true(a.body_len == b.body_len && a.raw_len == b.raw_len && a.rows == b.rows);
	assert_true(a.salt == b.salt && a.seq == b.seq);
	assert_true(a.min_ts == b.min_ts && a.max_ts == b.max_ts && a.watermark == b.watermark);
	assert_true(a.lost == b.lost && a.schema_bits == b.schema_bits);
	assert_true(a.epoch == b.epoch && a.table_crc == b.table_crc &&
		    a.part_count == b.part_count);
}

static void every_flipped_bit_of_a_header_is_refused(void **state)
{
	struct block_header h = a_header(), out = {.type = 77};
	uint8_t bytes[BLOCK_HEADER_LEN];

	(void)state;
	block_header_encode(&h, bytes);
	for (unsigned bit = 0; bit < 8 * BLOCK_HEADER_LEN; bit++) {
		int rc;

		bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		rc = block_header_decode(view_of(bytes, sizeof(bytes)), &out, NULL);
		bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		if (bit / 8 >= BLOCK_MAGIC_LEN)
			assert_int_equal(rc, ERR_CORRUPT);
		else
			assert_true(rc == ERR_NOT_A_TAPE || rc == ERR_UNSUPPORTED);
	}
	assert_int_equal(out.type, 77);
}

static void a_header_cut_anywhere_is_refused(void **state)
{
	struct block_header h = a_header(), out;
	uint8_t bytes[BLOCK_HEADER_LEN];

	(void)state;
	block_header_encode(&h, bytes);
	for (size_t len = 0; len < BLOCK_HEADER_LEN; len++) {
		uint8_t *exact = forge_exact(bytes, len);

		assert_int_equal(block_header_decode(view_of(exact, len), &out, NULL),
				 ERR_TRUNCATED);
		free(exact);
	}
}

static void only_another_digit_is_another_version(void **state)
{
	uint8_t bytes[BLOCK_HEADER_LEN];
	struct block_header h = a_header(), out;

	(void)state;
	block_header_encode(&h, bytes);
	for (unsigned c = 0; c < 256; c++) {
		int want = c == '1' ? 0 : c >= '0' && c <= '9' ? ERR_UNSUPPORTED : ERR_NOT_A_TAPE;

		bytes[5] = (uint8_t)c;
		assert_int_equal(block_header_decode(view_of(bytes, sizeof(bytes)), &out, NULL),
				 want);
	}
}

static void lengths_at_the_limit_pass_and_beyond_it_are_refused(void **state)
{
	struct block_header h = a_header(), out;

	(void)state;
	h.header_len = BLOCK_HEADER_LEN - 1;
	assert_int_equal(decode(h, &out), ERR_CORRUPT);
	h.header_len = BLOCK_HEADER_MAX;
	assert_int_equal(decode(h, &out), 0);
	h.header_len = BLOCK_HEADER_MAX + 1;
	assert_int_equal(decode(h, &out), ERR_CORRUPT);
	h = a_header();
	h.body_len = BLOCK_MAX_BODY;
	assert_int_equal(decode(h, &out), 0);
	h.body_len = BLOCK_MAX_BODY + 1;
	assert_int_equal(decode(h, &out), ERR_CORRUPT);
	h = a_header();
	h.raw_len = BLOCK_MAX_RAW + 1;
	assert_int_equal(decode(h, &out), ERR_CORRUPT);
	h = a_header();
	h.rows = BLOCK_MAX_ROWS + 1;
	assert_int_equal(decode(h, &out), ERR_CORRUPT);
	h.rows = 0;
	h.body_len = 0;
	h.raw_len = 0;
	h.part_count = 0;
	assert_int_equal(decode(h, &out), 0);
}

static void the_first_and_the_last_type_are_known_and_no_other(void **state)
{
	(void)state;
	assert_false(block_type_is_known(0));
	assert_string_equal(block_type_name(0), "unknown");
	assert_string_equal(block_type_name(BLOCK_SECTION), "SECTION");
	assert_string_equal(block_type_name(BLOCK_END), "END");
	assert_false(block_type_is_known(BLOCK_END + 1));
	assert_string_equal(block_type_name(BLOCK_END + 1), "unknown");
	assert_string_equal(block_type_name(255), "unknown");
}

/* What a block stands for is bounded by its size: rows, and decompressed bytes. */
static void a_small_body_stands_for_little(void **state)
{
	struct block_header h = a_header(), out;

	(void)state;
	h.part_count = 1;
	h.body_len = 100;
	h.raw_len = 100 * BLOCK_WORK_PER_BYTE;
	h.rows = 100 * BLOCK_ROWS_PER_BYTE;
	assert_int_equal(decode(h, &out), 0);
	h.rows++;
	assert_int_equal(decode(h, &out), ERR_CORRUPT);
	h.rows--;
	h.raw_len++;
	assert_int_equal(decode(h, &out), ERR_CORRUPT);
}

static void a_part_table_fits_its_body(void **state)
{
	struct block_header h = a_header(), out;

	(void)state;
	h.raw_len = h.rows = 0;
	h.part_count = 3;
	h.body_len = 3 * PART_ENTRY_LEN;
	assert_int_equal(decode(h, &out), 0);
	h.body_len--;
	assert_int_equal(decode(h, &out), ERR_CORRUPT);
	h.body_len = 1000;
	h.part_count = BLOCK_MAX_PARTS;
	assert_int_equal(decode(h, &out), 0);
	h.part_count++;
	assert_int_equal(decode(h, &out), ERR_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_comes_back),
		cmocka_unit_test(every_flipped_bit_of_a_header_is_refused),
		cmocka_unit_test(a_header_cut_anywhere_is_refused),
		cmocka_unit_test(only_another_digit_is_another_version),
		cmocka_unit_test(lengths_at_the_limit_pass_and_beyond_it_are_refused),
		cmocka_unit_test(the_first_and_the_last_type_are_known_and_no_other),
		cmocka_unit_test(a_small_body_stands_for_little),
		cmocka_unit_test(a_part_table_fits_its_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
