/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_scan.c -- block by block, over gaps, repetitions and strangers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <zlib.h>

#include "format/part.h"
#include "format/scan.h"
#include "tests/format/forge.h"

enum { SALT = 42, OPTIONAL = 200 };

/* What a scan said, in order: "S" section, "b" block, "g" gap, "c" gap that is the end. */
struct story {
	char text[400];
	int rc;
	uint64_t missing; /* blocks of all gaps */
	uint64_t skipped; /* bytes of all gaps */
	struct scan_item last_gap;
};

static enum scan_want wants_only_sections(const struct block_header *h, const void *arg)
{
	(void)arg;
	return h->type == BLOCK_SECTION ? SCAN_BODY : SCAN_HEADER;
}

static struct story scan_wanted(const struct buf *tape, scan_want_fn want)
{
	uint8_t *exact = forge_exact(tape->data, tape->len);
	struct story story = {0};
	struct scan_item item;
	struct source *source;
	struct scan s;
	size_t at = 0;

	assert_int_equal(source_open_memory(exact, tape->len, &source, NULL), 0);
	scan_init(&s, source);
	while ((story.rc = scan_next(&s, want, NULL, &item, NULL)) == 0) {
		if (at < sizeof(story.text) - 1)
			story.text[at++] = item.kind == SCAN_GAP ? item.is_cut ? 'c' : 'g'
					   : item.header.type == BLOCK_SECTION ? 'S'
									       : 'b';
		if (item.kind != SCAN_GAP)
			continue;
		story.missing += item.gap.blocks;
		story.skipped += item.gap.bytes;
		story.last_gap = item;
		assert_int_equal(item.offset, item.gap.offset);
		assert_true(item.gap.reason[0] != '\0');
	}
	source_close(source);
	free(exact);
	return story;
}

static struct story scan(const struct buf *tape)
{
	return scan_wanted(tape, NULL);
}

/* A FACTS block with a body of its own. */
static void put_block(struct buf *tape, uint64_t seq)
{
	struct buf raw = {0};

	put_string(&raw, "key", 3);
	put_string(&raw, "value", 5);
	forge_block_of(tape, (struct block_header){.type = BLOCK_FACTS, .salt = SALT, .seq = seq},
		       &raw);
	buf_release(&raw);
}

static void put_typed(struct buf *tape, uint8_t type, uint8_t flags, uint64_t seq)
{
	struct buf raw = {0};

	put_u32(&raw, 1);
	forge_block_of(tape,
		       (struct block_header){.type = type,
					     .flags = flags,
					     .salt = SALT,
					     .seq = seq},
		       &raw);
	buf_release(&raw);
}

/* A section of `blocks` blocks after the SECTION; returns the length of each. */
static size_t put_section(struct buf *tape, uint64_t blocks)
{
	size_t before;

	forge_section(tape, SALT);
	before = tape->len;
	for (uint64_t i = 1; i <= blocks; i++)
		put_block(tape, i);
	return blocks ? (tape->len - before) / blocks : 0;
}

static void a_sound_tape_is_blocks_and_no_gap(void **state)
{
	struct buf tape = {0};
	struct story s;

	(void)state;
	put_section(&tape, 3);
	put_section(&tape, 0);
	put_section(&tape, 1);
	s = scan(&tape);
	assert_int_equal(s.rc, END);
	assert_string_equal(s.text, "SbbbSSb");
	buf_release(&tape);
}

static void nothing_is_the_end(void **state)
{
	struct buf tape = {0};
	struct story s = scan(&tape);

	(void)state;
	assert_int_equal(s.rc, END);
	assert_string_equal(s.text, "");
}

static void the_body_is_lent_without_the_header(void **state)
{
	struct buf tape = {0};
	struct source *source;
	struct scan_item item;
	struct scan s;

	(void)state;
	put_section(&tape, 0);
	assert_int_equal(source_open_memory(tape.data, tape.len, &source, NULL), 0);
	scan_init(&s, source);
	assert_int_equal(scan_next(&s, NULL, NULL, &item, NULL), 0);
	assert_int_equal(item.kind, SCAN_BLOCK);
	assert_ptr_equal(item.body.p, tape.data + BLOCK_HEADER_LEN);
	assert_int_equal(view_len(item.body), item.header.body_len);
	source_close(source);
	buf_release(&tape);
}

static void a_damaged_body_costs_its_block(void **state)
{
	struct buf tape = {0};
	struct story s;
	size_t len;

	(void)state;
	len = put_section(&tape, 4);
	tape.data[tape.len - 2 * len - 1] ^= 1;
	s = scan(&tape);
	assert_string_equal(s.text, "Sbgbb");
	assert_int_equal(s.missing, 1);
	assert_int_equal(s.skipped, len);
	assert_int_equal(s.last_gap.header.type, BLOCK_FACTS);
	tape.data[tape.len - 2 * len - 1] ^= 1;
	tape.data[tape.len - 1] ^= 1;
	s = scan(&tape);
	assert_string_equal(s.text, "Sbbbg");
	assert_int_equal(s.missing, 1);
	buf_release(&tape);
}

static void a_damaged_header_costs_its_block(void **state)
{
	struct buf tape = {0};
	struct story s;
	size_t len;

	(void)state;
	len = put_section(&tape, 4);
	tape.data[tape.len - 3 * len + 20] ^= 1;
	s = scan(&tape);
	assert_string_equal(s.text, "Sbggbb"); /* the bytes, then the number that is missing */
	assert_int_equal(s.missing, 1);
	assert_int_equal(s.skipped, len);
	buf_release(&tape);
}

/* What follows belongs to a new section all the same, and says so. */
static void a_damaged_section_block_still_begins_a_section(void **state)
{
	struct buf tape = {0};
	struct story s;
	size_t at;

	(void)state;
	put_section(&tape, 2);
	at = tape.len;
	put_section(&tape, 2);
	tape.data[at + BLOCK_HEADER_LEN + 15] ^= 1;
	s = scan(&tape);
	assert_string_equal(s.text, "Sbbgbb");
	assert_int_equal(s.last_gap.header.type, BLOCK_SECTION);
	assert_int_equal(s.last_gap.offset, at);
	buf_release(&tape);
}

static void blocks_of_a_lost_section_are_not_given_to_another(void **state)
{
	struct buf tape = {0};
	struct story s;
	size_t at;

	(void)state;
	put_section(&tape, 1);
	at = tape.len;
	forge_section(&tape, SALT + 1);
	put_block(&tape, 2); /* of the first section: a copy that lies here */
	tape.data[at + 9] ^= 1;
	s = scan(&tape);
	assert_string_equal(s.text, "Sbgb");
	buf_clear(&tape);
	put_section(&tape, 1);
	at = tape.len;
	forge_section(&tape, SALT + 1);
	put_typed(&tape, BLOCK_FACTS, 0, 1);
	s = scan(&tape);
	assert_string_equal(s.text, "SbSg");
	assert_non_null(strstr(s.last_gap.gap.reason, "beginning is missing"));
	buf_release(&tape);
}

static void blocks_before_any_section_are_not_given_out(void **state)
{
	struct buf tape = {0};
	struct story s;

	(void)state;
	put_block(&tape, 0);
	put_block(&tape, 1);
	put_section(&tape, 1);
	s = scan(&tape);
	assert_string_equal(s.text, "ggSb");
	buf_release(&tape);
}

static void a_jump_in_numbers_is_missing_blocks(void **state)
{
	struct buf tape = {0};
	struct story s;

	(void)state;
	put_section(&tape, 2);
	put_block(&tape, 13);
	put_block(&tape, 14);
	s = scan(&tape);
	assert_string_equal(s.text, "Sbbgbb");
	assert_int_equal(s.missing, 10);
	assert_int_equal(s.skipped, 0);
	buf_release(&tape);
}

static void a_repeated_block_is_not_given_out_twice(void **state)
{
	struct buf tape = {0};
	struct story s;

	(void)state;
	put_section(&tape, 3);
	put_block(&tape, 2);
	put_block(&tape, 3);
	put_block(&tape, 4);
	s = scan(&tape);
	assert_string_equal(s.text, "Sbbbggb");
	assert_non_null(strstr(s.last_gap.gap.reason, "before"));
	buf_release(&tape);
}

static void bytes_between_blocks_are_one_gap(void **state)
{
	static const uint8_t noise[] = "\xd7TAPE1\r\n but no header follows it \xd7\xd7";
	struct buf tape = {0};
	struct story s;

	(void)state;
	put_section(&tape, 1);
	for (int i = 0; i < 20000; i++)
		put_bytes(&tape, noise, sizeof(noise));
	put_block(&tape, 2);
	s = scan(&tape);
	assert_string_equal(s.text, "Sbgb");
	assert_int_equal(s.missing, 0);
	assert_int_equal(s.skipped, 20000 * sizeof(noise));
	buf_release(&tape);
}

static void a_gap_of_any_length_is_found_to_the_byte(void **state)
{
	(void)state;
	for (size_t len = 1; len < 300; len++) {
		struct buf tape = {0};
		struct story s;

		put_section(&tape, 1);
		for (size_t i = 0; i < len; i++)
			put_u8(&tape, 0xd7);
		put_block(&tape, 2);
		s = scan(&tape);
		assert_string_equal(s.text, "Sbgb");
		assert_int_equal(s.skipped, len);
		buf_release(&tape);
	}
}

static void trailing_zeros_are_a_gap_to_the_end(void **state)
{
	static const uint8_t zeros[4096];
	struct buf tape = {0};
	struct story s;

	(void)state;
	put_section(&tape, 1);
	put_bytes(&tape, zeros, sizeof(zeros));
	s = scan(&tape);
	assert_int_equal(s.rc, END);
	assert_string_equal(s.text, "Sbc");
	assert_int_equal(s.skipped, sizeof(zeros));
	buf_release(&tape);
}

static void what_follows_the_end_of_a_section_does_not_cut_it(void **state)
{
	static const uint8_t zeros[1000];
	struct buf tape = {0};
	struct story s;

	(void)state;
	put_section(&tape, 1);
	put_typed(&tape, BLOCK_END, 0, 2);
	put_bytes(&tape, zeros, sizeof(zeros));
	s = scan(&tape);
	assert_string_equal(s.text, "Sbbg");
	assert_int_equal(s.skipped, sizeof(zeros));
	buf_release(&tape);
}

static void a_tape_cut_anywhere_gives_its_whole_blocks(void **state)
{
	struct buf tape = {0}, cut;
	size_t len;

	(void)state;
	len = put_section(&tape, 3);
	for (size_t whole = 0; whole <= 3; whole++) {
		size_t at = tape.len - (3 - whole) * len;

		for (size_t more = 1; more < len && whole < 3; more++) {
			struct story s;

			cut = tape;
			cut.len = at + more;
			s = scan(&cut);
			assert_int_equal(strlen(s.text), whole + 2);
			assert_int_equal(s.text[whole + 1], 'c');
			assert_int_equal(s.skipped, more);
		}
	}
	buf_release(&tape);
}

static void an_unknown_block_is_stepped_over(void **state)
{
	struct buf tape = {0};
	struct story s;

	(void)state;
	forge_section(&tape, SALT);
	put_typed(&tape, OPTIONAL, 0, 1);
	put_typed(&tape, 0, 0, 2);
	put_typed(&tape, BLOCK_FACTS, BLOCK_CRITICAL, 3);
	s = scan(&tape);
	assert_int_equal(s.rc, END);
	assert_string_equal(s.text, "Sbbb");
	buf_release(&tape);
}

static void an_unknown_block_that_must_be_understood_stops(void **state)
{
	struct buf tape = {0};
	struct story s;

	(void)state;
	forge_section(&tape, SALT);
	put_typed(&tape, OPTIONAL, BLOCK_CRITICAL, 1);
	put_block(&tape, 2);
	s = scan(&tape);
	assert_int_equal(s.rc, ERR_UNSUPPORTED);
	assert_string_equal(s.text, "S");
	s = scan_wanted(&tape, wants_only_sections);
	assert_int_equal(s.rc, ERR_UNSUPPORTED);
	buf_release(&tape);
}

static void unwanted_bodies_are_not_looked_at(void **state)
{
	struct buf tape = {0};
	struct story s;

	(void)state;
	put_section(&tape, 3);
	tape.data[tape.len - 1] ^= 1;
	s = scan_wanted(&tape, wants_only_sections);
	assert_int_equal(s.rc, END);
	assert_string_equal(s.text, "Sbbb");
	buf_release(&tape);
}

static enum scan_want wants_tables(const struct block_header *h, const void *arg)
{
	(void)arg;
	return h->type == BLOCK_SECTION ? SCAN_BODY : SCAN_TABLE;
}

static enum scan_want wants_headers(const struct block_header *h, const void *arg)
{
	(void)h;
	(void)arg;
	return SCAN_HEADER;
}

static void a_table_is_lent_alone_and_checked_alone(void **state)
{
	struct buf tape = {0};
	struct source *source;
	struct scan_item item;
	struct scan s;
	size_t len;

	(void)state;
	len = put_section(&tape, 3);
	tape.data[tape.len - 2 * len - 1] ^= 1; /* in a body: nobody looks */
	assert_string_equal(scan_wanted(&tape, wants_tables).text, "Sbbb");
	assert_int_equal(source_open_memory(tape.data, tape.len, &source, NULL), 0);
	scan_init(&s, source);
	assert_int_equal(scan_next(&s, wants_tables, NULL, &item, NULL), 0);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(scan_next(&s, wants_tables, NULL, &item, NULL), 0);
		assert_int_equal(item.kind, SCAN_BLOCK);
		assert_int_equal(view_len(item.body), PART_ENTRY_LEN);
		assert_ptr_equal(item.body.p, tape.data + item.offset + BLOCK_HEADER_LEN);
	}
	source_close(source);
	for (size_t at = 0; at < PART_ENTRY_LEN; at++) { /* in a table: its block is damaged */
		uint8_t *p = tape.data + tape.len - len + BLOCK_HEADER_LEN + at;
		struct story story;

		*p ^= 0x10;
		story = scan_wanted(&tape, wants_tables);
		assert_string_equal(story.text, "Sbbg");
		assert_int_equal(story.skipped, len);
		*p ^= 0x10;
	}
	buf_release(&tape);
}

/* A cut is noticed by the length alone, or by what follows the last header. */
static void a_tape_cut_anywhere_gives_its_whole_blocks_by_their_tables(void **state)
{
	struct buf tape = {0}, cut;
	size_t len, start;

	(void)state;
	len = put_section(&tape, 4);
	start = tape.len - 4 * len;
	for (size_t end = start; end <= tape.len; end++) {
		struct story s;

		cut = (struct buf){.data = tape.data, .len = end};
		s = scan_wanted(&cut, wants_tables);
		assert_int_equal(s.rc, END);
		assert_int_equal(strcspn(s.text + 1, "gc"), (end - start) / len);
		assert_int_equal(strchr(s.text, 'c') != NULL, (end - start) % len != 0);
	}
	buf_release(&tape);
}

static void headers_alone_lead_from_block_to_block(void **state)
{
	struct buf tape = {0};
	struct story s;
	size_t len;

	(void)state;
	len = put_section(&tape, 4);
	memset(tape.data + tape.len - 2 * len + BLOCK_HEADER_LEN, 0xff, len - BLOCK_HEADER_LEN);
	assert_string_equal(scan_wanted(&tape, wants_headers).text, "Sbbbb");
	tape.data[tape.len - 2 * len + 20] ^= 1; /* in a header */
	s = scan_wanted(&tape, wants_headers);
	assert_string_equal(s.text, "Sbbggb");
	assert_int_equal(s.missing, 1);
	assert_int_equal(s.skipped, len);
	buf_release(&tape);
}

static void a_longer_header_is_stepped_over(void **state)
{
	static const uint8_t more[10] = "0123456789";
	struct buf tape = {0}, block = {0};
	uint32_t crc;
	struct block_header h;
	struct story s;

	(void)state;
	put_section(&tape, 0);
	put_block(&block, 1);
	assert_int_equal(block_header_decode(view_of(block.data, block.len), &h, NULL), 0);
	h.header_len += 10; /* what a newer writer added */
	crc = (uint32_t)crc32(0, more, sizeof(more));
	h.table_crc = (uint32_t)crc32(crc, block.data + BLOCK_HEADER_LEN, PART_ENTRY_LEN);
	block_header_encode(&h, block.data);
	put_bytes(&tape, block.data, BLOCK_HEADER_LEN);
	put_bytes(&tape, more, sizeof(more));
	put_bytes(&tape, block.data + BLOCK_HEADER_LEN, block.len - BLOCK_HEADER_LEN);
	put_block(&tape, 2);
	s = scan(&tape);
	assert_string_equal(s.text, "Sbb");
	buf_release(&tape);
	buf_release(&block);
}

/* Headers lie inside of each other's bodies. Checking every body took the square. */
static void forged_headers_in_each_other_do_not_hide_what_follows(void **state)
{
	enum { COUNT = 30000 };
	struct buf tape = {0};
	uint8_t header[BLOCK_HEADER_LEN];
	struct story s;

	(void)state;
	put_section(&tape, 1);
	for (uint32_t i = 0; i < COUNT; i++) {
		struct block_header h = {.type = BLOCK_FACTS,
					 .header_len = BLOCK_HEADER_LEN,
					 .body_len = i % 2 ? BLOCK_MAX_BODY : COUNT * 48 + 1,
					 .salt = SALT,
					 .seq = 2};

		block_header_encode(&h, header);
		put_bytes(&tape, header, sizeof(header));
	}
	put_block(&tape, 2);
	put_block(&tape, 3);
	s = scan(&tape);
	assert_int_equal(s.rc, END);
	assert_int_equal(s.skipped, COUNT * BLOCK_HEADER_LEN);
	assert_int_equal(s.missing, 0);
	buf_release(&tape);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_tape_is_blocks_and_no_gap),
		cmocka_unit_test(nothing_is_the_end),
		cmocka_unit_test(the_body_is_lent_without_the_header),
		cmocka_unit_test(a_damaged_body_costs_its_block),
		cmocka_unit_test(a_damaged_header_costs_its_block),
		cmocka_unit_test(a_damaged_section_block_still_begins_a_section),
		cmocka_unit_test(blocks_of_a_lost_section_are_not_given_to_another),
		cmocka_unit_test(blocks_before_any_section_are_not_given_out),
		cmocka_unit_test(a_jump_in_numbers_is_missing_blocks),
		cmocka_unit_test(a_repeated_block_is_not_given_out_twice),
		cmocka_unit_test(bytes_between_blocks_are_one_gap),
		cmocka_unit_test(a_gap_of_any_length_is_found_to_the_byte),
		cmocka_unit_test(trailing_zeros_are_a_gap_to_the_end),
		cmocka_unit_test(what_follows_the_end_of_a_section_does_not_cut_it),
		cmocka_unit_test(a_tape_cut_anywhere_gives_its_whole_blocks),
		cmocka_unit_test(an_unknown_block_is_stepped_over),
		cmocka_unit_test(an_unknown_block_that_must_be_understood_stops),
		cmocka_unit_test(unwanted_bodies_are_not_looked_at),
		cmocka_unit_test(a_table_is_lent_alone_and_checked_alone),
		cmocka_unit_test(a_tape_cut_anywhere_gives_its_whole_blocks_by_their_tables),
		cmocka_unit_test(headers_alone_lead_from_block_to_block),
		cmocka_unit_test(a_longer_header_is_stepped_over),
		cmocka_unit_test(forged_headers_in_each_other_do_not_hide_what_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
