/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_block.c -- headers that lie, parts that do not add up, zstd that grows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <zstd.h>

#include "format/block.h"
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
				     .body_crc = 0xdeadbeef};
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
	assert_true(a.epoch == b.epoch && a.body_crc == b.body_crc);
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
		int want = c == '0' ? 0 : c >= '1' && c <= '9' ? ERR_UNSUPPORTED : ERR_NOT_A_TAPE;

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

/* parts_decode() of exactly these bytes. */
static int split(const struct buf *body, size_t len, uint32_t raw_len, unsigned *count)
{
	struct part parts[BLOCK_MAX_PARTS];
	uint8_t *exact = forge_exact(body->data, len);
	int rc = parts_decode(view_of(exact, len), raw_len, parts, count, NULL);

	free(exact);
	return rc;
}

static void parts_come_back(void **state)
{
	struct part parts[BLOCK_MAX_PARTS];
	struct packer *p = packer_new(0);
	struct unpacker *u = unpacker_new();
	struct buf body = {0};
	uint8_t text[1000], out[1000];
	unsigned count;

	(void)state;
	memset(text, 't', sizeof(text));
	assert_int_equal(packer_add(p, 3, view_of(text, sizeof(text)), &body, NULL), 0);
	assert_true(body.len < 100);
	assert_int_equal(packer_add(p, 4, view_of("abc", 3), &body, NULL), 0);
	assert_int_equal(packer_add(p, 5, view_of(NULL, 0), &body, NULL), 0);
	assert_int_equal(packer_add_raw(6, view_of(text, sizeof(text)), &body, NULL), 0);
	assert_int_equal(parts_decode(view_of(body.data, body.len), 2003, parts, &count, NULL), 0);
	assert_int_equal(count, 4);
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(parts[i].tag, 3 + i);
		assert_int_equal(unpacker_run(u, &parts[i], out, NULL), 0);
	}
	assert_memory_equal(out, text, sizeof(text));
	assert_int_equal(unpacker_run(u, &parts[0], out, NULL), 0);
	assert_memory_equal(out, text, sizeof(text));
	unpacker_free(u);
	packer_free(p);
	buf_release(&body);
}

static void parts_must_add_up_to_the_header(void **state)
{
	struct buf body = {0};
	unsigned count = 77;

	(void)state;
	forge_part(&body, 0, 0, 3, view_of("abc", 3));
	forge_part(&body, 0, 1, 2, view_of("de", 2));
	assert_int_equal(split(&body, body.len, 5, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(split(&body, body.len, 4, &count), ERR_CORRUPT);
	assert_int_equal(split(&body, body.len, 6, &count), ERR_CORRUPT);
	assert_int_equal(split(&body, 0, 1, &count), ERR_CORRUPT);
	assert_int_equal(split(&body, 0, 0, &count), 0);
	assert_int_equal(count, 0);
	buf_release(&body);
}

/* 2^32 + 5 is 5 in 32 bits. */
static void a_sum_that_wraps_is_not_the_sum(void **state)
{
	struct buf body = {0};
	unsigned count;

	(void)state;
	forge_part(&body, 1, 0, 0x80000000, view_of("abc", 3));
	forge_part(&body, 1, 0, 0x80000005, view_of("abc", 3));
	assert_int_equal(split(&body, body.len, 5, &count), ERR_CORRUPT);
	buf_release(&body);
}

static void parts_beyond_the_limit_of_a_block_are_refused(void **state)
{
	struct buf body = {0};
	unsigned count;

	(void)state;
	forge_part(&body, 1, 0, BLOCK_MAX_RAW, view_of("abc", 3));
	assert_int_equal(split(&body, body.len, BLOCK_MAX_RAW, &count), 0);
	forge_part(&body, 1, 0, 1, view_of("abc", 3));
	assert_int_equal(split(&body, body.len, BLOCK_MAX_RAW + 1, &count), ERR_CORRUPT);
	buf_release(&body);
}

static void the_last_part_fits_and_the_next_does_not(void **state)
{
	struct buf body = {0};
	unsigned count;

	(void)state;
	for (unsigned i = 0; i < BLOCK_MAX_PARTS; i++)
		forge_part(&body, 0, 0, 1, view_of("a", 1));
	assert_int_equal(split(&body, body.len, BLOCK_MAX_PARTS, &count), 0);
	assert_int_equal(count, BLOCK_MAX_PARTS);
	forge_part(&body, 0, 0, 1, view_of("a", 1));
	assert_int_equal(split(&body, body.len, BLOCK_MAX_PARTS + 1, &count), ERR_CORRUPT);
	buf_release(&body);
}

static void a_body_cut_inside_a_part_is_refused(void **state)
{
	struct buf body = {0};
	unsigned count;

	(void)state;
	forge_part(&body, 0, 0, 5, view_of("abcde", 5));
	for (size_t len = 1; len < body.len; len++)
		assert_int_equal(split(&body, len, 5, &count), ERR_CORRUPT);
	buf_release(&body);
}

static void unknown_flags_and_codecs_of_a_part_are_newer_and_not_damage(void **state)
{
	struct part part = {.codec = 2, .raw_len = 3, .stored = view_of("abc", 3)};
	struct unpacker *u = unpacker_new();
	struct buf body = {0};
	unsigned count;
	uint8_t out[3];

	(void)state;
	for (unsigned codec = 2; codec < 256; codec++) {
		part.codec = (uint8_t)codec;
		assert_int_equal(unpacker_run(u, &part, out, NULL), ERR_UNSUPPORTED);
	}
	forge_part(&body, 0, 0, 3, view_of("abc", 3));
	for (unsigned bit = 0; bit < 16; bit++) {
		store_le(body.data + 2, 2, UINT64_C(1) << bit);
		assert_int_equal(split(&body, body.len, 3, &count), ERR_UNSUPPORTED);
	}
	unpacker_free(u);
	buf_release(&body);
}

/* `raw_len` of a part that holds `stored`, unpacked into exactly that much memory. */
static int unpack(uint8_t codec, struct view stored, uint32_t raw_len)
{
	struct part part = {.codec = codec, .raw_len = raw_len, .stored = stored};
	struct unpacker *u = unpacker_new();
	uint8_t *out = malloc(raw_len ? raw_len : 1);
	int rc = unpacker_run(u, &part, out, NULL);

	free(out);
	unpacker_free(u);
	return rc;
}

static void a_raw_part_has_the_length_it_says(void **state)
{
	(void)state;
	assert_int_equal(unpack(0, view_of("abc", 3), 3), 0);
	assert_int_equal(unpack(0, view_of("abc", 3), 2), ERR_CORRUPT);
	assert_int_equal(unpack(0, view_of("abc", 3), 4), ERR_CORRUPT);
	assert_int_equal(unpack(0, view_of("", 0), 0), 0);
}

/* A frame of zeros that is 1000 times smaller than what comes out of it. */
static struct view zeros_frame(size_t len, uint8_t **owned)
{
	size_t bound = ZSTD_compressBound(len), n;
	uint8_t *zeros = calloc(1, len), *frame = malloc(bound), *exact;

	n = ZSTD_compress(frame, bound, zeros, len, 3);
	assert_false(ZSTD_isError(n));
	exact = forge_exact(frame, n);
	free(zeros);
	free(frame);
	*owned = exact;
	return view_of(exact, n);
}

static void a_zstd_part_gives_exactly_what_it_says(void **state)
{
	uint8_t *owned;
	struct view frame = zeros_frame(100000, &owned);

	(void)state;
	assert_int_equal(unpack(1, frame, 100000), 0);
	assert_int_equal(unpack(1, frame, 99999), ERR_CORRUPT);
	assert_int_equal(unpack(1, frame, 100001), ERR_CORRUPT);
	assert_int_equal(unpack(1, frame, BLOCK_MAX_RAW), ERR_CORRUPT);
	assert_int_equal(unpack(1, frame, 1), ERR_CORRUPT);
	assert_int_equal(unpack(1, frame, 0), ERR_CORRUPT);
	free(owned);
}

static void a_bomb_does_not_leave_its_part(void **state)
{
	uint8_t *owned;
	struct view frame = zeros_frame(64 << 20, &owned);

	(void)state;
	assert_true(view_len(frame) < 16384);
	assert_int_equal(unpack(1, frame, 4096), ERR_CORRUPT);
	assert_int_equal(unpack(1, frame, BLOCK_MAX_RAW), ERR_CORRUPT);
	free(owned);
}

static void a_zstd_part_cut_or_changed_is_refused(void **state)
{
	struct packer *p = packer_new(1);
	struct buf body = {0};
	uint8_t text[500];
	struct view frame;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)(i / 7 + (i * i) % 5);
	assert_int_equal(packer_add(p, 0, view_of(text, sizeof(text)), &body, NULL), 0);
	assert_int_equal(body.data[0], 1);
	frame = view_of(body.data + PART_HEADER_LEN, body.len - PART_HEADER_LEN);
	assert_int_equal(unpack(1, frame, sizeof(text)), 0);
	for (size_t len = 0; len < view_len(frame); len++) {
		uint8_t *exact = forge_exact(frame.p, len);

		assert_int_equal(unpack(1, view_of(exact, len), sizeof(text)), ERR_CORRUPT);
		free(exact);
	}
	for (size_t at = view_len(frame) - 4; at < view_len(frame); at++) {
		body.data[PART_HEADER_LEN + at] ^= 1; /* zstd's own checksum */
		assert_int_equal(unpack(1, frame, sizeof(text)), ERR_CORRUPT);
		body.data[PART_HEADER_LEN + at] ^= 1;
	}
	packer_free(p);
	buf_release(&body);
}

static void garbage_is_not_zstd(void **state)
{
	uint8_t garbage[64];

	(void)state;
	for (unsigned seed = 0; seed < 64; seed++) {
		for (size_t i = 0; i < sizeof(garbage); i++)
			garbage[i] = (uint8_t)(seed * 31 + i * 7);
		assert_int_equal(unpack(1, view_of(garbage, sizeof(garbage)), 1000), ERR_CORRUPT);
	}
	assert_int_equal(unpack(1, view_of("", 0), 1000), ERR_CORRUPT);
}

static void a_part_is_compressed_only_when_that_helps(void **state)
{
	struct packer *p = packer_new(0);
	struct buf body = {0};
	uint8_t noise[1000];
	uint32_t x = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++) {
		x = x * 1664525 + 1013904223;
		noise[i] = (uint8_t)(x >> 24);
	}
	assert_int_equal(packer_add(p, 0, view_of(noise, sizeof(noise)), &body, NULL), 0);
	assert_int_equal(body.data[0], 0);
	assert_int_equal(body.len, PART_HEADER_LEN + sizeof(noise));
	packer_free(p);
	buf_release(&body);
}

static void a_part_beyond_the_limit_is_not_written(void **state)
{
	struct packer *p = packer_new(1);
	uint8_t *zeros = calloc(1, BLOCK_MAX_RAW + 1);
	struct buf body = {0};

	(void)state;
	assert_true(packer_add(p, 0, view_of(zeros, BLOCK_MAX_RAW + 1), &body, NULL) < 0);
	assert_int_equal(body.len, 0);
	assert_int_equal(packer_add(p, 0, view_of(zeros, BLOCK_MAX_RAW), &body, NULL), 0);
	free(zeros);
	packer_free(p);
	packer_free(NULL);
	unpacker_free(NULL);
	buf_release(&body);
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
		cmocka_unit_test(parts_come_back),
		cmocka_unit_test(parts_must_add_up_to_the_header),
		cmocka_unit_test(a_sum_that_wraps_is_not_the_sum),
		cmocka_unit_test(parts_beyond_the_limit_of_a_block_are_refused),
		cmocka_unit_test(the_last_part_fits_and_the_next_does_not),
		cmocka_unit_test(a_body_cut_inside_a_part_is_refused),
		cmocka_unit_test(unknown_flags_and_codecs_of_a_part_are_newer_and_not_damage),
		cmocka_unit_test(a_raw_part_has_the_length_it_says),
		cmocka_unit_test(a_zstd_part_gives_exactly_what_it_says),
		cmocka_unit_test(a_bomb_does_not_leave_its_part),
		cmocka_unit_test(a_zstd_part_cut_or_changed_is_refused),
		cmocka_unit_test(garbage_is_not_zstd),
		cmocka_unit_test(a_part_is_compressed_only_when_that_helps),
		cmocka_unit_test(a_part_beyond_the_limit_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
