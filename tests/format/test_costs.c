/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_costs.c -- what a block may stand for is bounded by its size (docs/FORMAT.md section 13). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/batch.h"
#include "format/column.h"
#include "format/dict.h"
#include "format/entries.h"
#include "format/rows.h"
#include "tests/format/forge.h"

enum { DICT = 1, EVENT = 2, NARROW = 3, FIELDS = SCHEMA_MAX_FIELDS, FEW = 16 };

struct world {
	struct section section;
	struct unpacker *unpacker;
};

static void add_schema(struct world *w, struct schema *s, uint32_t id)
{
	s->id = id;
	assert_int_equal(schema_seal(s, NULL), 0);
	assert_int_equal(section_add_schema(&w->section, s, NULL), 0);
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct schema *dict = schema_new(SCHEMA_DICT, "", "dict", NULL);
	struct schema *event = schema_new(SCHEMA_EVENT, "g", "event", NULL);
	struct schema *narrow = schema_new(SCHEMA_EVENT, "g", "narrow", NULL);

	forge_add(dict, forge_field("number", FIELD_INT, 4, 1));
	forge_add(dict, forge_field("text", FIELD_STRING, 1, 0));
	add_schema(w, dict, DICT);
	for (int i = 0; i < FIELDS; i++)
		forge_add(event, forge_field("f", FIELD_INT, 8, 1));
	add_schema(w, event, EVENT);
	for (int i = 0; i < FEW; i++)
		forge_add(narrow, forge_field("f", FIELD_INT, 8, 1));
	add_schema(w, narrow, NARROW);
	w->unpacker = unpacker_new();
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	unpacker_free(w->unpacker);
	section_release(&w->section);
	free(w);
	return 0;
}

/* A column of a few bytes, however many its values are. */
static void put_const(struct forged_data *d, uint32_t schema, unsigned index, uint64_t value)
{
	size_t before = d->hot.len;

	put_varint(&d->hot, value);
	forge_column(d, schema, COLUMN_VALUE, index, CODEC_CONST, FORGE_HOT, d->hot.len - before);
}

/* `rows` rows of a schema at the same time in a block of `len` bytes; all columns are CONST. Those of
 * `fields` fields are listed, and then again, until they are so many. */
static int decode_listed(struct world *w, uint32_t schema, unsigned fields, unsigned columns,
			 uint32_t rows, uint32_t len)
{
	struct block_header h = {.rows = rows, .min_ts = 9, .max_ts = 9};
	struct forged_data d = {0};
	struct body body = {0};
	struct buf bytes = {0};
	struct data_block block = {.header = &h};
	struct dict_set *dicts = dict_set_new(0);
	struct batch *batch = NULL;
	uint8_t *padding;
	int rc;

	put_const(&d, 0, HOT_TS, 9);
	put_const(&d, 0, HOT_CPU, 0);
	put_const(&d, 0, HOT_SCHEMA, schema);
	for (unsigned i = 0; i < columns; i++)
		put_const(&d, schema, i % fields, 1);
	forge_data_body(&d, &body);
	assert_true(body_len(&body) + PART_ENTRY_LEN < len);
	len -= (uint32_t)body_len(&body) + PART_ENTRY_LEN;
	padding = calloc(1, len);
	assert_int_equal(packer_add_raw(PART_TAG_PADDING, view_of(padding, len), &body, NULL), 0);
	put_bytes(&bytes, body.table.data, body.table.len);
	put_bytes(&bytes, body.stored.data, body.stored.len);
	h.header_len = BLOCK_HEADER_LEN;
	h.body_len = (uint32_t)body_len(&body);
	h.raw_len = body.raw_len;
	h.part_count = body.count;
	block.body = view_of(bytes.data, bytes.len);
	rc = batch_decode(&w->section, dicts, &block, w->unpacker, &batch, NULL);
	batch_free(batch);
	dict_set_drop(dicts);
	buf_release(&bytes);
	body_release(&body);
	forged_data_release(&d);
	free(padding);
	return rc;
}

static int decode_rows(struct world *w, uint32_t rows, uint32_t len)
{
	return decode_listed(w, EVENT, FIELDS, FIELDS, rows, len);
}

/* 3 hot columns and 128 others, of 16 fields: values of each count. A body of 131 times as many bytes
 * makes whole rows of them. */
static void values_of_a_block_of_events_are_bounded_by_its_bytes(void **state)
{
	enum { MANY = 8 * FEW, LEN = 10 * (MANY + 3), LAST = 10 * BLOCK_WORK_PER_BYTE };

	assert_int_equal(decode_listed(*state, NARROW, FEW, MANY, LAST - 1, LEN), 0);
	assert_int_equal(decode_listed(*state, NARROW, FEW, MANY, LAST, LEN), 0);
	assert_int_equal(decode_listed(*state, NARROW, FEW, MANY, LAST + 1, LEN), ERR_CORRUPT);
	assert_int_equal(decode_listed(*state, NARROW, FEW, MANY, LAST + 1, LEN + 1), 0);
}

/* 256 of them a row: as many rows as bytes. */
static void fields_of_rows_are_bounded_by_the_bytes_of_their_block(void **state)
{
	enum { LAST = 3000 * BLOCK_WIDTH_PER_BYTE / FIELDS };

	assert_int_equal(decode_rows(*state, LAST - 1, 3000), 0);
	assert_int_equal(decode_rows(*state, LAST, 3000), 0);
	assert_int_equal(decode_rows(*state, LAST + 1, 3000), ERR_CORRUPT);
	assert_int_equal(decode_rows(*state, LAST + 1, 3001), 0);
}

static void values_of_a_block_of_events_have_a_limit_whatever_its_bytes(void **state)
{
	enum { LAST = ROWS_MAX_CELLS / (FIELDS + 3) };

	assert_int_equal(decode_rows(*state, LAST, 100000), 0);
	assert_int_equal(decode_rows(*state, LAST + 1, 100000), ERR_CORRUPT);
}

/* `count` entries of 4 bytes and an empty string: 4 + 2 + DICT_ENTRY_COST each. */
static int decode_entries(struct world *w, uint32_t count, uint64_t work, size_t *bytes)
{
	struct entry_tools tools = {byte_table_new(), keyed_new()};
	struct dict_set *dicts = dict_set_new(0);
	struct buf packed = {0}, raw = {0};
	int rc;

	for (uint32_t i = 0; i < count; i++) {
		put_u32(&packed, 7);
		put_u16(&packed, 0);
	}
	entries_put_run(section_schema(&w->section, DICT), 1, count,
			view_of(packed.data, packed.len), &tools, &raw);
	rc = dict_set_decode(dicts, &w->section, view_of(raw.data, raw.len), work, NULL);
	*bytes = dict_set_bytes(dicts);
	dict_set_drop(dicts);
	buf_release(&packed);
	buf_release(&raw);
	byte_table_free(tools.table);
	keyed_free(tools.keyed);
	return rc;
}

static void bytes_of_a_block_of_entries_are_bounded(void **state)
{
	enum { EACH = 4 + 2 + DICT_ENTRY_COST };
	size_t bytes;

	for (uint32_t count = 1; count < 3000; count += 1 + count / 2) {
		assert_int_equal(decode_entries(*state, count, count * EACH + 1, &bytes), 0);
		assert_int_equal(decode_entries(*state, count, count * EACH, &bytes), 0);
		assert_int_equal(bytes, count * EACH);
		assert_int_equal(decode_entries(*state, count, count * EACH - 1, &bytes),
				 ERR_CORRUPT);
		assert_int_equal(bytes, 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_of_a_block_of_events_are_bounded_by_its_bytes),
		TEST(fields_of_rows_are_bounded_by_the_bytes_of_their_block),
		TEST(values_of_a_block_of_events_have_a_limit_whatever_its_bytes),
		TEST(bytes_of_a_block_of_entries_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
