/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_event.c -- values of events that not every program, or not every tape, can tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/column.h"
#include "format/cursor.h"
#include "format/entries.h"
#include "format/rows.h"
#include "format/source.h"
#include "tests/format/forge.h"

enum { SALT = 4, DICT = 1, EVENT = 2, NEWER = 3, ROWS = 3, NEWER_KIND = 200 };

struct world {
	struct buf tape;
	uint64_t seq;
	struct schema *dict, *event;
	uint64_t refs[ROWS]; /* entries of the rows */
	struct source *source;
	struct cursor *cursor;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->dict = schema_new(SCHEMA_DICT, "", "dict", NULL);
	w->event = schema_new(SCHEMA_EVENT, "g", "event", NULL);
	w->dict->id = DICT;
	w->event->id = EVENT;
	assert_int_equal(schema_add_ref(w->event, DICT, NULL), 1);
	forge_section(&w->tape, SALT);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	cursor_close(w->cursor);
	source_close(w->source);
	buf_release(&w->tape);
	schema_free(w->dict);
	schema_free(w->event);
	free(w);
	return 0;
}

static void put_raw(struct world *w, uint8_t type, const struct buf *raw)
{
	struct block_header h = {.type = type, .salt = SALT, .seq = ++w->seq, .epoch = 1};

	forge_block_of(&w->tape, h, raw);
}

static void put_schema(struct world *w, const struct schema *s)
{
	struct buf raw = {0}, record = {0};

	schema_encode(s, s->text, &record);
	put_u8(&raw, SCHEMA_RECORD_SCHEMA);
	put_string(&raw, record.data, record.len);
	put_raw(w, BLOCK_SCHEMA, &raw);
	buf_release(&raw);
	buf_release(&record);
}

/* One entry, the first. */
static void put_entry(struct world *w, const void *packed, size_t len)
{
	struct entry_tools tools = {byte_table_new(), keyed_new()};
	struct buf raw = {0};

	assert_int_equal(schema_seal(w->dict, NULL), 0);
	entries_put_run(w->dict, 1, 1, view_of(packed, len), &tools, &raw);
	put_raw(w, BLOCK_DICT, &raw);
	buf_release(&raw);
	byte_table_free(tools.table);
	keyed_free(tools.keyed);
}

/* ROWS rows of these schemas, at times 1, 2...; `own` columns whose value is 100 * column + row. */
static void put_rows(struct world *w, const uint64_t schemas[ROWS], unsigned own)
{
	struct block_header h = {.type = BLOCK_DATA,
				 .salt = SALT,
				 .seq = ++w->seq,
				 .epoch = 1,
				 .rows = ROWS,
				 .min_ts = 1,
				 .max_ts = ROWS};
	struct forged_data d = {0};
	struct body body = {0};
	uint64_t v[ROWS] = {0};

	forge_ints(&d, 0, COLUMN_VALUE, HOT_CPU, v, ROWS);
	forge_ints(&d, 0, COLUMN_VALUE, HOT_SCHEMA, schemas, ROWS);
	for (uint64_t i = 0; i < ROWS; i++)
		v[i] = i + 1;
	forge_ints(&d, 0, COLUMN_VALUE, HOT_TS, v, ROWS);
	forge_ints(&d, EVENT, COLUMN_REF, 0, w->refs, ROWS);
	for (unsigned c = 0; c < own; c++) {
		for (uint64_t i = 0; i < ROWS; i++)
			v[i] = 100 * c + i;
		forge_ints(&d, EVENT, COLUMN_VALUE, c, v, ROWS);
	}
	forge_data_body(&d, &body);
	h.raw_len = body.raw_len;
	forge_block(&w->tape, h, &body);
	body_release(&body);
	forged_data_release(&d);
}

static void open_tape(struct world *w)
{
	assert_int_equal(source_open_memory(w->tape.data, w->tape.len, &w->source, NULL), 0);
	assert_int_equal(cursor_open(w->source, &w->cursor, NULL), 0);
}

/* The next event; false at the end. Nothing is damaged. */
static bool next_event(struct world *w, struct event *ev)
{
	struct item item;
	int rc;

	while ((rc = cursor_next(w->cursor, &item, NULL)) == 0) {
		if (item.kind == ITEM_GAP)
			fail_msg("%s", item.gap.reason);
		if (item.kind == ITEM_EVENT) {
			*ev = item.event;
			return true;
		}
	}
	assert_int_equal(rc, END);
	return false;
}

static void is_null(const struct event *ev, int index)
{
	struct view bytes;
	uint64_t v;

	assert_false(event_int(ev, index, &v));
	assert_false(event_bytes(ev, index, &bytes));
}

static void a_field_of_unknown_kind_is_null_and_its_neighbours_are_not(void **state)
{
	static const uint64_t schemas[ROWS] = {EVENT, EVENT, EVENT};
	struct world *w = *state;
	struct event ev;
	uint64_t v = 0;

	forge_add(w->event, forge_field("before", FIELD_INT, 8, 1));
	forge_add(w->event, forge_field("newer", (enum field_kind)NEWER_KIND, 3, 700));
	forge_add(w->event, forge_field("after", FIELD_INT, 8, 1));
	put_schema(w, w->dict);
	put_schema(w, w->event);
	put_rows(w, schemas, 3);
	open_tape(w);
	for (uint64_t i = 0; i < ROWS; i++) {
		assert_true(next_event(w, &ev));
		assert_int_equal(ev.schema->field_count, 3);
		assert_true(event_int(&ev, 0, &v));
		assert_int_equal(v, i);
		is_null(&ev, 1);
		assert_true(event_int(&ev, 2, &v));
		assert_int_equal(v, 200 + i);
	}
	assert_false(next_event(w, &ev));
}

static void rows_of_a_schema_of_unknown_kind_are_left_out_and_counted(void **state)
{
	static const uint64_t schemas[ROWS] = {EVENT, NEWER, EVENT};
	struct schema *newer = schema_new((enum schema_kind)NEWER_KIND, "g", "newer", NULL);
	struct world *w = *state;
	struct event ev;

	newer->id = NEWER;
	put_schema(w, newer);
	put_schema(w, w->dict);
	put_schema(w, w->event);
	put_rows(w, schemas, 0);
	open_tape(w);
	assert_true(next_event(w, &ev));
	assert_int_equal(ev.ts_ns, 1);
	assert_true(next_event(w, &ev));
	assert_int_equal(ev.ts_ns, 3);
	assert_false(next_event(w, &ev));
	assert_int_equal(cursor_health(w->cursor)->unreadable_events, 1);
	assert_int_equal(cursor_health(w->cursor)->damaged_blocks, 0);
	schema_free(newer);
}

static void records_of_unknown_kind_in_a_schema_block_are_ignored(void **state)
{
	static const uint64_t schemas[ROWS] = {EVENT, EVENT, EVENT};
	struct world *w = *state;
	struct buf raw = {0};
	struct event ev;

	put_u8(&raw, NEWER_KIND);
	put_string(&raw, "whatever", 8);
	put_raw(w, BLOCK_SCHEMA, &raw);
	put_schema(w, w->event);
	put_rows(w, schemas, 0);
	open_tape(w);
	for (unsigned i = 0; i < ROWS; i++)
		assert_true(next_event(w, &ev));
	assert_false(next_event(w, &ev));
	assert_int_equal(cursor_health(w->cursor)->damaged_blocks, 0);
	buf_release(&raw);
}

/* Attributes of the entry: a number of 2 bytes and 4 bytes. */
enum { NUMBER = 0, FOUR = 1 };

static void bind(struct world *w, enum field_kind kind, unsigned size, unsigned count, int to)
{
	struct field f = forge_field("bound", kind, size, count);

	f.ref = 1;
	f.attribute = (uint8_t)to;
	forge_add(w->event, f);
}

static void a_bound_value_is_of_its_attributes_kind_or_null(void **state)
{
	static const uint64_t schemas[ROWS] = {EVENT, EVENT, EVENT};
	struct world *w = *state;
	struct event ev;
	struct view bytes;
	uint64_t v = 0;

	forge_add(w->dict, forge_field("number", FIELD_INT, 2, 1));
	forge_add(w->dict, forge_field("four", FIELD_BYTES, 1, 4));
	bind(w, FIELD_INT, 2, 1, NUMBER);
	bind(w, FIELD_INT, 8, 1, NUMBER);
	bind(w, FIELD_BYTES, 1, 4, FOUR);
	bind(w, FIELD_BYTES, 1, 2, NUMBER); /* as long as the integer, and yet another kind */
	bind(w, FIELD_INT, 4, 1, FOUR);
	bind(w, FIELD_BYTES, 1, 3, FOUR);
	bind(w, FIELD_INT, 2, 1, 77); /* no such attribute */
	put_schema(w, w->dict);
	put_schema(w, w->event);
	put_entry(w, "\x34\x12wxyz", 6);
	w->refs[0] = 1; /* the others: none, and one that is not there */
	w->refs[2] = 2;
	put_rows(w, schemas, 0);
	open_tape(w);
	assert_true(next_event(w, &ev));
	for (int i = 0; i < 2; i++) {
		assert_true(event_int(&ev, i, &v));
		assert_int_equal(v, 0x1234);
	}
	assert_true(event_bytes(&ev, 2, &bytes));
	assert_int_equal(view_len(bytes), 4);
	assert_memory_equal(bytes.p, "wxyz", 4);
	for (int i = 3; i < ev.schema->field_count; i++)
		is_null(&ev, i);
	assert_int_equal(event_ref(&ev, 1), 1);
	for (unsigned row = 1; row < ROWS; row++) {
		assert_true(next_event(w, &ev));
		for (int i = 0; i < ev.schema->field_count; i++)
			is_null(&ev, i);
		assert_int_equal(event_ref(&ev, 1), w->refs[row]);
	}
}

static void indexes_beside_the_fields_and_references_are_null(void **state)
{
	static const uint64_t schemas[ROWS] = {EVENT, EVENT, EVENT};
	struct world *w = *state;
	struct event ev;
	struct view bytes;
	uint64_t v;

	forge_add(w->dict, forge_field("number", FIELD_INT, 2, 1));
	forge_add(w->event, forge_field("own", FIELD_INT, 8, 1));
	put_schema(w, w->dict);
	put_schema(w, w->event);
	put_entry(w, "\x34\x12", 2);
	w->refs[0] = 1;
	put_rows(w, schemas, 1);
	open_tape(w);
	assert_true(next_event(w, &ev));
	is_null(&ev, -1);
	is_null(&ev, 1);
	for (int ref = 0; ref <= 2; ref++) {
		assert_int_equal(event_ref(&ev, ref), ref == 1);
		assert_int_equal(event_ref_int(&ev, ref, 0, &v), ref == 1);
		assert_false(event_ref_int(&ev, ref, 1, &v));
		assert_false(event_ref_int(&ev, ref, -1, &v));
		assert_false(event_ref_bytes(&ev, ref, 1, &bytes));
	}
	assert_int_equal(event_epoch(&ev), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_field_of_unknown_kind_is_null_and_its_neighbours_are_not),
		TEST(rows_of_a_schema_of_unknown_kind_are_left_out_and_counted),
		TEST(records_of_unknown_kind_in_a_schema_block_are_ignored),
		TEST(a_bound_value_is_of_its_attributes_kind_or_null),
		TEST(indexes_beside_the_fields_and_references_are_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
