/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_batch.c -- DATA blocks that lie, and the values of those that do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/batch.h"
#include "format/entries.h"
#include "format/column.h"
#include "format/rows.h"
#include "tests/format/forge.h"

enum { DICT = 1, EVENT = 2, WIDE = 3, UNKNOWN = 9 };
/* Fields of EVENT */
enum { SMALL = 0, MAYBE = 1, TEXT = 2, FIXED = 3, BOUND = 4, BOUND_WRONG = 5, FIELDS = 6 };
/* Own columns of EVENT */
enum { OWN_SMALL = 0, OWN_MAYBE = 1, OWN_TEXT = 2, OWN_FIXED = 3 };
enum { ROWS = 4 };

struct world {
	struct section section;
	struct dict_set *dicts;
	struct unpacker *unpacker;
	struct forged_data data;
	struct block_header header;
	struct batch *batch;
};

static void add_schema(struct world *w, struct schema *s, uint32_t id)
{
	s->id = id;
	assert_int_equal(schema_seal(s, NULL), 0);
	assert_int_equal(section_add_schema(&w->section, s, NULL), 0);
}

static struct schema *new_event(void)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "g", "event", NULL);
	struct field f;

	schema_add_ref(s, DICT, NULL);
	f = forge_field("small", FIELD_INT, 1, 1);
	f.flags = FIELD_SIGNED;
	forge_add(s, f);
	f = forge_field("maybe", FIELD_INT, 4, 1);
	f.flags = FIELD_OPTIONAL;
	forge_add(s, f);
	forge_add(s, forge_field("text", FIELD_STRING, 1, 0));
	forge_add(s, forge_field("fixed", FIELD_BYTES, 1, 2));
	f = forge_field("bound", FIELD_INT, 2, 1);
	f.ref = 1;
	forge_add(s, f);
	f = forge_field("bound_wrong", FIELD_BYTES, 1, 16);
	f.ref = 1;
	f.attribute = 1;
	forge_add(s, f);
	return s;
}

static void fill_dict(struct world *w)
{
	struct entry_tools tools = {byte_table_new(), keyed_new()};
	struct buf body = {0};

	entries_put_run(section_schema(&w->section, DICT), 1, 1,
			view_of("\x34\x12"
				"abcd",
				6),
			&tools, &body);
	assert_int_equal(dict_set_decode(w->dicts, &w->section, view_of(body.data, body.len),
					 1 << 20, NULL),
			 0);
	buf_release(&body);
	byte_table_free(tools.table);
	keyed_free(tools.keyed);
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct schema *dict = schema_new(SCHEMA_DICT, "", "dict", NULL);
	struct schema *wide = schema_new(SCHEMA_EVENT, "g", "wide", NULL);

	forge_add(dict, forge_field("number", FIELD_INT, 2, 1));
	forge_add(dict, forge_field("four", FIELD_BYTES, 1, 4));
	for (int i = 0; i < SCHEMA_MAX_FIELDS; i++)
		forge_add(wide, forge_field("f", FIELD_INT, 8, 1));
	add_schema(w, dict, DICT);
	add_schema(w, new_event(), EVENT);
	add_schema(w, wide, WIDE);
	w->unpacker = unpacker_new();
	w->dicts = dict_set_new(3);
	fill_dict(w);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	batch_free(w->batch);
	batch_free(NULL);
	forged_data_release(&w->data);
	dict_set_drop(w->dicts);
	unpacker_free(w->unpacker);
	section_release(&w->section);
	free(w);
	return 0;
}

/* The columns every block has: `rows` rows of `schema`, times first, first + 1... */
static void put_hot(struct world *w, uint32_t schema, uint32_t rows, uint64_t first)
{
	uint64_t *v = calloc(rows + 1, sizeof(*v));

	for (uint32_t i = 0; i < rows; i++)
		v[i] = first + i;
	forge_ints(&w->data, 0, COLUMN_VALUE, HOT_TS, v, rows);
	memset(v, 0, rows * sizeof(*v));
	forge_ints(&w->data, 0, COLUMN_VALUE, HOT_CPU, v, rows);
	for (uint32_t i = 0; i < rows; i++)
		v[i] = schema;
	forge_ints(&w->data, 0, COLUMN_VALUE, HOT_SCHEMA, v, rows);
	w->header = (struct block_header){.type = BLOCK_DATA,
					  .rows = rows,
					  .min_ts = first,
					  .max_ts = rows ? first + rows - 1 : 0};
	free(v);
}

static int decode_body(struct world *w, const struct body *body)
{
	struct data_block block = {.header = &w->header};
	struct buf bytes = {0};
	uint8_t *exact;
	int rc;

	w->header.header_len = BLOCK_HEADER_LEN;
	w->header.body_len = (uint32_t)body_len(body);
	w->header.raw_len = body->raw_len;
	w->header.part_count = body->count;
	put_bytes(&bytes, body->table.data, body->table.len);
	put_bytes(&bytes, body->stored.data, body->stored.len);
	exact = forge_exact(bytes.data, bytes.len);
	block.body = view_of(exact, bytes.len);
	buf_release(&bytes);

	batch_free(w->batch);
	w->batch = NULL;
	rc = batch_decode(&w->section, w->dicts, &block, w->unpacker, &w->batch, NULL);
	free(exact); /* a batch keeps its own copy */
	return rc;
}

static int decode(struct world *w)
{
	struct body body = {0};
	int rc;

	forge_data_body(&w->data, &body);
	rc = decode_body(w, &body);
	body_release(&body);
	return rc;
}

static struct event event_at(struct world *w, uint32_t row)
{
	struct event ev;

	assert_true(batch_event(w->batch, row, &ev));
	return ev;
}

static void nothing_but_hot_columns_gives_events_of_nulls(void **state)
{
	struct world *w = *state;
	struct event ev;
	struct view out;
	uint64_t v;

	put_hot(w, EVENT, ROWS, 100);
	assert_int_equal(decode(w), 0);
	assert_int_equal(batch_rows(w->batch), ROWS);
	for (uint32_t i = 0; i < ROWS; i++) {
		ev = event_at(w, i);
		assert_int_equal(ev.ts_ns, 100 + i);
		assert_int_equal(ev.row, i);
		assert_int_equal(event_epoch(&ev), 3);
		for (int f = 0; f < FIELDS; f++) {
			assert_false(event_int(&ev, f, &v));
			assert_false(event_bytes(&ev, f, &out));
		}
	}
}

static void a_block_without_a_hot_column_is_refused(void **state)
{
	struct world *w = *state;

	for (unsigned missing = 0; missing < 3; missing++) {
		forged_data_release(&w->data);
		w->header = (struct block_header){.rows = 1, .min_ts = 1, .max_ts = 1};
		for (unsigned i = 0; i < 3; i++)
			if (i != missing)
				forge_ints(&w->data, 0, COLUMN_VALUE, i, (uint64_t[]){1}, 1);
		assert_int_equal(decode(w), ERR_CORRUPT);
	}
}

static void a_block_without_parts_or_directory_is_refused(void **state)
{
	struct body body = {0};
	struct world *w = *state;

	w->header = (struct block_header){.rows = 1};
	assert_int_equal(decode_body(w, &body), ERR_CORRUPT);
	forge_part(&body, 0, 0, 0, view_of("", 0));
	assert_int_equal(decode_body(w, &body), ERR_CORRUPT);
	body_release(&body);
}

static void a_directory_cut_anywhere_is_refused(void **state)
{
	struct world *w = *state;
	size_t whole;

	put_hot(w, EVENT, ROWS, 100);
	whole = w->data.directory.len;
	for (size_t len = 0; len < whole; len++) {
		w->data.directory.len = len;
		assert_int_equal(decode(w), ERR_CORRUPT);
	}
	w->data.directory.len = whole;
	assert_int_equal(decode(w), 0);
}

static void a_hot_column_of_another_length_is_refused(void **state)
{
	struct world *w = *state;

	for (uint32_t rows = 2; rows <= ROWS + 2; rows++) {
		forged_data_release(&w->data);
		put_hot(w, EVENT, ROWS, 100);
		w->header.rows = rows;
		assert_int_equal(decode(w), rows == ROWS ? 0 : ERR_CORRUPT);
	}
}

static void times_out_of_order_are_refused(void **state)
{
	static const uint64_t cpus[3], schemas[3] = {EVENT, EVENT, EVENT};
	static const uint64_t times[][3] = {{5, 4, 6}, {5, 6, 4}, {UINT64_MAX, 0, 1}, {5, 5, 5}};
	struct world *w = *state;

	for (unsigned i = 0; i < 4; i++) {
		forged_data_release(&w->data);
		forge_ints(&w->data, 0, COLUMN_VALUE, HOT_TS, times[i], 3);
		forge_ints(&w->data, 0, COLUMN_VALUE, HOT_CPU, cpus, 3);
		forge_ints(&w->data, 0, COLUMN_VALUE, HOT_SCHEMA, schemas, 3);
		w->header = (struct block_header){.rows = 3,
						  .min_ts = times[i][0],
						  .max_ts = times[i][2]};
		assert_int_equal(decode(w), i == 3 ? 0 : ERR_CORRUPT);
	}
}

static void times_that_differ_from_the_header_are_refused(void **state)
{
	struct world *w = *state;

	put_hot(w, EVENT, ROWS, 100);
	w->header.min_ts--;
	assert_int_equal(decode(w), ERR_CORRUPT);
	w->header.min_ts += 2;
	assert_int_equal(decode(w), ERR_CORRUPT);
	w->header.min_ts = 100;
	w->header.max_ts++;
	assert_int_equal(decode(w), ERR_CORRUPT);
	w->header.max_ts -= 2;
	assert_int_equal(decode(w), ERR_CORRUPT);
	w->header.max_ts++;
	assert_int_equal(decode(w), 0);
}

static void a_row_has_a_schema_from_1_to_the_limit(void **state)
{
	static const uint64_t ids[] = {0, 1, SCHEMA_MAX, SCHEMA_MAX + 1, UINT64_MAX};
	struct world *w = *state;

	for (unsigned i = 0; i < 5; i++) {
		forged_data_release(&w->data);
		forge_ints(&w->data, 0, COLUMN_VALUE, HOT_TS, (uint64_t[]){1}, 1);
		forge_ints(&w->data, 0, COLUMN_VALUE, HOT_CPU, (uint64_t[]){0}, 1);
		forge_ints(&w->data, 0, COLUMN_VALUE, HOT_SCHEMA, &ids[i], 1);
		w->header = (struct block_header){.rows = 1, .min_ts = 1, .max_ts = 1};
		assert_int_equal(decode(w), i == 1 || i == 2 ? 0 : ERR_CORRUPT);
	}
}

static void rows_of_unknown_schemas_and_of_dictionaries_are_no_events(void **state)
{
	static const uint64_t times[3] = {1, 2, 3}, cpus[3] = {7, 7, 7},
			      schemas[3] = {UNKNOWN, EVENT, DICT};
	struct world *w = *state;
	struct event ev;

	forge_ints(&w->data, 0, COLUMN_VALUE, HOT_TS, times, 3);
	forge_ints(&w->data, 0, COLUMN_VALUE, HOT_CPU, cpus, 3);
	forge_ints(&w->data, 0, COLUMN_VALUE, HOT_SCHEMA, schemas, 3);
	w->header = (struct block_header){.rows = 3, .min_ts = 1, .max_ts = 3};
	assert_int_equal(decode(w), 0);
	assert_false(batch_event(w->batch, 0, &ev));
	assert_false(batch_event(w->batch, 2, &ev));
	ev = event_at(w, 1);
	assert_int_equal(ev.cpu, 7);
	assert_int_equal(ev.schema->id, EVENT);
}

static void the_directory_stays_inside_its_parts(void **state)
{
	struct world *w = *state;
	size_t whole;

	put_hot(w, EVENT, ROWS, 100);
	whole = w->data.directory.len;
	put_bytes(&w->data.rest, "abcd", 4);
	forge_column(&w->data, EVENT, COLUMN_VALUE, OWN_TEXT, CODEC_CONST, 2, 4);
	assert_int_equal(decode(w), 0);
	forge_column(&w->data, EVENT, COLUMN_VALUE, OWN_TEXT, CODEC_CONST, 2, 0);
	assert_int_equal(decode(w), 0);
	forge_column(&w->data, EVENT, COLUMN_VALUE, OWN_TEXT, CODEC_CONST, 2, 1);
	assert_int_equal(decode(w), ERR_CORRUPT);
	w->data.directory.len = whole;
	forge_column(&w->data, EVENT, COLUMN_VALUE, OWN_TEXT, CODEC_CONST, 2, 5);
	assert_int_equal(decode(w), ERR_CORRUPT);
	w->data.directory.len = whole;
	forge_column(&w->data, EVENT, COLUMN_VALUE, OWN_TEXT, CODEC_CONST, 2, UINT64_MAX);
	assert_int_equal(decode(w), ERR_CORRUPT);
	w->data.directory.len = whole;
	forge_column(&w->data, EVENT, COLUMN_VALUE, OWN_TEXT, CODEC_CONST, 3, 0);
	assert_int_equal(decode(w), ERR_CORRUPT);
	w->data.directory.len = whole;
	forge_column(&w->data, SCHEMA_MAX + 1, COLUMN_VALUE, 0, CODEC_CONST, 2, 0);
	assert_int_equal(decode(w), ERR_CORRUPT);
}

static void columns_of_no_field_and_of_unknown_kind_are_ignored(void **state)
{
	struct world *w = *state;

	put_hot(w, EVENT, ROWS, 100);
	forge_column(&w->data, EVENT, COLUMN_VALUE, 4, CODEC_CONST, 2, 0);
	forge_column(&w->data, EVENT, COLUMN_VALUE, SCHEMA_MAX_FIELDS, CODEC_CONST, 2, 0);
	forge_column(&w->data, EVENT, COLUMN_REF, 1, CODEC_CONST, 2, 0);
	forge_column(&w->data, EVENT, COLUMN_PRESENCE, 4, CODEC_CONST, 2, 0);
	forge_column(&w->data, EVENT, 77, 0, CODEC_CONST, 2, 0);
	forge_column(&w->data, UNKNOWN, COLUMN_VALUE, 0, CODEC_CONST, 2, 0);
	forge_column(&w->data, 0, COLUMN_VALUE, 3, CODEC_CONST, 2, 0);
	assert_int_equal(decode(w), 0);
	assert_int_equal(event_at(w, 0).schema->id, EVENT);
}

static void of_a_column_listed_twice_the_last_counts(void **state)
{
	static const uint64_t first[ROWS] = {1, 2, 3, 4}, last[ROWS] = {5, 6, 7, 8};
	struct world *w = *state;
	struct event ev;
	uint64_t v = 0;

	put_hot(w, EVENT, ROWS, 100);
	forge_ints(&w->data, 0, COLUMN_VALUE, HOT_CPU, last, ROWS);
	forge_ints(&w->data, EVENT, COLUMN_VALUE, OWN_SMALL, first, ROWS);
	forge_ints(&w->data, EVENT, COLUMN_VALUE, OWN_SMALL, last, ROWS);
	assert_int_equal(decode(w), 0);
	for (uint32_t i = 0; i < ROWS; i++) {
		ev = event_at(w, i);
		assert_int_equal(ev.cpu, last[i]);
		assert_true(event_int(&ev, SMALL, &v));
		assert_int_equal(v, last[i]);
	}
}

static void a_damaged_column_is_null_and_its_neighbours_are_not(void **state)
{
	static const char *const texts[ROWS] = {"a", "b", "", "d"};
	static const uint64_t three[3] = {1, 2, 3};
	struct world *w = *state;
	struct event ev;
	struct view out;
	uint64_t v;

	put_hot(w, EVENT, ROWS, 100);
	forge_ints(&w->data, EVENT, COLUMN_VALUE, OWN_SMALL, three, 3);
	forge_strings(&w->data, EVENT, OWN_TEXT, texts, ROWS);
	put_u8(&w->data.rest, 0);
	forge_column(&w->data, EVENT, COLUMN_VALUE, OWN_FIXED, 99, FORGE_REST, 1);
	assert_int_equal(decode(w), 0);
	for (int round = 0; round < 2; round++) {
		ev = event_at(w, 3);
		assert_false(event_int(&ev, SMALL, &v));
		assert_true(event_bytes(&ev, TEXT, &out));
		assert_memory_equal(out.p, "d", 1);
		assert_false(event_bytes(&ev, FIXED, &out));
	}
}

static void a_damaged_part_makes_its_columns_null(void **state)
{
	struct world *w = *state;
	struct body body = {0};
	struct event ev;
	struct view out;
	uint64_t v;

	put_hot(w, EVENT, ROWS, 100);
	forge_ints(&w->data, EVENT, COLUMN_VALUE, OWN_SMALL, (uint64_t[ROWS]){5, 5, 5, 5}, ROWS);
	forge_column(&w->data, EVENT, COLUMN_VALUE, OWN_TEXT, CODEC_CONST, FORGE_REST, 50);
	forge_column(&w->data, EVENT, COLUMN_VALUE, OWN_FIXED, CODEC_CONST, FORGE_REST, 50);
	packer_add_raw(0, view_of(w->data.directory.data, w->data.directory.len), &body, NULL);
	packer_add_raw(1, view_of(w->data.hot.data, w->data.hot.len), &body, NULL);
	forge_part(&body, 1, 2, 100, view_of("garbage", 7));
	assert_int_equal(decode_body(w, &body), 0);
	ev = event_at(w, 0);
	assert_false(event_bytes(&ev, TEXT, &out));
	assert_false(event_bytes(&ev, FIXED, &out));
	assert_true(event_int(&ev, SMALL, &v));
	body_release(&body);
}

static void values_are_as_wide_as_their_field(void **state)
{
	static const uint64_t wide[ROWS] = {0x180, 0xff, UINT64_MAX, 0x7f},
			      ones[ROWS] = {1, 1, 1, 1};
	static const int64_t want[ROWS] = {-128, -1, -1, 127};
	struct world *w = *state;
	uint64_t v;

	put_hot(w, EVENT, ROWS, 100);
	forge_ints(&w->data, EVENT, COLUMN_VALUE, OWN_SMALL, wide, ROWS);
	forge_ints(&w->data, EVENT, COLUMN_VALUE, OWN_MAYBE, wide, ROWS);
	forge_ints(&w->data, EVENT, COLUMN_PRESENCE, OWN_MAYBE, ones, ROWS);
	assert_int_equal(decode(w), 0);
	for (uint32_t i = 0; i < ROWS; i++) {
		struct event ev = event_at(w, i);

		assert_true(event_int(&ev, SMALL, &v));
		assert_true((int64_t)v == want[i]);
		assert_true(event_int(&ev, MAYBE, &v));
		assert_true(v == (wide[i] & UINT32_MAX));
	}
}

static void an_optional_value_is_null_where_it_is_absent(void **state)
{
	static const uint64_t values[ROWS] = {5, 0, 0, 8}, presence[ROWS] = {1, 0, 1, 0};
	struct world *w = *state;
	uint64_t v;

	put_hot(w, EVENT, ROWS, 100);
	forge_ints(&w->data, EVENT, COLUMN_VALUE, OWN_MAYBE, values, ROWS);
	assert_int_equal(decode(w), 0);
	for (uint32_t i = 0; i < ROWS; i++) {
		struct event ev = event_at(w, i);

		assert_false(event_int(&ev, MAYBE, &v)); /* nothing says that it is there */
	}
	forge_ints(&w->data, EVENT, COLUMN_PRESENCE, OWN_MAYBE, presence, ROWS);
	assert_int_equal(decode(w), 0);
	for (uint32_t i = 0; i < ROWS; i++) {
		struct event ev = event_at(w, i);

		assert_int_equal(event_int(&ev, MAYBE, &v), presence[i]);
	}
}

static void strings_of_a_fixed_field_have_its_length(void **state)
{
	static const char *const good[ROWS] = {"ab", "cd", "ef", "gh"}, *const bad[ROWS] = {"ab",
											    "cd",
											    "efg",
											    "hi"};
	struct world *w = *state;
	struct event ev;
	struct view out;

	put_hot(w, EVENT, ROWS, 100);
	forge_strings(&w->data, EVENT, OWN_FIXED, good, ROWS);
	assert_int_equal(decode(w), 0);
	ev = event_at(w, 3);
	assert_true(event_bytes(&ev, FIXED, &out));
	assert_memory_equal(out.p, "gh", 2);
	forge_strings(&w->data, EVENT, OWN_FIXED, bad, ROWS);
	assert_int_equal(decode(w), 0);
	ev = event_at(w, 0);
	out = view_of("kept", 4);
	assert_false(event_bytes(&ev, FIXED, &out));
	assert_int_equal(view_len(out), 4);
}

static void a_bound_value_comes_from_the_dictionary_or_is_null(void **state)
{
	static const uint64_t ids[ROWS] = {0, 1, 2, (UINT64_C(1) << 32) + 1};
	struct world *w = *state;
	uint64_t v;

	put_hot(w, EVENT, ROWS, 100);
	forge_ints(&w->data, EVENT, COLUMN_REF, 0, ids, ROWS);
	assert_int_equal(decode(w), 0);
	for (uint32_t i = 0; i < ROWS; i++) {
		struct event ev = event_at(w, i);

		assert_int_equal(event_ref(&ev, 1), ids[i] > UINT32_MAX ? 0 : ids[i]);
		assert_int_equal(event_int(&ev, BOUND, &v), i == 1);
		if (i == 1)
			assert_int_equal(v, 0x1234);
	}
}

/* The schema says 16 bytes, the dictionary has 4: a caller would read 12 too many. */
static void a_bound_value_of_another_length_is_null(void **state)
{
	struct world *w = *state;
	struct event ev;
	struct view out;

	put_hot(w, EVENT, 1, 100);
	forge_ints(&w->data, EVENT, COLUMN_REF, 0, (uint64_t[]){1}, 1);
	assert_int_equal(decode(w), 0);
	ev = event_at(w, 0);
	assert_true(event_ref_bytes(&ev, 1, 1, &out));
	assert_int_equal(view_len(out), 4);
	assert_false(event_bytes(&ev, BOUND_WRONG, &out));
}

static void the_first_and_the_last_index_are_good_and_the_next_is_not(void **state)
{
	struct world *w = *state;
	struct event ev;
	struct view out;
	uint64_t v;

	put_hot(w, EVENT, 1, 100);
	forge_ints(&w->data, EVENT, COLUMN_REF, 0, (uint64_t[]){1}, 1);
	forge_ints(&w->data, EVENT, COLUMN_VALUE, OWN_SMALL, (uint64_t[]){1}, 1);
	assert_int_equal(decode(w), 0);
	ev = event_at(w, 0);
	assert_false(event_int(&ev, -1, &v));
	assert_true(event_int(&ev, 0, &v));
	assert_false(event_int(&ev, FIELDS, &v));
	assert_false(event_bytes(&ev, -1, &out));
	assert_false(event_bytes(&ev, FIELDS, &out));
	assert_int_equal(event_ref(&ev, 0), 0);
	assert_int_equal(event_ref(&ev, 1), 1);
	assert_int_equal(event_ref(&ev, 2), 0);
	assert_int_equal(event_ref(&ev, -1), 0);
	assert_true(event_ref_int(&ev, 1, 0, &v));
	assert_true(event_ref_bytes(&ev, 1, 1, &out));
	assert_false(event_ref_bytes(&ev, 1, 2, &out));
	assert_false(event_ref_bytes(&ev, 1, -1, &out));
	assert_false(event_ref_int(&ev, 2, 0, &v));
	assert_false(event_ref_int(&ev, 0, 0, &v));
}

static void integers_and_bytes_do_not_mix(void **state)
{
	static const char *const texts[1] = {"a"};
	struct world *w = *state;
	struct event ev;
	struct view out;
	uint64_t v;

	put_hot(w, EVENT, 1, 100);
	forge_ints(&w->data, EVENT, COLUMN_VALUE, OWN_SMALL, (uint64_t[]){1}, 1);
	forge_strings(&w->data, EVENT, OWN_TEXT, texts, 1);
	assert_int_equal(decode(w), 0);
	ev = event_at(w, 0);
	assert_false(event_bytes(&ev, SMALL, &out));
	assert_false(event_int(&ev, TEXT, &v));
}

/* Rows of WIDE, each with `columns` constant columns of its own. */
static int decode_wide(struct world *w, uint32_t rows, unsigned columns)
{
	forged_data_release(&w->data);
	put_hot(w, WIDE, rows, 1);
	for (unsigned i = 0; i < columns; i++) {
		put_u8(&w->data.rest, 0);
		forge_column(&w->data, WIDE, COLUMN_VALUE, i, CODEC_CONST, FORGE_REST, 1);
	}
	return decode(w);
}

static void values_beyond_the_limit_are_refused(void **state)
{
	enum { COLUMNS = ROWS_MAX_CELLS / BLOCK_MAX_ROWS - 3 };
	struct world *w = *state;

	assert_int_equal(decode_wide(w, BLOCK_MAX_ROWS, COLUMNS), 0);
	assert_int_equal(decode_wide(w, BLOCK_MAX_ROWS, COLUMNS + 1), ERR_CORRUPT);
}

static void columns_beyond_the_limit_are_refused(void **state)
{
	struct world *w = *state;

	put_hot(w, EVENT, 1, 1);
	for (unsigned i = 3; i < ROWS_MAX_COLUMNS; i++)
		forge_column(&w->data, EVENT, COLUMN_VALUE, OWN_TEXT, CODEC_CONST, 2, 0);
	assert_int_equal(decode(w), 0);
	forge_column(&w->data, EVENT, COLUMN_VALUE, OWN_TEXT, CODEC_CONST, 2, 0);
	assert_int_equal(decode(w), ERR_CORRUPT);
}

static void memory_is_told_before_it_is_used(void **state)
{
	struct world *w = *state;

	assert_int_equal(decode_wide(w, 1000, 10), 0);
	assert_true(batch_bytes(w->batch) >= 1000 * 13 * sizeof(struct view));
	assert_ptr_equal(batch_dicts(w->batch), w->dicts);
}

static void a_block_of_no_rows_is_a_block(void **state)
{
	struct world *w = *state;

	put_hot(w, EVENT, 0, 0);
	assert_int_equal(decode(w), 0);
	assert_int_equal(batch_rows(w->batch), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_but_hot_columns_gives_events_of_nulls),
		TEST(a_block_without_a_hot_column_is_refused),
		TEST(a_block_without_parts_or_directory_is_refused),
		TEST(a_directory_cut_anywhere_is_refused),
		TEST(a_hot_column_of_another_length_is_refused),
		TEST(times_out_of_order_are_refused),
		TEST(times_that_differ_from_the_header_are_refused),
		TEST(a_row_has_a_schema_from_1_to_the_limit),
		TEST(rows_of_unknown_schemas_and_of_dictionaries_are_no_events),
		TEST(the_directory_stays_inside_its_parts),
		TEST(columns_of_no_field_and_of_unknown_kind_are_ignored),
		TEST(of_a_column_listed_twice_the_last_counts),
		TEST(a_damaged_column_is_null_and_its_neighbours_are_not),
		TEST(a_damaged_part_makes_its_columns_null),
		TEST(values_are_as_wide_as_their_field),
		TEST(an_optional_value_is_null_where_it_is_absent),
		TEST(strings_of_a_fixed_field_have_its_length),
		TEST(a_bound_value_comes_from_the_dictionary_or_is_null),
		TEST(a_bound_value_of_another_length_is_null),
		TEST(the_first_and_the_last_index_are_good_and_the_next_is_not),
		TEST(integers_and_bytes_do_not_mix),
		TEST(values_beyond_the_limit_are_refused),
		TEST(columns_beyond_the_limit_are_refused),
		TEST(memory_is_told_before_it_is_used),
		TEST(a_block_of_no_rows_is_a_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
