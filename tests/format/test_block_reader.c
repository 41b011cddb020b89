/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_block_reader.c -- parts of a block that is at hand as a whole, or as a table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/block_reader.h"
#include "tests/format/forge.h"

enum { CODEC_STORED = 0, CODEC_NEWER = 200, TAG = 7 };

/* A block of two parts in a tape of its own. */
struct stand {
	struct buf tape;
	struct source *source;
	struct unpacker *unpacker;
	struct block_reader reader;
	struct scan_item block; /* whole */
};

static void set_up(struct stand *s, uint8_t codec)
{
	struct block_header h = {.type = BLOCK_DATA, .salt = 1};
	struct body body = {0};
	struct view at;

	*s = (struct stand){.unpacker = unpacker_new()};
	assert_non_null(s->unpacker);
	forge_part(&body, CODEC_STORED, 0, 5, view_of("first", 5));
	forge_part(&body, codec, TAG, 6, view_of("second", 6));
	h.raw_len = body.raw_len;
	forge_block(&s->tape, h, &body);
	body_release(&body);
	at = view_of(s->tape.data, s->tape.len);
	assert_int_equal(source_open_memory(s->tape.data, s->tape.len, &s->source, NULL), 0);
	assert_int_equal(block_header_decode(at, &s->block.header, NULL), 0);
	s->block.body = view_of(at.p + s->block.header.header_len, s->block.header.body_len);
	block_reader_init(&s->reader, s->unpacker, s->source);
}

static void tear_down(struct stand *s)
{
	block_reader_release(&s->reader);
	unpacker_free(s->unpacker);
	source_close(s->source);
	buf_release(&s->tape);
}

static struct scan_item only_table(const struct stand *s)
{
	struct scan_item block = s->block;

	block.body.end = block.body.p + (size_t)block.header.part_count * PART_ENTRY_LEN;
	return block;
}

static void assert_holds(struct stand *s, const struct scan_item *block, unsigned index,
			 const char *text)
{
	struct view out;

	assert_int_equal(block_reader_open(&s->reader, block, index, &out, NULL), 0);
	assert_int_equal(view_len(out), strlen(text));
	assert_memory_equal(out.p, text, strlen(text));
}

static void parts_are_read_from_the_body_or_from_the_source(void **state)
{
	struct scan_item table;
	struct stand s;

	(void)state;
	set_up(&s, CODEC_STORED);
	table = only_table(&s);
	assert_holds(&s, &s.block, 0, "first");
	assert_holds(&s, &table, 1, "second");
	s.reader.source = NULL;
	assert_holds(&s, &s.block, 1, "second");
	tear_down(&s);
}

static void a_part_is_found_by_its_tag(void **state)
{
	struct scan_item table;
	struct stand s;

	(void)state;
	set_up(&s, CODEC_STORED);
	table = only_table(&s);
	assert_int_equal(block_reader_find(&table, TAG), 1);
	assert_int_equal(block_reader_find(&table, TAG + 1), 2);
	assert_int_equal(block_reader_find(&table, 0), 2); /* not looked for */
	tear_down(&s);
}

static void what_cannot_be_read_costs_the_block(void **state)
{
	struct scan_item table;
	struct stand s;
	struct view out;

	(void)state;
	set_up(&s, CODEC_NEWER);
	table = only_table(&s);
	assert_holds(&s, &s.block, 0, "first");
	assert_int_equal(block_reader_open(&s.reader, &s.block, 1, &out, NULL), ERR_CORRUPT);
	assert_int_equal(block_reader_open(&s.reader, &s.block, 2, &out, NULL), ERR_CORRUPT);
	s.tape.data[s.tape.len - 1] ^= 1;
	assert_int_equal(block_reader_open(&s.reader, &table, 1, &out, NULL), ERR_CORRUPT);
	table.body.end--;
	assert_int_equal(block_reader_open(&s.reader, &table, 0, &out, NULL), ERR_CORRUPT);
	assert_int_equal(block_reader_find(&table, TAG), 2);
	tear_down(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_read_from_the_body_or_from_the_source),
		cmocka_unit_test(a_part_is_found_by_its_tag),
		cmocka_unit_test(what_cannot_be_read_costs_the_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
