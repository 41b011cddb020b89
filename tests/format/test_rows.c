/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_rows.c -- rows go in as they come and out by time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/batch.h"
#include "format/data_encoder.h"
#include "format/rows.h"
#include "tests/format/forge.h"

enum {
	PLAIN = 1,
	RAW = 3,
	WIDE = 5,
	KEYED_ONE = 6,
	RICH = 66,
	LAST = SCHEMA_MAX,
	WIDE_FIELDS = 130
};

struct world {
	struct section section;
	struct dict_set *dicts;
	struct packer *packer;
	struct unpacker *unpacker;
	struct rows *rows;
	struct data_encoder *encoder;
};

static void add_schema(struct world *w, struct schema *s, uint32_t id)
{
	s->id = id;
	assert_int_equal(schema_seal(s, NULL), 0);
	assert_int_equal(section_add_schema(&w->section, s, NULL), 0);
}

/* Every second field may be absent. */
static struct schema *wide_schema(void)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "g", "wide", NULL);

	for (unsigned i = 0; i < WIDE_FIELDS; i++) {
		struct field f = forge_field("number", FIELD_INT, i % 3 ? 8 : 4, 1);

		f.flags = i % 2 ? FIELD_OPTIONAL : 0;
		forge_add(s, f);
	}
	return s;
}

enum { SMALL_FLAG = 1, PAIR_FLAG = 4 };

/* As a program might leave it in memory. */
struct record {
	uint64_t unwanted;
	int32_t number;  /* its field comes first */
	int16_t small;   /* SMALL_FLAG */
	uint8_t pair[2]; /* both PAIR_FLAG */
	uint64_t large;
	uint64_t unwanted_too;
};

/* Its strings lie elsewhere. */
static struct schema *raw_schema(void)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "g", "raw", NULL);
	struct field number = forge_field("number", FIELD_INT, 4, 1);
	struct field text = forge_field("text", FIELD_STRING, 1, 0);
	struct field large = forge_field("large", FIELD_INT, 8, 1);
	struct field small = forge_field("small", FIELD_INT, 2, 1);
	struct field pair = forge_field("pair", FIELD_BYTES, 1, 2);

	number.flags = FIELD_SIGNED;
	text.flags = pair.flags = large.flags = FIELD_OPTIONAL;
	small.flags = FIELD_SIGNED | FIELD_OPTIONAL;
	schema_add_ref(s, 9, NULL);
	forge_add(s, number);
	forge_add(s, text);
	forge_add(s, large);
	forge_add(s, small);
	forge_add(s, pair);
	return s;
}

static const struct place raw_places[] = {
	{.at = offsetof(struct record, number)},
	{0},
	{.at = offsetof(struct record, large), .needs = PAIR_FLAG},
	{.at = offsetof(struct record, small), .needs = SMALL_FLAG},
	{.at = offsetof(struct record, pair), .needs = PAIR_FLAG},
};

static const struct rows_extent roomy = {1 << 16, 1 << 20, 1 << 16, 1 << 20, 1 << 20, 1 << 26};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct schema *plain = schema_new(SCHEMA_EVENT, "g", "plain", NULL);
	struct schema *rich = schema_new(SCHEMA_EVENT, "g", "rich", NULL);
	struct schema *last = schema_new(SCHEMA_EVENT, "g", "last", NULL);
	struct field optional = forge_field("optional", FIELD_BYTES, 1, 2);
	struct field bound = forge_field("bound", FIELD_INT, 4, 1);

	forge_add(plain, forge_field("number", FIELD_INT, 8, 1));
	schema_add_ref(rich, 9, NULL);
	bound.ref = 1;
	optional.flags = FIELD_OPTIONAL;
	forge_add(rich, bound);
	forge_add(rich, forge_field("text", FIELD_STRING, 1, 0));
	forge_add(rich, optional);
	add_schema(w, plain, PLAIN);
	add_schema(w, raw_schema(), RAW);
	add_schema(w, wide_schema(), WIDE);
	add_schema(w, rich, RICH);
	add_schema(w, last, LAST);
	w->dicts = dict_set_new(1);
	w->packer = packer_new(1);
	w->unpacker = unpacker_new();
	w->rows = rows_new(&roomy);
	w->encoder = data_encoder_new();
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	rows_free(w->rows);
	rows_free(NULL);
	data_encoder_free(w->encoder);
	dict_set_drop(w->dicts);
	packer_free(w->packer);
	unpacker_free(w->unpacker);
	section_release(&w->section);
	free(w);
	return 0;
}

static void add_plain(struct world *w, uint64_t ts, uint64_t number)
{
	struct value value = {.num = number};
	struct row row = {.schema = PLAIN, .cpu = 3, .ts_ns = ts, .values = &value};

	assert_int_equal(rows_add(w->rows, section_schema(&w->section, PLAIN), &row, NULL), 0);
}

static void add_rich(struct world *w, uint64_t ts, const char *text, const char *optional)
{
	struct value values[2] = {{.bytes = (const uint8_t *)text, .len = (uint32_t)strlen(text)},
				  {.bytes = (const uint8_t *)optional, .is_absent = !optional}};
	uint32_t ref = 5;
	struct row row = {.schema = RICH, .ts_ns = ts, .refs = &ref, .values = values};

	assert_int_equal(rows_add(w->rows, section_schema(&w->section, RICH), &row, NULL), 0);
}

/* Encode the rows and decode them again. */
static struct batch *recode(struct world *w)
{
	struct block_header h = {.rows = (uint32_t)rows_count(w->rows),
				 .min_ts = rows_min_ts(w->rows),
				 .max_ts = rows_max_ts(w->rows)};
	struct data_block block = {.header = &h};
	struct body body = {0};
	struct buf bytes = {0};
	struct batch *b = NULL;
	struct error err = {0};

	assert_int_equal(data_encoder_run(w->encoder, w->rows, NULL, w->packer, &body, NULL), 0);
	rows_clear(w->rows);
	assert_int_equal(rows_count(w->rows), 0);
	h.header_len = BLOCK_HEADER_LEN;
	h.body_len = (uint32_t)body_len(&body);
	h.raw_len = body.raw_len;
	h.part_count = body.count;
	put_bytes(&bytes, body.table.data, body.table.len);
	put_bytes(&bytes, body.stored.data, body.stored.len);
	block.body = view_of(bytes.data, bytes.len);
	if (batch_decode(&w->section, w->dicts, &block, w->unpacker, &b, &err))
		fail_msg("%s", err.text);
	body_release(&body);
	buf_release(&bytes);
	return b;
}

static uint64_t number_of(struct batch *b, uint32_t row)
{
	struct event ev;
	uint64_t number = 0;

	assert_true(batch_event(b, row, &ev));
	assert_true(event_int(&ev, 0, &number));
	return number;
}

static void text_is(struct batch *b, uint32_t row, const char *text, const char *optional)
{
	struct event ev;
	struct view out;

	assert_true(batch_event(b, row, &ev));
	assert_int_equal(event_ref(&ev, 1), 5);
	assert_true(event_bytes(&ev, 1, &out));
	assert_int_equal(view_len(out), strlen(text));
	assert_memory_equal(out.p, text, strlen(text));
	assert_int_equal(event_bytes(&ev, 2, &out), optional != NULL);
	if (optional)
		assert_memory_equal(out.p, optional, 2);
}

static void rows_of_equal_time_keep_the_order_of_writing(void **state)
{
	struct world *w = *state;
	struct batch *b;

	for (uint64_t i = 0; i < 1000; i++)
		add_plain(w, 1000 - i / 10, i);
	b = recode(w);
	assert_int_equal(batch_rows(b), 1000);
	for (uint32_t i = 0; i < 1000; i++) {
		assert_int_equal(batch_ts(b, i), 901 + i / 10);
		assert_int_equal(number_of(b, i), 990 - i / 10 * 10 + i % 10);
	}
	batch_free(b);
}

static void any_number_of_rows_is_sorted(void **state)
{
	struct world *w = *state;

	for (unsigned count = 1; count < 70; count++) {
		uint32_t x = count;
		struct batch *b;

		for (uint64_t i = 0; i < count; i++) {
			x = x * 1664525 + 1013904223;
			add_plain(w, x >> 28, i);
		}
		b = recode(w);
		for (uint32_t i = 1; i < count; i++) {
			assert_true(batch_ts(b, i - 1) <= batch_ts(b, i));
			if (batch_ts(b, i - 1) == batch_ts(b, i))
				assert_true(number_of(b, i - 1) < number_of(b, i));
		}
		batch_free(b);
	}
}

static void the_widest_times_and_numbers_come_back(void **state)
{
	struct world *w = *state;
	struct batch *b;

	add_plain(w, UINT64_MAX - 1, UINT64_MAX);
	add_plain(w, 0, UINT64_C(1) << 63);
	add_plain(w, UINT64_C(1) << 63, 0);
	b = recode(w);
	assert_true(batch_ts(b, 0) == 0 && number_of(b, 0) == UINT64_C(1) << 63);
	assert_true(batch_ts(b, 1) == UINT64_C(1) << 63 && number_of(b, 1) == 0);
	assert_true(batch_ts(b, 2) == UINT64_MAX - 1 && number_of(b, 2) == UINT64_MAX);
	batch_free(b);
}

static void schemas_mix_and_keep_their_values(void **state)
{
	struct world *w = *state;
	struct batch *b;

	add_rich(w, 5, "five", "ab");
	add_plain(w, 3, 3);
	add_rich(w, 2, "", NULL);
	add_plain(w, 4, 4);
	add_rich(w, 1, "one", "cd");
	b = recode(w);
	text_is(b, 0, "one", "cd");
	text_is(b, 1, "", NULL);
	assert_int_equal(number_of(b, 2), 3);
	assert_int_equal(number_of(b, 3), 4);
	text_is(b, 4, "five", "ab");
	batch_free(b);
}

static void rows_are_counted_in_every_way(void **state)
{
	struct row row = {.schema = LAST, .ts_ns = 12};
	struct world *w = *state;

	add_plain(w, 10, 1);
	assert_int_equal(rows_count(w->rows), 1);
	assert_int_equal(rows_extent(w->rows).cells, 3 + 1);
	assert_int_equal(rows_extent(w->rows).columns, HOT_COLUMNS + 1);
	add_rich(w, 11, "text", "ab");
	assert_int_equal(rows_extent(w->rows).cells, 4 + 3 + 1 + 1 + 2);
	assert_int_equal(rows_extent(w->rows).columns, HOT_COLUMNS + 1 + 1 + 1 + 2);
	assert_int_equal(rows_extent(w->rows).bytes, 6);
	add_rich(w, 9, "text", NULL);
	assert_int_equal(rows_extent(w->rows).columns, HOT_COLUMNS + 1 + 1 + 1 + 2);
	assert_int_equal(rows_extent(w->rows).bytes, 12);
	assert_int_equal(rows_add(w->rows, section_schema(&w->section, LAST), &row, NULL), 0);
	assert_int_equal(rows_min_ts(w->rows), 9);
	assert_int_equal(rows_max_ts(w->rows), 12);
	assert_true(rows_schema_bits(w->rows) == (UINT64_C(1) << 1 | UINT64_C(1) << 2 | 1));
	batch_free(recode(w));
	assert_int_equal(rows_extent(w->rows).cells, 0);
	assert_int_equal(rows_extent(w->rows).columns, HOT_COLUMNS);
	assert_int_equal(rows_extent(w->rows).bytes, 0);
	assert_true(rows_schema_bits(w->rows) == 0);
}

static bool reaches(struct rows_extent e, struct rows_extent full)
{
	return e.rows >= full.rows || e.cells >= full.cells || e.columns >= full.columns ||
	       e.bytes >= full.bytes || e.memory >= full.memory || e.width >= full.width;
}

/* One of some kinds, the first ones small. */
static int add_some(struct world *w, struct rows *r, unsigned i)
{
	static const char text[] = "some text, as long as it may be";
	struct value values[WIDE_FIELDS] = {{.num = 1}};
	uint32_t ref = 0, schema = i < 8 || i % 3 ? LAST : i % 5 ? PLAIN : i % 7 ? RICH : WIDE;
	struct row row = {.schema = schema, .ts_ns = i, .refs = &ref, .values = values};

	if (schema == RICH) {
		values[0] = (struct value){.bytes = (const uint8_t *)text, .len = i % 32};
		values[1].bytes = (const uint8_t *)text;
	}
	return rows_add(r, section_schema(&w->section, schema), &row, NULL);
}

/* A reader counts the columns that are listed. */
static void raw_columns_have_values_too(void **state)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "g", "keyed", NULL);
	struct field number = forge_field("number", FIELD_INT, 4, 1);
	struct value value = {.num = 7};
	uint32_t ref = 0;
	struct row row = {.schema = KEYED_ONE, .refs = &ref, .values = &value};
	struct world *w = *state;

	number.key_ref = 1;
	schema_add_ref(s, 9, NULL);
	forge_add(s, number);
	add_schema(w, s, KEYED_ONE);
	assert_int_equal(rows_add(w->rows, s, &row, NULL), 0);
	assert_int_equal(rows_extent(w->rows).cells, 3 + 1 + 1 + 1);
	assert_int_equal(rows_extent(w->rows).columns, HOT_COLUMNS + 1 + 1 + 1);
}

static void a_block_is_full_with_the_row_that_reaches_a_limit(void **state)
{
	static const struct rows_extent full[] = {
		{1, 1000, 1000, 1000, 1000, 9000},    {40, 9000, 1000, 9000, 90000, 9000},
		{9000, 300, 1000, 9000, 90000, 9000}, {9000, 9000, 11, 9000, 90000, 9000},
		{9000, 9000, 200, 9000, 90000, 9000}, {9000, 9000, 1000, 50, 90000, 9000},
		{9000, 9000, 1000, 9000, 500, 9000},  {9000, 9000, 1000, 9000, 90000, 200},
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(full) / sizeof(*full); i++) {
		struct rows *r = rows_new(&full[i]);

		for (unsigned n = 0, blocks = 0; blocks < 3; n++) {
			int rc = add_some(w, r, n);

			assert_int_equal(rc, reaches(rows_extent(r), full[i]) ? END : 0);
			if (rc == END) {
				rows_clear(r);
				blocks++;
			}
		}
		rows_free(r);
	}
}

static void a_second_block_knows_nothing_of_the_first(void **state)
{
	struct world *w = *state;
	struct batch *b;

	add_rich(w, 100, "before", "xy");
	add_plain(w, 50, 1);
	batch_free(recode(w));
	add_rich(w, 7, "after", NULL);
	assert_int_equal(rows_min_ts(w->rows), 7);
	assert_int_equal(rows_max_ts(w->rows), 7);
	b = recode(w);
	assert_int_equal(batch_rows(b), 1);
	text_is(b, 0, "after", NULL);
	batch_free(b);
}

/* Which fields of a row are absent, and the value of the others. */
static bool is_absent(unsigned row, unsigned field)
{
	return field % 2 && (row + field) % 5 == 0;
}

static uint64_t wide_number(unsigned row, unsigned field)
{
	uint64_t number = (uint64_t)(row * (field % 4) + 1) << 40 | row << 8 | field;

	return field % 3 ? number : (uint32_t)number;
}

static void add_wide(struct world *w, unsigned row)
{
	struct value values[WIDE_FIELDS];
	struct row r = {.schema = WIDE, .ts_ns = row, .values = values};

	for (unsigned i = 0; i < WIDE_FIELDS; i++)
		values[i] = (struct value){.num = wide_number(row, i),
					   .is_absent = is_absent(row, i) || i % 2 == 0};
	assert_int_equal(rows_add(w->rows, section_schema(&w->section, WIDE), &r, NULL), 0);
}

static void only_optional_values_are_absent(void **state)
{
	struct world *w = *state;
	struct batch *b;
	struct event ev;
	uint64_t got;

	for (unsigned row = 0; row < 12; row++)
		add_wide(w, row);
	b = recode(w);
	for (unsigned row = 0; row < 12; row++) {
		assert_true(batch_event(b, row, &ev));
		for (unsigned i = 0; i < WIDE_FIELDS; i++) {
			assert_int_equal(event_int(&ev, (int)i, &got), !is_absent(row, i));
			if (!is_absent(row, i))
				assert_true(got == wide_number(row, i));
		}
	}
	batch_free(b);
}

static void add_raw(struct world *w, uint64_t ts, uint16_t flags, const char *text)
{
	struct record record = {UINT64_MAX, -5,        -6, {'a', (uint8_t)('a' + ts)},
				ts << 60,   UINT64_MAX};
	struct view string = view_of(text, text ? strlen(text) : 0);
	uint32_t refs[SCHEMA_MAX_REFS] = {5};
	struct raw_row row = {.schema = RAW,
			      .cpu = 3,
			      .ts_ns = ts,
			      .flags = flags,
			      .refs = refs,
			      .memory = (const uint8_t *)&record,
			      .strings = &string};

	assert_int_equal(rows_add_raw(w->rows, &row, NULL), 0);
}

static void raw_is(struct batch *b, uint32_t row, uint64_t ts, uint16_t flags, const char *text)
{
	struct event ev;
	struct view out;
	uint64_t got;

	assert_true(batch_event(b, row, &ev));
	assert_int_equal(ev.ts_ns, ts);
	assert_int_equal(event_ref(&ev, 1), 5);
	assert_true(event_int(&ev, 0, &got) && (int64_t)got == -5);
	assert_int_equal(event_bytes(&ev, 1, &out), text != NULL);
	if (text)
		assert_true(view_len(out) == strlen(text) && !memcmp(out.p, text, strlen(text)));
	assert_int_equal(event_int(&ev, 2, &got), !!(flags & PAIR_FLAG));
	assert_true(!(flags & PAIR_FLAG) || got == ts << 60);
	assert_int_equal(event_int(&ev, 3, &got), !!(flags & SMALL_FLAG));
	assert_true(!(flags & SMALL_FLAG) || (int64_t)got == -6);
	assert_int_equal(event_bytes(&ev, 4, &out), !!(flags & PAIR_FLAG));
	assert_true(!(flags & PAIR_FLAG) || (out.p[0] == 'a' && out.p[1] == 'a' + ts));
}

static void raw_rows_lack_what_their_flags_do_not_announce(void **state)
{
	static const uint16_t flags[] = {PAIR_FLAG | SMALL_FLAG | 2, PAIR_FLAG, SMALL_FLAG, 2,
					 PAIR_FLAG | SMALL_FLAG};
	static const char *const texts[] = {"text", NULL, "", "more", NULL};
	struct world *w = *state;
	struct batch *b;

	assert_int_equal(rows_lay_out(w->rows, section_schema(&w->section, RAW), raw_places, NULL),
			 0);
	for (unsigned block = 0; block < 2; block++) {
		for (unsigned i = 5; i-- > block;)
			add_raw(w, i, flags[i], texts[i]);
		b = recode(w);
		for (unsigned i = block; i < 5; i++)
			raw_is(b, i - block, i, flags[i], texts[i]);
		batch_free(b);
	}
}

static void raw_rows_may_have_no_values(void **state)
{
	const uint32_t refs[SCHEMA_MAX_REFS] = {0};
	struct raw_row row = {.schema = LAST, .ts_ns = 12, .refs = refs};
	struct world *w = *state;
	struct batch *b;

	assert_int_equal(rows_lay_out(w->rows, section_schema(&w->section, LAST), NULL, NULL), 0);
	assert_int_equal(rows_add_raw(w->rows, &row, NULL), 0);
	b = recode(w);
	assert_int_equal(batch_rows(b), 1);
	assert_int_equal(batch_ts(b, 0), 12);
	batch_free(b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_of_equal_time_keep_the_order_of_writing),
		TEST(any_number_of_rows_is_sorted),
		TEST(the_widest_times_and_numbers_come_back),
		TEST(schemas_mix_and_keep_their_values),
		TEST(rows_are_counted_in_every_way),
		TEST(raw_columns_have_values_too),
		TEST(a_block_is_full_with_the_row_that_reaches_a_limit),
		TEST(a_second_block_knows_nothing_of_the_first),
		TEST(only_optional_values_are_absent),
		TEST(raw_rows_lack_what_their_flags_do_not_announce),
		TEST(raw_rows_may_have_no_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
