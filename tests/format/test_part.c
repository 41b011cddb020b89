/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_part.c -- tables that do not add up, parts that are not sound, zstd that grows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <zlib.h>
#include <zstd.h>

#include "format/part.h"
#include "format/preset.h"
#include "tests/format/forge.h"

static struct block_header header_of(const struct body *body, uint32_t raw_len)
{
	return (struct block_header){.body_len = (uint32_t)body_len(body),
				     .raw_len = raw_len,
				     .part_count = body->count,
				     .table_crc = (uint32_t)crc32(0, body->table.data,
								  (uInt)body->table.len)};
}

/* Table and stored bytes, to be freed. */
static uint8_t *join(const struct body *body)
{
	struct buf bytes = {0};
	uint8_t *exact;

	put_bytes(&bytes, body->table.data, body->table.len);
	put_bytes(&bytes, body->stored.data, body->stored.len);
	exact = forge_exact(bytes.data, bytes.len);
	buf_release(&bytes);
	return exact;
}

/* parts_decode() of exactly these bytes under a header that says `raw_len`. */
static int split(const struct body *body, uint32_t raw_len)
{
	struct block_header h = header_of(body, raw_len);
	struct part parts[BLOCK_MAX_PARTS];
	uint8_t *exact = join(body);
	int rc = parts_decode(view_of(exact, body_len(body)), &h, parts, NULL);

	free(exact);
	return rc;
}

static void parts_come_back(void **state)
{
	struct part parts[BLOCK_MAX_PARTS];
	struct packer *p = packer_new(0);
	struct unpacker *u = unpacker_new();
	struct body body = {0};
	uint8_t text[1000], out[1000], *exact;
	struct block_header h;

	(void)state;
	memset(text, 't', sizeof(text));
	assert_int_equal(packer_add(p, 3, view_of(text, sizeof(text)), &body, NULL), 0);
	assert_true(body_len(&body) < 100);
	assert_int_equal(packer_add(p, 4, view_of("abc", 3), &body, NULL), 0);
	assert_int_equal(packer_add(p, 5, view_of(NULL, 0), &body, NULL), 0);
	assert_int_equal(packer_add_raw(6, view_of(text, sizeof(text)), &body, NULL), 0);
	assert_int_equal(body.raw_len, 2003);
	h = header_of(&body, 2003);
	exact = join(&body);
	assert_int_equal(parts_decode(view_of(exact, body_len(&body)), &h, parts, NULL), 0);
	assert_true(table_is_sound(&h, view_of(exact, body.table.len)));
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(parts[i].tag, 3 + i);
		assert_true(part_is_sound(&parts[i]));
		assert_int_equal(unpacker_run(u, &parts[i], out, NULL), 0);
	}
	assert_memory_equal(out, text, sizeof(text));
	assert_int_equal(unpacker_run(u, &parts[0], out, NULL), 0);
	assert_memory_equal(out, text, sizeof(text));
	free(exact);
	unpacker_free(u);
	packer_free(p);
	body_release(&body);
}

enum { PHRASES = 20000, PHRASE = 7 };

/* Phrases that come again, far apart. */
static void write_phrases(uint8_t text[PHRASES * PHRASE])
{
	uint32_t random = 1;

	for (unsigned i = 0; i < PHRASES; i++) {
		random = random * 1664525 + 1013904223;
		for (unsigned k = 0; k < PHRASE; k++)
			text[i * PHRASE + k] = (uint8_t)((random >> 24) * (k + 3));
	}
}

/* Stored bytes of the text, which comes back. */
static size_t stored_of(struct packer *p, enum packer_effort effort, const uint8_t *text)
{
	static uint8_t out[PHRASES * PHRASE];
	struct unpacker *u = unpacker_new();
	struct body body = {0};
	struct block_header h;
	struct part parts[BLOCK_MAX_PARTS];
	uint8_t *exact;

	assert_int_equal(packer_add_with(p, effort, 0, view_of(text, sizeof(out)), &body, NULL), 0);
	h = header_of(&body, sizeof(out));
	exact = join(&body);
	assert_int_equal(parts_decode(view_of(exact, body_len(&body)), &h, parts, NULL), 0);
	assert_int_equal(unpacker_run(u, &parts[0], out, NULL), 0);
	assert_memory_equal(out, text, sizeof(out));
	free(exact);
	unpacker_free(u);
	body_release(&body);
	return parts[0].stored_len;
}

static void what_is_packed_in_haste_is_longer(void **state)
{
	static uint8_t text[PHRASES * PHRASE];
	struct packer *p = packer_new(0);
	size_t hurried, usual, more, most;

	(void)state;
	write_phrases(text);
	usual = stored_of(p, EFFORT_USUAL, text);
	more = stored_of(p, EFFORT_MORE, text);
	most = stored_of(p, EFFORT_MOST, text);
	packer_hurry(p, HASTE_SOME);
	hurried = stored_of(p, EFFORT_USUAL, text);
	assert_true(usual < hurried && more < hurried && most < hurried);
	assert_int_equal(stored_of(p, EFFORT_MORE, text), hurried);
	packer_hurry(p, HASTE_GREAT);
	assert_int_equal(stored_of(p, EFFORT_USUAL, text), hurried);
	assert_int_equal(stored_of(p, EFFORT_MORE, text), stored_of(p, EFFORT_LEAST, text));
	packer_hurry(p, HASTE_NONE);
	assert_int_equal(stored_of(p, EFFORT_MORE, text), more);
	packer_free(p);
}

static void parts_must_add_up_to_the_header(void **state)
{
	struct body body = {0};

	(void)state;
	forge_part(&body, 0, 0, 3, view_of("abc", 3));
	forge_part(&body, 0, 1, 2, view_of("de", 2));
	assert_int_equal(split(&body, 5), 0);
	assert_int_equal(split(&body, 4), ERR_CORRUPT);
	assert_int_equal(split(&body, 6), ERR_CORRUPT);
	body_clear(&body);
	assert_int_equal(split(&body, 1), ERR_CORRUPT);
	assert_int_equal(split(&body, 0), 0);
	body_release(&body);
}

/* 2^32 + 5 is 5 in 32 bits. */
static void a_sum_that_wraps_is_not_the_sum(void **state)
{
	struct body body = {0};

	(void)state;
	forge_part(&body, 1, 0, 0x80000000, view_of("abc", 3));
	forge_part(&body, 1, 0, 0x80000005, view_of("abc", 3));
	assert_int_equal(split(&body, 5), ERR_CORRUPT);
	body_release(&body);
}

static void parts_beyond_the_limit_of_a_block_are_refused(void **state)
{
	struct body body = {0};

	(void)state;
	forge_part(&body, 1, 0, BLOCK_MAX_RAW, view_of("abc", 3));
	assert_int_equal(split(&body, BLOCK_MAX_RAW), 0);
	forge_part(&body, 1, 0, 1, view_of("abc", 3));
	assert_int_equal(split(&body, BLOCK_MAX_RAW + 1), ERR_CORRUPT);
	body_release(&body);
}

static void the_last_part_fits_and_the_next_does_not(void **state)
{
	struct body body = {0};

	(void)state;
	for (unsigned i = 0; i < BLOCK_MAX_PARTS; i++)
		forge_part(&body, 0, 0, 1, view_of("a", 1));
	assert_int_equal(split(&body, BLOCK_MAX_PARTS), 0);
	forge_part(&body, 0, 0, 1, view_of("a", 1));
	assert_int_equal(split(&body, BLOCK_MAX_PARTS + 1), ERR_CORRUPT);
	body_release(&body);
}

static void parts_fill_the_body(void **state)
{
	struct part parts[BLOCK_MAX_PARTS];
	struct body body = {0};
	struct block_header h;
	uint8_t *exact;

	(void)state;
	forge_part(&body, 0, 0, 5, view_of("abcde", 5));
	exact = join(&body);
	for (int more = -5; more <= 5; more++) {
		h = header_of(&body, 5);
		h.body_len = (uint32_t)((int)h.body_len + more);
		assert_int_equal(parts_decode(view_of(exact, body_len(&body)), &h, parts, NULL),
				 more ? ERR_CORRUPT : 0);
	}
	h = header_of(&body, 5);
	for (size_t len = 0; len < body.table.len; len++)
		assert_int_equal(parts_decode(view_of(exact, len), &h, parts, NULL), ERR_CORRUPT);
	free(exact);
	body_release(&body);
}

/* The table alone tells where the parts are; they are read later. */
static void a_table_alone_places_its_parts(void **state)
{
	struct part parts[BLOCK_MAX_PARTS];
	struct body body = {0};
	struct block_header h;
	struct source *source;
	uint8_t *exact;

	(void)state;
	forge_part(&body, 0, 0, 3, view_of("abc", 3));
	forge_part(&body, 0, 1, 2, view_of("de", 2));
	h = header_of(&body, 5);
	exact = join(&body);
	assert_int_equal(parts_decode(view_of(exact, body.table.len), &h, parts, NULL), 0);
	assert_int_equal(view_len(parts[1].stored), 0);
	assert_int_equal(parts[1].offset, body.table.len + 3);
	assert_int_equal(source_open_memory(exact, body_len(&body), &source, NULL), 0);
	assert_int_equal(part_read(&parts[1], source, 0, NULL), 0);
	assert_memory_equal(parts[1].stored.p, "de", 2);
	exact[body.table.len] ^= 1;
	assert_int_equal(part_read(&parts[0], source, 0, NULL), ERR_CORRUPT);
	source_close(source);
	free(exact);
	body_release(&body);
}

static void a_changed_bit_is_seen(void **state)
{
	struct part parts[BLOCK_MAX_PARTS];
	struct body body = {0};
	struct block_header h;
	uint8_t *exact;

	(void)state;
	forge_part(&body, 0, 0, 5, view_of("abcde", 5));
	h = header_of(&body, 5);
	exact = join(&body);
	for (size_t bit = 0; bit < 8 * body_len(&body); bit++) {
		exact[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		if (bit / 8 < body.table.len) {
			assert_false(table_is_sound(&h, view_of(exact, body.table.len)));
		} else {
			assert_int_equal(parts_decode(view_of(exact, body_len(&body)), &h, parts,
						      NULL),
					 0);
			assert_false(part_is_sound(&parts[0]));
		}
		exact[bit / 8] ^= (uint8_t)(1u << (bit % 8));
	}
	free(exact);
	body_release(&body);
}

static void unknown_flags_and_codecs_of_a_part_are_newer_and_not_damage(void **state)
{
	struct part part = {.codec = 2, .raw_len = 3, .stored = view_of("abc", 3)};
	struct part parts[BLOCK_MAX_PARTS];
	struct unpacker *u = unpacker_new();
	struct body body = {0};
	struct block_header h;
	uint8_t out[3], *exact;

	(void)state;
	for (unsigned codec = 3; codec < 256; codec++) {
		part.codec = (uint8_t)codec;
		assert_int_equal(unpacker_run(u, &part, out, NULL), ERR_UNSUPPORTED);
	}
	forge_part(&body, 0, 0, 3, view_of("abc", 3));
	h = header_of(&body, 3);
	exact = join(&body);
	for (unsigned bit = 0; bit < 16; bit++) {
		store_le(exact + 2, 2, UINT64_C(1) << bit);
		assert_int_equal(parts_decode(view_of(exact, body_len(&body)), &h, parts, NULL), 0);
		assert_int_equal(unpacker_run(u, &parts[0], out, NULL), ERR_UNSUPPORTED);
	}
	free(exact);
	unpacker_free(u);
	body_release(&body);
}

/* As long as rows and values demand, and not a part more than needed. */
static void padding_makes_a_body_long_enough(void **state)
{
	static const uint64_t rows[] = {0, 1, 63, 64, 6400, BLOCK_MAX_ROWS};
	static const uint64_t values[] = {0, 1023, 1024, 1 << 20, 4 << 20};

	(void)state;
	for (unsigned i = 0; i < 6; i++)
		for (unsigned k = 0; k < 5; k++) {
			struct body body = {0};

			forge_part(&body, 0, 0, 3, view_of("abc", 3));
			assert_int_equal(body_pad(&body, rows[i], values[k], NULL), 0);
			assert_true(body_len(&body) * BLOCK_ROWS_PER_BYTE >= rows[i]);
			assert_true(body_len(&body) * BLOCK_WORK_PER_BYTE >= values[k]);
			assert_true(body_len(&body) * BLOCK_WORK_PER_BYTE >= body.raw_len);
			assert_int_equal(split(&body, body.raw_len), 0);
			assert_int_equal(body.count, i < 4 && k < 3 ? 1 : 2);
			body_release(&body);
		}
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

/* Tapes from before 2026-11-30 have them. */
static size_t write_checksum_frame(const uint8_t *text, size_t len, uint8_t *frame, size_t cap)
{
	ZSTD_CCtx *zstd = ZSTD_createCCtx();
	size_t n;

	ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
	n = ZSTD_compress2(zstd, frame, cap, text, len);
	assert_false(ZSTD_isError(n));
	ZSTD_freeCCtx(zstd);
	return n;
}

static void a_zstd_part_cut_or_changed_is_refused(void **state)
{
	uint8_t text[500], bytes[1000];
	struct view frame;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)(i / 7 + (i * i) % 5);
	frame = view_of(bytes, write_checksum_frame(text, sizeof(text), bytes, sizeof(bytes)));
	assert_int_equal(unpack(1, frame, sizeof(text)), 0);
	for (size_t len = 0; len < view_len(frame); len++) {
		uint8_t *exact = forge_exact(frame.p, len);

		assert_int_equal(unpack(1, view_of(exact, len), sizeof(text)), ERR_CORRUPT);
		free(exact);
	}
	for (size_t at = view_len(frame) - 4; at < view_len(frame); at++) {
		bytes[at] ^= 1; /* zstd's own checksum */
		assert_int_equal(unpack(1, frame, sizeof(text)), ERR_CORRUPT);
		bytes[at] ^= 1;
	}
}

/* Stored bytes of the preset's last ones, which come back. */
static size_t stored_end_of_preset(struct packer *p, struct unpacker *u, enum packer_effort effort)
{
	static uint8_t out[4000];
	uint8_t *preset = preset_new();
	struct body body = {0};
	struct part part = {.codec = effort == EFFORT_NAMES ? 2 : 1, .raw_len = sizeof(out)};

	assert_non_null(preset);
	assert_int_equal(packer_add_with(p, effort, 0,
					 view_of(preset + PRESET_BYTES - sizeof(out), sizeof(out)),
					 &body, NULL),
			 0);
	assert_int_equal(body.table.data[0], part.codec);
	part.stored = view_of(body.stored.data, body.stored.len);
	part.stored_len = (uint32_t)body.stored.len;
	memset(out, 0, sizeof(out));
	assert_int_equal(unpacker_run(u, &part, out, NULL), 0);
	assert_memory_equal(out, preset + PRESET_BYTES - sizeof(out), sizeof(out));
	free(preset);
	body_release(&body);
	return part.stored_len;
}

/* The preset serves one part, not those after it. */
static void names_in_the_preset_are_known_before(void **state)
{
	struct packer *p = packer_new(0);
	struct unpacker *u = unpacker_new();
	size_t alone = stored_end_of_preset(p, u, EFFORT_MOST);

	(void)state;
	assert_true(stored_end_of_preset(p, u, EFFORT_NAMES) * 20 < alone);
	assert_int_equal(stored_end_of_preset(p, u, EFFORT_MOST), alone);
	unpacker_free(u);
	packer_free(p);
}

static void a_part_behind_the_preset_is_one_sound_frame(void **state)
{
	struct packer *p = packer_new(0);
	uint8_t *preset = preset_new();
	struct body body = {0};
	struct view frame;

	(void)state;
	assert_int_equal(crc32(0, preset, PRESET_BYTES), 0x115F64C5);
	assert_int_equal(packer_add_with(p, EFFORT_NAMES, 0, view_of(preset, 500), &body, NULL), 0);
	frame = view_of(body.stored.data, body.stored.len);
	assert_int_equal(unpack(2, frame, 500), 0);
	assert_int_equal(unpack(2, frame, 499), ERR_CORRUPT);
	assert_int_equal(unpack(2, frame, 501), ERR_CORRUPT);
	assert_int_equal(unpack(1, frame, 500), ERR_CORRUPT);
	for (size_t len = 0; len < view_len(frame); len++) {
		uint8_t *exact = forge_exact(frame.p, len);

		assert_int_equal(unpack(2, view_of(exact, len), 500), ERR_CORRUPT);
		free(exact);
	}
	free(preset);
	body_release(&body);
	packer_free(p);
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
	struct body body = {0};
	uint8_t noise[1000];
	uint32_t x = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++) {
		x = x * 1664525 + 1013904223;
		noise[i] = (uint8_t)(x >> 24);
	}
	assert_int_equal(packer_add(p, 0, view_of(noise, sizeof(noise)), &body, NULL), 0);
	assert_int_equal(body.table.data[0], 0);
	assert_int_equal(body_len(&body), PART_ENTRY_LEN + sizeof(noise));
	packer_free(p);
	body_release(&body);
}

static void a_part_beyond_the_limit_is_not_written(void **state)
{
	struct packer *p = packer_new(1);
	uint8_t *zeros = calloc(1, BLOCK_MAX_RAW + 1);
	struct body body = {0};

	(void)state;
	assert_true(packer_add(p, 0, view_of(zeros, BLOCK_MAX_RAW + 1), &body, NULL) < 0);
	assert_int_equal(body_len(&body), 0);
	assert_int_equal(packer_add(p, 0, view_of(zeros, BLOCK_MAX_RAW), &body, NULL), 0);
	free(zeros);
	packer_free(p);
	packer_free(NULL);
	unpacker_free(NULL);
	body_release(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_come_back),
		cmocka_unit_test(what_is_packed_in_haste_is_longer),
		cmocka_unit_test(parts_must_add_up_to_the_header),
		cmocka_unit_test(a_sum_that_wraps_is_not_the_sum),
		cmocka_unit_test(parts_beyond_the_limit_of_a_block_are_refused),
		cmocka_unit_test(the_last_part_fits_and_the_next_does_not),
		cmocka_unit_test(parts_fill_the_body),
		cmocka_unit_test(a_table_alone_places_its_parts),
		cmocka_unit_test(a_changed_bit_is_seen),
		cmocka_unit_test(padding_makes_a_body_long_enough),
		cmocka_unit_test(unknown_flags_and_codecs_of_a_part_are_newer_and_not_damage),
		cmocka_unit_test(a_raw_part_has_the_length_it_says),
		cmocka_unit_test(a_zstd_part_gives_exactly_what_it_says),
		cmocka_unit_test(a_bomb_does_not_leave_its_part),
		cmocka_unit_test(a_zstd_part_cut_or_changed_is_refused),
		cmocka_unit_test(names_in_the_preset_are_known_before),
		cmocka_unit_test(a_part_behind_the_preset_is_one_sound_frame),
		cmocka_unit_test(garbage_is_not_zstd),
		cmocka_unit_test(a_part_is_compressed_only_when_that_helps),
		cmocka_unit_test(a_part_beyond_the_limit_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
