/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_cursor_lies.c -- blocks with sound checksums whose content is not what it should be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/cursor.h"
#include "format/source.h"
#include "tests/format/forge.h"

enum { SALT = 3 };

/* Letters of what came: Section, Names, Loss, Clock, Gap, End. */
struct story {
	char text[64];
	int rc;
	struct error err;
	struct gap gap; /* the last */
	struct section_end end;
	struct health health;
};

static char letter_of(const struct item *item)
{
	static const char letters[] =
		{[ITEM_SECTION] = 'S', [ITEM_EVENT] = 'e', [ITEM_LOSS] = 'L', [ITEM_CLOCK] = 'C',
		 [ITEM_SCHEMA] = 'N',  [ITEM_GAP] = 'G',   [ITEM_END] = 'E'};

	return letters[item->kind];
}

static struct story tell(const struct buf *tape)
{
	uint8_t *exact = forge_exact(tape->data, tape->len);
	struct story s = {.text = ""};
	struct source *source;
	struct cursor *cursor;
	struct item item;
	size_t at = 0;

	assert_int_equal(source_open_memory(exact, tape->len, &source, NULL), 0);
	s.rc = cursor_open(source, &cursor, &s.err);
	if (!s.rc) {
		while ((s.rc = cursor_next(cursor, &item, &s.err)) == 0) {
			if (at + 1 < sizeof(s.text))
				s.text[at++] = letter_of(&item);
			if (item.kind == ITEM_GAP)
				s.gap = item.gap;
			if (item.kind == ITEM_END)
				s.end = item.end;
		}
		s.health = *cursor_health(cursor);
		cursor_close(cursor);
	}
	source_close(source);
	free(exact);
	return s;
}

static void put(struct buf *tape, uint8_t type, uint64_t seq, const struct buf *raw)
{
	forge_block_of(tape, (struct block_header){.type = type, .salt = SALT, .seq = seq}, raw);
}

static void put_features(struct buf *tape, uint64_t incompat, uint64_t compat)
{
	struct buf raw = {0};

	put_u64(&raw, incompat);
	put_u64(&raw, compat);
	put(tape, BLOCK_SECTION, 0, &raw);
	buf_release(&raw);
}

static void put_fact(struct buf *tape, uint64_t seq)
{
	struct buf raw = {0};

	fact_encode("key", "value", &raw);
	put(tape, BLOCK_FACTS, seq, &raw);
	buf_release(&raw);
}

static void put_end(struct buf *tape, uint64_t seq, const char *reason, size_t len)
{
	struct buf raw = {0};

	put_string(&raw, reason, len);
	put_varint(&raw, 7);
	put_varint(&raw, 8);
	put_string(&raw, "", 0);
	put(tape, BLOCK_END, seq, &raw);
	buf_release(&raw);
}

static void a_feature_that_must_be_understood_stops_and_is_named(void **state)
{
	struct buf tape = {0};
	struct story s;

	(void)state;
	put_features(&tape, 0x40, 0);
	s = tell(&tape);
	assert_int_equal(s.rc, ERR_UNSUPPORTED);
	assert_non_null(strstr(s.err.text, "bit 6,"));
	buf_clear(&tape);
	put_features(&tape, UINT64_C(1) << 63 | 1, 0);
	assert_non_null(strstr(tell(&tape).err.text, "bits 0, 63,"));
	buf_clear(&tape);
	put_features(&tape, UINT64_MAX, 0);
	assert_non_null(strstr(tell(&tape).err.text, "bits 0, 1, 2, 3, 4, 5, 6, 7, ...,"));
	buf_clear(&tape);
	forge_section(&tape, SALT);
	put_features(&tape, UINT64_C(1) << 63, 0);
	s = tell(&tape);
	assert_int_equal(s.rc, ERR_UNSUPPORTED);
	assert_string_equal(s.text, "S");
	buf_release(&tape);
}

static void a_feature_that_may_be_ignored_is(void **state)
{
	struct buf tape = {0};
	struct story s;

	(void)state;
	put_features(&tape, 0, UINT64_MAX);
	put_end(&tape, 1, "stop", 4);
	s = tell(&tape);
	assert_int_equal(s.rc, END);
	assert_string_equal(s.text, "SE");
	assert_true(s.health.is_complete);
	buf_release(&tape);
}

static void a_section_without_features_is_damaged_and_begins(void **state)
{
	struct buf tape = {0}, raw = {0};
	struct story s;

	(void)state;
	for (int size = 0; size < 16; size += 15) {
		buf_clear(&tape);
		buf_clear(&raw);
		for (int i = 0; i < size; i++)
			put_u8(&raw, 0);
		put(&tape, BLOCK_SECTION, 0, &raw);
		put_fact(&tape, 1);
		s = tell(&tape);
		assert_int_equal(s.rc, END);
		assert_string_equal(s.text, "SGN");
		assert_int_equal(s.gap.offset, 0);
		assert_int_equal(s.health.damaged_blocks, 1);
		assert_int_equal(s.health.blocks, 1);
	}
	buf_release(&tape);
	buf_release(&raw);
}

static void a_block_that_contradicts_itself_is_a_gap_and_no_more(void **state)
{
	static const uint8_t types[] = {BLOCK_SCHEMA, BLOCK_DICT,  BLOCK_DATA, BLOCK_LOSS,
					BLOCK_CLOCK,  BLOCK_FACTS, BLOCK_END};
	struct buf tape = {0}, raw = {0};
	struct story s;

	(void)state;
	put_bytes(&raw, "\xff\xff\xff\xff", 4);
	for (size_t i = 0; i < sizeof(types); i++) {
		struct block_header h = {.type = types[i], .salt = SALT, .seq = 1, .rows = 1};

		buf_clear(&tape);
		forge_section(&tape, SALT);
		forge_block_of(&tape, h, &raw);
		put_fact(&tape, 2);
		put_end(&tape, 3, "stop", 4);
		s = tell(&tape);
		assert_int_equal(s.rc, END);
		assert_string_equal(s.text, "SGNE");
		assert_int_equal(s.gap.blocks, 1);
		assert_int_equal(s.health.damaged_blocks, 1);
		assert_int_equal(s.health.skipped_bytes, s.gap.bytes);
		assert_false(s.health.is_complete);
		assert_false(s.health.is_cut);
		assert_true(s.health.first_problem[0] != '\0');
	}
	buf_release(&tape);
	buf_release(&raw);
}

static void a_block_without_parts_is_a_gap(void **state)
{
	struct body nothing = {0};
	struct buf tape = {0};

	(void)state;
	forge_section(&tape, SALT);
	forge_block(&tape, (struct block_header){.type = BLOCK_FACTS, .salt = SALT, .seq = 1},
		    &nothing);
	put_end(&tape, 2, "stop", 4);
	assert_string_equal(tell(&tape).text, "SGE");
	buf_release(&tape);
}

static void a_part_of_an_unknown_codec_costs_its_block(void **state)
{
	struct body body = {0};
	struct buf tape = {0};
	struct story s;

	(void)state;
	forge_section(&tape, SALT);
	forge_part(&body, 9, 0, 3, view_of("abc", 3));
	forge_block(&tape,
		    (struct block_header){.type = BLOCK_FACTS,
					  .salt = SALT,
					  .seq = 1,
					  .raw_len = 3},
		    &body);
	s = tell(&tape);
	assert_int_equal(s.rc, END);
	assert_string_equal(s.text, "SG");
	buf_release(&tape);
	body_release(&body);
}

static void an_unknown_block_is_stepped_over(void **state)
{
	struct buf tape = {0}, raw = {0};
	struct story s;

	(void)state;
	put_u8(&raw, 1);
	forge_section(&tape, SALT);
	put(&tape, 77, 1, &raw);
	put_end(&tape, 2, "stop", 4);
	s = tell(&tape);
	assert_string_equal(s.text, "SE");
	assert_true(s.health.is_complete);
	buf_release(&tape);
	buf_release(&raw);
}

static void a_long_reason_is_cut_to_its_room(void **state)
{
	char reason[200];
	struct buf tape = {0};
	struct story s;

	(void)state;
	memset(reason, 'r', sizeof(reason));
	for (size_t len = 62; len <= 66; len++) {
		buf_clear(&tape);
		forge_section(&tape, SALT);
		put_end(&tape, 1, reason, len);
		s = tell(&tape);
		assert_int_equal(strlen(s.end.reason), len < 63 ? len : 63);
		assert_int_equal(s.end.rows, 7);
		assert_int_equal(s.end.lost, 8);
	}
	buf_release(&tape);
}

static void blocks_after_the_end_are_still_read_but_a_second_end_is_no_harm(void **state)
{
	struct buf tape = {0};
	struct story s;

	(void)state;
	forge_section(&tape, SALT);
	put_end(&tape, 1, "stop", 4);
	put_fact(&tape, 2);
	put_end(&tape, 3, "stop", 4);
	s = tell(&tape);
	assert_int_equal(s.rc, END);
	assert_string_equal(s.text, "SENE");
	buf_release(&tape);
}

/* A loss that never comes due holds back all later ones. */
static void more_losses_than_may_wait_are_damage(void **state)
{
	enum { BLOCKS = 5, EACH = 65536 };
	struct loss loss = {.from_ns = UINT64_MAX, .count = 1};
	struct buf tape = {0}, raw = {0};
	struct story s;

	(void)state;
	for (int i = 0; i < EACH; i++)
		loss_encode(&loss, &raw);
	forge_section(&tape, SALT);
	for (uint64_t i = 1; i <= BLOCKS; i++)
		put(&tape, BLOCK_LOSS, i, &raw);
	s = tell(&tape);
	assert_int_equal(s.rc, END);
	assert_int_equal(s.text[1], 'G');
	assert_non_null(strstr(s.gap.reason, "at once"));
	assert_int_equal(s.health.damaged_blocks, 1);
	buf_release(&tape);
	buf_release(&raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_feature_that_must_be_understood_stops_and_is_named),
		cmocka_unit_test(a_feature_that_may_be_ignored_is),
		cmocka_unit_test(a_section_without_features_is_damaged_and_begins),
		cmocka_unit_test(a_block_that_contradicts_itself_is_a_gap_and_no_more),
		cmocka_unit_test(a_block_without_parts_is_a_gap),
		cmocka_unit_test(a_part_of_an_unknown_codec_costs_its_block),
		cmocka_unit_test(an_unknown_block_is_stepped_over),
		cmocka_unit_test(a_long_reason_is_cut_to_its_room),
		cmocka_unit_test(blocks_after_the_end_are_still_read_but_a_second_end_is_no_harm),
		cmocka_unit_test(more_losses_than_may_wait_are_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
