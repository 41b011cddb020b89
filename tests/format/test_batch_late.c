/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_batch_late.c -- parts of a DATA block that are read when a value is asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "format/batch.h"
#include "format/column.h"
#include "format/rows.h"
#include "tests/format/forge.h"

enum { EVENT = 1, ROWS = 1000, FIRST = 500, SALT = 9, FIELDS = 3 };
/* Parts beside those of forge.h, and the fields in them */
enum { FORGE_LAST = 3 };
enum { IN_HOT = 0, IN_REST = 1, IN_LAST = 2 };

struct world {
	struct section section;
	struct dict_set *dicts;
	struct unpacker *unpacker;
	struct buf tape;
	uint64_t offset; /* of the DATA block in it */
	struct block_header header;
	struct part parts[BLOCK_MAX_PARTS];
	struct source *source;
	struct batch *batch;
};

static uint64_t value_of(int field, uint32_t row)
{
	return (uint64_t)(field + 1) * 1000003 + row * (row % 7);
}

/* Values in a part of their own, a varint each. */
static void put_values(struct forged_data *d, int field, unsigned part, struct buf *to)
{
	size_t before = to->len;

	for (uint32_t i = 0; i < ROWS; i++)
		put_varint(to, value_of(field, i));
	forge_column(d, EVENT, COLUMN_VALUE, (unsigned)field, CODEC_VARINT, part, to->len - before);
}

/* Three fields, each in another part; the last one is compressed by `codec`. */
static void put_data(struct world *w, uint8_t codec)
{
	struct forged_data d = {0};
	struct body body = {0};
	struct buf last = {0};
	struct block_header h = {.type = BLOCK_DATA,
				 .salt = SALT,
				 .seq = 1,
				 .rows = ROWS,
				 .min_ts = FIRST,
				 .max_ts = FIRST + ROWS - 1};
	uint64_t v[ROWS] = {0};

	forge_ints(&d, 0, COLUMN_VALUE, HOT_CPU, v, ROWS);
	for (uint32_t i = 0; i < ROWS; i++)
		v[i] = FIRST + i;
	forge_ints(&d, 0, COLUMN_VALUE, HOT_TS, v, ROWS);
	for (uint32_t i = 0; i < ROWS; i++)
		v[i] = EVENT;
	forge_ints(&d, 0, COLUMN_VALUE, HOT_SCHEMA, v, ROWS);
	put_values(&d, IN_HOT, FORGE_HOT, &d.hot);
	put_values(&d, IN_REST, FORGE_REST, &d.rest);
	put_values(&d, IN_LAST, FORGE_LAST, &last);
	forge_data_body(&d, &body);
	forge_part(&body, codec, PART_RAW_VALUES, (uint32_t)last.len, view_of(last.data, last.len));
	h.raw_len = body.raw_len;
	w->offset = w->tape.len;
	forge_block(&w->tape, h, &body);
	buf_release(&last);
	body_release(&body);
	forged_data_release(&d);
}

static void build(struct world *w, uint8_t codec)
{
	buf_clear(&w->tape);
	forge_section(&w->tape, SALT);
	put_data(w, codec);
	assert_int_equal(block_header_decode(view_of(w->tape.data + w->offset,
						     w->tape.len - w->offset),
					     &w->header, NULL),
			 0);
	assert_int_equal(parts_decode(view_of(w->tape.data + w->offset + w->header.header_len,
					      w->header.body_len),
				      &w->header, w->parts, NULL),
			 0);
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct schema *s = schema_new(SCHEMA_EVENT, "g", "event", NULL);

	for (int i = 0; i < FIELDS; i++)
		forge_add(s, forge_field("f", FIELD_INT, 8, 1));
	s->id = EVENT;
	assert_int_equal(schema_seal(s, NULL), 0);
	assert_int_equal(section_add_schema(&w->section, s, NULL), 0);
	w->dicts = dict_set_new(0);
	w->unpacker = unpacker_new();
	build(w, 0);
	*state = w;
	return 0;
}

static void forget(struct world *w)
{
	batch_free(w->batch);
	source_close(w->source);
	w->batch = NULL;
	w->source = NULL;
}

static int teardown(void **state)
{
	struct world *w = *state;

	forget(w);
	buf_release(&w->tape);
	dict_set_drop(w->dicts);
	unpacker_free(w->unpacker);
	section_release(&w->section);
	free(w);
	return 0;
}

/* Decode the block from its table; the rest is read from w->source. */
static int decode_table(struct world *w)
{
	size_t len = (size_t)w->header.part_count * PART_ENTRY_LEN;
	uint8_t *table = forge_exact(w->tape.data + w->offset + w->header.header_len, len);
	struct data_block block = {&w->header, view_of(table, len), w->source, w->offset};
	int rc = batch_decode(&w->section, w->dicts, &block, w->unpacker, &w->batch, NULL);

	free(table);
	return rc;
}

/* The first `len` bytes of the tape are all there is. */
static int decode_late(struct world *w, size_t len)
{
	forget(w);
	assert_int_equal(source_open_memory(w->tape.data, len, &w->source, NULL), 0);
	return decode_table(w);
}

/* Every row has the value of the field, or null. */
static void field_is(struct world *w, int field, bool is_there)
{
	for (uint32_t i = 0; i < ROWS; i++) {
		struct event ev;
		uint64_t v = 0;

		assert_true(batch_event(w->batch, i, &ev));
		assert_int_equal(ev.ts_ns, FIRST + i);
		assert_int_equal(event_int(&ev, field, &v), is_there);
		if (is_there)
			assert_int_equal(v, value_of(field, i));
	}
}

static void values_are_the_same_whenever_their_part_is_read(void **state)
{
	struct world *w = *state;

	assert_int_equal(decode_late(w, w->tape.len), 0);
	assert_int_equal(batch_rows(w->batch), ROWS);
	for (int i = FIELDS - 1; i >= 0; i--)
		field_is(w, i, true);
	assert_false(batch_is_damaged(w->batch));
	assert_int_equal(decode_late(w, w->tape.len), 0);
	assert_int_equal(batch_open_all(w->batch), 0);
	for (int i = 0; i < FIELDS; i++)
		field_is(w, i, true);
}

static void a_part_is_read_when_it_is_asked_for_and_not_before(void **state)
{
	struct world *w = *state;
	char path[] = "/tmp/tcptape-late.XXXXXX";
	int fd = mkstemp(path);
	uint64_t before;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, w->tape.data, w->tape.len), w->tape.len);
	close(fd);
	assert_int_equal(source_open(path, &w->source, NULL), 0);
	unlink(path);
	source_read_sparsely(w->source);
	assert_int_equal(decode_table(w), 0);
	before = source_bytes_read(w->source);
	assert_true(before < w->header.body_len - w->parts[FORGE_LAST].stored_len);
	field_is(w, IN_HOT, true);
	assert_int_equal(source_bytes_read(w->source), before);
	field_is(w, IN_LAST, true);
	assert_int_equal(source_bytes_read(w->source), before + w->parts[FORGE_LAST].stored_len);
	field_is(w, IN_LAST, true);
	assert_int_equal(source_bytes_read(w->source), before + w->parts[FORGE_LAST].stored_len);
}

static void a_damaged_part_is_null_and_the_batch_tells_once_it_was_read(void **state)
{
	struct world *w = *state;

	w->tape.data[w->offset + w->header.header_len + w->parts[FORGE_REST].offset] ^= 1;
	assert_int_equal(decode_late(w, w->tape.len), 0);
	field_is(w, IN_HOT, true);
	field_is(w, IN_LAST, true);
	assert_false(batch_is_damaged(w->batch));
	field_is(w, IN_REST, false);
	assert_true(batch_is_damaged(w->batch));
	field_is(w, IN_LAST, true);
	assert_int_equal(decode_late(w, w->tape.len), 0);
	assert_int_equal(batch_open_all(w->batch), 1);
	assert_true(batch_is_damaged(w->batch));
}

static void a_damaged_directory_or_hot_part_refuses_the_block(void **state)
{
	struct world *w = *state;

	for (unsigned i = 0; i <= FORGE_HOT; i++) {
		uint8_t *at = w->tape.data + w->offset + w->header.header_len + w->parts[i].offset;

		*at ^= 1;
		assert_int_equal(decode_late(w, w->tape.len), ERR_CORRUPT);
		*at ^= 1;
	}
	assert_int_equal(decode_late(w, w->tape.len), 0);
}

static void a_part_behind_the_end_of_the_data_is_damaged(void **state)
{
	struct world *w = *state;

	assert_int_equal(decode_late(w, w->tape.len - 1), 0);
	field_is(w, IN_REST, true);
	assert_false(batch_is_damaged(w->batch));
	field_is(w, IN_LAST, false);
	assert_true(batch_is_damaged(w->batch));
	assert_int_equal(decode_late(w, w->offset + w->header.header_len), ERR_CORRUPT);
}

/* docs/FORMAT.md section 3.2: it is of a newer writer, and costs its columns only. */
static void a_part_of_an_unknown_codec_is_null_and_no_damage(void **state)
{
	struct world *w = *state;

	build(w, 77);
	assert_int_equal(decode_late(w, w->tape.len), 0);
	field_is(w, IN_LAST, false);
	field_is(w, IN_REST, true);
	field_is(w, IN_HOT, true);
	assert_false(batch_is_damaged(w->batch));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_are_the_same_whenever_their_part_is_read),
		TEST(a_part_is_read_when_it_is_asked_for_and_not_before),
		TEST(a_damaged_part_is_null_and_the_batch_tells_once_it_was_read),
		TEST(a_damaged_directory_or_hot_part_refuses_the_block),
		TEST(a_part_behind_the_end_of_the_data_is_damaged),
		TEST(a_part_of_an_unknown_codec_is_null_and_no_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
