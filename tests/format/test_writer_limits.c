/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_writer_limits.c -- a writer never exceeds what a reader takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/block.h"
#include "format/dict.h"
#include "tests/format/forge.h"
#include "tests/format/small_writer.h"

enum { ROW_MAX = 1 << 20 };

static void the_last_schema_and_enumeration_fit_and_the_next_do_not(void **state)
{
	struct small_writer *w = *state;
	struct schema *s;
	struct enumeration *e;
	uint32_t id;
	uint16_t enum_id;

	for (uint32_t i = 3; i <= SCHEMA_MAX; i++) {
		s = schema_new(SCHEMA_EVENT, "g", "n", NULL);
		assert_int_equal(writer_schema(w->writer, s, &id, NULL), 0);
		assert_int_equal(id, i);
	}
	s = schema_new(SCHEMA_EVENT, "g", "n", NULL);
	assert_int_equal(writer_schema(w->writer, s, &id, NULL), ERR_USAGE);
	schema_free(s);
	for (uint32_t i = 1; i <= ENUM_MAX; i++) {
		e = enumeration_new("e");
		assert_int_equal(writer_enumeration(w->writer, e, &enum_id, NULL), 0);
		assert_int_equal(enum_id, i);
	}
	e = enumeration_new("e");
	assert_int_equal(writer_enumeration(w->writer, e, &enum_id, NULL), ERR_USAGE);
	enumeration_free(e);
	small_writer_end(w);
	small_writer_read(w);
}

static void names_that_a_reader_would_refuse_are_refused(void **state)
{
	struct small_writer *w = *state;
	char *text = malloc(SCHEMA_MAX_TEXT + 2);
	struct schema *s;
	uint32_t id;

	memset(text, 't', SCHEMA_MAX_TEXT + 1);
	text[SCHEMA_MAX_TEXT + 1] = '\0';
	s = schema_new(SCHEMA_EVENT, "g", "n", text);
	assert_int_equal(writer_schema(w->writer, s, &id, NULL), ERR_USAGE);
	s->text[SCHEMA_MAX_TEXT] = '\0';
	assert_int_equal(writer_schema(w->writer, s, &id, NULL), 0);
	text[SCHEMA_MAX_NAME + 1] = '\0';
	s = schema_new(SCHEMA_EVENT, "g", text, NULL);
	assert_int_equal(writer_schema(w->writer, s, &id, NULL), ERR_USAGE);
	schema_free(s);
	free(text);
	small_writer_end(w);
	small_writer_read(w);
}

static void schemas_of_many_megabytes_are_several_blocks_or_refused(void **state)
{
	struct small_writer *w = *state;
	char *text = malloc(SCHEMA_MAX_TEXT + 1);
	struct schema *s;
	uint32_t id;
	int rc = 0;

	memset(text, 't', SCHEMA_MAX_TEXT);
	text[SCHEMA_MAX_TEXT] = '\0';
	for (int i = 0; i < 1000 && !rc; i++) {
		s = schema_new(SCHEMA_EVENT, "g", "n", text);
		rc = writer_schema(w->writer, s, &id, NULL);
	}
	assert_int_equal(rc, ERR_USAGE);
	schema_free(s);
	free(text);
	small_writer_end(w);
	small_writer_read(w);
}

static void facts_that_a_reader_would_refuse_are_refused(void **state)
{
	struct small_writer *w = *state;
	char *text = malloc(FACT_MAX_VALUE + 2);
	int count = 0;

	memset(text, 'v', FACT_MAX_VALUE + 1);
	text[FACT_MAX_VALUE + 1] = '\0';
	assert_int_equal(writer_fact(w->writer, "key", text, NULL), ERR_USAGE);
	assert_int_equal(writer_fact(w->writer, text, "value", NULL), ERR_USAGE);
	text[FACT_MAX_VALUE] = '\0';
	while (writer_fact(w->writer, "key", text, NULL) == 0)
		count++;
	assert_true(count > 10);
	small_writer_end(w);
	assert_int_equal(small_writer_read(w).facts, count);
	free(text);
}

static void the_last_fact_fits_and_the_next_does_not(void **state)
{
	struct small_writer *w = *state;

	for (int i = 0; i < FACTS_MAX; i++) {
		assert_int_equal(writer_fact(w->writer, "key", "value", NULL), 0);
		if (i % 1000 == 0)
			assert_int_equal(writer_flush(w->writer, NULL), 0);
	}
	assert_int_equal(writer_fact(w->writer, "key", "value", NULL), ERR_USAGE);
	small_writer_end(w);
	assert_int_equal(small_writer_read(w).facts, FACTS_MAX);
}

static void a_row_of_a_megabyte_fits_and_a_longer_one_does_not(void **state)
{
	struct small_writer *w = *state;
	char *text = calloc(1, ROW_MAX + 1);

	assert_int_equal(small_writer_add(w, 1, 0, text, ROW_MAX), 0);
	assert_int_equal(small_writer_add(w, 2, 0, text, ROW_MAX + 1), ERR_USAGE);
	assert_int_equal(small_writer_add(w, 3, 0, text, 0), 0);
	small_writer_end(w);
	assert_int_equal(small_writer_read(w).events, 2);
	free(text);
}

/* Numbers that cost ten bytes with every codec, beside the longest strings. */
static void the_widest_rows_stay_within_the_limits_of_a_block(void **state)
{
	enum { ROWS = 9000 };
	struct small_writer *w = *state;
	struct schema *s = schema_new(SCHEMA_EVENT, "g", "wide", NULL);
	struct value values[SCHEMA_MAX_FIELDS];
	struct row row = {.values = values};
	uint8_t *noise = malloc(ROW_MAX);
	uint32_t x = 1;

	for (size_t i = 0; i < ROW_MAX; i++) {
		x = x * 1664525 + 1013904223;
		noise[i] = (uint8_t)(x >> 24);
	}
	forge_add(s, forge_field("text", FIELD_STRING, 1, 0));
	for (int i = 1; i < SCHEMA_MAX_FIELDS; i++)
		forge_add(s, forge_field("f", FIELD_INT, 8, 1));
	assert_int_equal(writer_schema(w->writer, s, &row.schema, NULL), 0);
	for (uint64_t i = 0; i < ROWS; i++) {
		uint64_t number = (UINT64_C(2) + i % 2) << 62;

		row.ts_ns = i;
		memset(values, 0, sizeof(values));
		values[0].bytes = noise + i;
		values[0].len = i % 3500 == 3490 ? ROW_MAX - ROWS : 1000;
		for (int f = 1; f < SCHEMA_MAX_FIELDS; f++)
			values[f].num = number + i;
		assert_int_equal(writer_add(w->writer, &row, NULL), 0);
	}
	small_writer_end(w);
	assert_int_equal(small_writer_read(w).events, ROWS);
	free(noise);
}

/* What compresses to nearly nothing is padded: here fields that are all 0. */
static void wide_rows_of_nothing_have_a_block_of_some_size(void **state)
{
	enum { ROWS = 8000 };
	struct small_writer *w = *state;
	struct schema *s = schema_new(SCHEMA_EVENT, "g", "wide", NULL);
	struct value values[SCHEMA_MAX_FIELDS] = {{0}};
	struct row row = {.values = values};

	for (int i = 0; i < SCHEMA_MAX_FIELDS; i++)
		forge_add(s, forge_field("f", FIELD_INT, 1, 1));
	assert_int_equal(writer_schema(w->writer, s, &row.schema, NULL), 0);
	for (row.ts_ns = 0; row.ts_ns < ROWS; row.ts_ns++)
		assert_int_equal(writer_add(w->writer, &row, NULL), 0);
	small_writer_end(w);
	assert_int_equal(small_writer_read(w).events, ROWS);
}

/* One text of all rows, and one that all have from a dictionary. */
static void strings_that_repeat_have_a_block_of_some_size(void **state)
{
	enum { ROWS = 70000, LEN = 65535, OWN = 4000 };
	struct small_writer *w = *state;
	char *text = malloc(LEN);
	uint32_t id;
	struct tally t;

	memset(text, 'x', LEN);
	assert_int_equal(small_writer_intern(w, text, LEN, &id), 0);
	for (uint64_t i = 0; i < ROWS; i++)
		assert_int_equal(small_writer_add(w, i, id, text, i < ROWS / 2 ? OWN : 0), 0);
	small_writer_end(w);
	t = small_writer_read(w);
	assert_int_equal(t.events, ROWS);
	assert_int_equal(t.nulls, 0);
	assert_int_equal(t.bytes, (uint64_t)ROWS * LEN + (uint64_t)ROWS / 2 * OWN);
	free(text);
}

/* 300 schemas of 776 columns each, but the first has 600: 84 of them have 65012 columns,
 * and one more does not fit a block of 65536. */
static void columns_of_many_schemas_stay_within_the_limit_of_a_block(void **state)
{
	enum { SCHEMAS = 300 };
	struct value values[SCHEMA_MAX_FIELDS] = {{0}};
	const uint32_t refs[SCHEMA_MAX_REFS] = {0};
	struct small_writer *w = *state;
	struct row row = {.values = values, .refs = refs};
	uint32_t first = 0, dicts[SCHEMA_MAX_REFS];

	for (int i = 0; i < SCHEMA_MAX_REFS; i++) {
		struct schema *s = schema_new(SCHEMA_DICT, "", "d", NULL);

		forge_add(s, forge_field("f", FIELD_INT, 8, 1));
		assert_int_equal(writer_schema(w->writer, s, &dicts[i], NULL), 0);
	}
	for (int i = 0; i < SCHEMAS; i++) {
		struct schema *s = schema_new(SCHEMA_EVENT, "g", "n", NULL);
		struct field f = forge_field("f", FIELD_INT, 8, 1);

		for (int j = 0; j < SCHEMA_MAX_REFS; j++)
			schema_add_ref(s, dicts[j], NULL);
		f.flags = FIELD_OPTIONAL;
		f.key_ref = SCHEMA_MAX_REFS;
		for (int j = 0; j < (first ? SCHEMA_MAX_FIELDS : 197); j++)
			forge_add(s, f);
		if (!first)
			forge_add(s, forge_field("f", FIELD_INT, 8, 1));
		assert_int_equal(writer_schema(w->writer, s, &row.schema, NULL), 0);
		first = first ? first : row.schema;
	}
	for (uint64_t i = 0; i < 3 * SCHEMAS; i++) {
		row.schema = first + (uint32_t)(i % SCHEMAS);
		row.ts_ns = i;
		assert_int_equal(writer_add(w->writer, &row, NULL), 0);
	}
	small_writer_end(w);
	assert_int_equal(small_writer_read(w).events, 3 * SCHEMAS);
}

/* The longest entries: every block and every epoch stays within the reader's limits. */
static void dictionaries_of_long_strings_stay_within_the_limits(void **state)
{
	enum { COUNT = 3000, LEN = 65535 };
	struct small_writer *w = *state;
	char *text = calloc(1, LEN);
	struct tally t;

	memset(text, 'x', LEN);
	for (uint64_t i = 0; i < COUNT; i++) {
		uint32_t id;

		memcpy(text, &i, sizeof(i));
		assert_int_equal(small_writer_intern(w, text, LEN, &id), 0);
		assert_int_equal(small_writer_add(w, i, id, "", 0), 0);
	}
	assert_true(writer_epoch(w->writer) > 3);
	small_writer_end(w);
	t = small_writer_read(w);
	assert_int_equal(t.events, COUNT);
	assert_int_equal(t.nulls, 0);
	assert_int_equal(t.bytes, (uint64_t)COUNT * LEN);
	free(text);
}

static void entries_without_rows_are_written_until_the_dictionary_is_full(void **state)
{
	enum { LEN = 65535 };
	struct small_writer *w = *state;
	char *text = calloc(1, LEN);
	uint32_t id = 0, last = 0;

	for (uint64_t i = 0;; i++) {
		memcpy(text, &i, sizeof(i));
		if (small_writer_intern(w, text, LEN, &id))
			break;
		last = id;
		assert_true(i < DICT_MAX_BYTES / LEN);
	}
	assert_int_equal(writer_epoch(w->writer), 1);
	assert_int_equal(small_writer_add(w, 1, last, "", 0), 0); /* which begins a new epoch */
	assert_int_equal(writer_epoch(w->writer), 2);
	assert_int_equal(small_writer_intern(w, text, LEN, &id), 0);
	assert_int_equal(id, 1);
	small_writer_end(w);
	assert_int_equal(small_writer_read(w).bytes, LEN);
	free(text);
}

static void many_losses_and_clock_readings_are_several_blocks(void **state)
{
	enum { COUNT = 70000 };
	struct loss loss = {.count = 1};
	struct clock_reading clock = {.ts_ns = 1};
	struct small_writer *w = *state;
	struct tally t;

	for (int i = 0; i < COUNT; i++) {
		assert_int_equal(writer_loss(w->writer, &loss, NULL), 0);
		assert_int_equal(writer_clock(w->writer, &clock, NULL), 0);
	}
	small_writer_end(w);
	t = small_writer_read(w);
	assert_int_equal(t.losses, COUNT);
	assert_int_equal(t.clocks, COUNT);
}

static void options_beyond_the_limits_are_the_defaults(void **state)
{
	struct small_writer *w = small_writer_new((
		struct writer_options){.block_rows = BLOCK_MAX_ROWS + 1, .dict_limit = UINT32_MAX});

	(void)state;
	for (uint64_t i = 0; i < BLOCK_MAX_ROWS + 1; i++) {
		uint32_t id;

		assert_int_equal(small_writer_intern(w, (char *)&i, sizeof(i), &id), 0);
		assert_int_equal(small_writer_add(w, i, id, "", 0), 0);
	}
	assert_int_equal(writer_epoch(w->writer), 2);
	small_writer_end(w);
	assert_int_equal(small_writer_read(w).events, BLOCK_MAX_ROWS + 1);
	small_writer_free(w);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, small_writer_setup, small_writer_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_last_schema_and_enumeration_fit_and_the_next_do_not),
		TEST(names_that_a_reader_would_refuse_are_refused),
		TEST(schemas_of_many_megabytes_are_several_blocks_or_refused),
		TEST(facts_that_a_reader_would_refuse_are_refused),
		TEST(the_last_fact_fits_and_the_next_does_not),
		TEST(a_row_of_a_megabyte_fits_and_a_longer_one_does_not),
		TEST(the_widest_rows_stay_within_the_limits_of_a_block),
		TEST(wide_rows_of_nothing_have_a_block_of_some_size),
		TEST(strings_that_repeat_have_a_block_of_some_size),
		TEST(columns_of_many_schemas_stay_within_the_limit_of_a_block),
		TEST(dictionaries_of_long_strings_stay_within_the_limits),
		TEST(entries_without_rows_are_written_until_the_dictionary_is_full),
		TEST(many_losses_and_clock_readings_are_several_blocks),
		cmocka_unit_test(options_beyond_the_limits_are_the_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
