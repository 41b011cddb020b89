/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_entries.c -- dictionary entries by column, and columns that lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/attributes.h"
#include "format/dict.h"
#include "format/entries.h"
#include "tests/format/forge.h"

enum { COUNT = 40 };

struct world {
	struct schema *schema;
	struct entry_tools tools;
	struct keyed *keyed; /* of the reader */
	struct buf packed, columns, out;
};

/* An id, a key, a value keyed by it, its mirror, and every other kind. */
static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct field f = forge_field("id", FIELD_INT, 8, 1);

	w->schema = schema_new(SCHEMA_DICT, "", "all", NULL);
	w->schema->id = 1;
	f.flags = FIELD_ID;
	forge_add(w->schema, f);
	forge_add(w->schema, forge_field("key", FIELD_INT, 4, 1));
	f = forge_field("sport", FIELD_INT, 2, 1);
	f.key_ref = 1;
	f.key_attribute = 1;
	forge_add(w->schema, f);
	f = forge_field("dport", FIELD_INT, 2, 1);
	f.key_ref = 1;
	f.key_attribute = 1;
	f.flags = FIELD_FLIP;
	forge_add(w->schema, f);
	forge_add(w->schema, forge_field("addr", FIELD_BYTES, 1, 4));
	forge_add(w->schema, forge_field("name", FIELD_STRING, 1, 0));
	forge_add(w->schema, forge_field("mem", FIELD_ARRAY, 8, 2));
	assert_int_equal(schema_seal(w->schema, NULL), 0);
	w->tools = (struct entry_tools){byte_table_new(), keyed_new()};
	w->keyed = keyed_new();
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	schema_free(w->schema);
	byte_table_free(w->tools.table);
	keyed_free(w->tools.keyed);
	keyed_free(w->keyed);
	buf_release(&w->packed);
	buf_release(&w->columns);
	buf_release(&w->out);
	free(w);
	return 0;
}

static void put_entry(struct buf *b, uint32_t i)
{
	char name[16];

	snprintf(name, sizeof(name), "%.*s", (int)(i % 5), "names");
	put_u64(b, UINT64_MAX - i);
	put_u32(b, i);
	put_u16(b, (uint16_t)(40000 + i));
	put_u16(b, (uint16_t)(i % 3 ? 80 : 40000 + i));
	put_u32(b, i * 2654435761u);
	put_u16(b, (uint16_t)strlen(name));
	put_bytes(b, name, strlen(name));
	put_u64(b, i);
	put_u64(b, 7);
}

static void encode(struct world *w, uint32_t count)
{
	buf_clear(&w->packed);
	buf_clear(&w->columns);
	for (uint32_t i = 0; i < count; i++)
		put_entry(&w->packed, i);
	entries_encode(w->schema, view_of(w->packed.data, w->packed.len), count, &w->tools,
		       &w->columns);
	assert_false(w->columns.is_failed);
}

/* The entries packed again. */
static void pack(const struct attributes *a, struct buf *out)
{
	for (size_t at = 0; at < a->count; at++)
		for (int i = 0; i < a->schema->field_count; i++) {
			const struct field *f = &a->schema->fields[i];
			struct view bytes;
			uint64_t value;

			if (f->kind == FIELD_INT) {
				assert_true(attributes_int(a, at, i, &value));
				assert_true(buf_reserve(out, f->elem_size));
				store_le(out->data + out->len, f->elem_size, value);
				out->len += f->elem_size;
				continue;
			}
			assert_true(attributes_bytes(a, at, i, &bytes));
			if (f->kind == FIELD_STRING)
				put_u16(out, (uint16_t)view_len(bytes));
			put_bytes(out, bytes.p, view_len(bytes));
		}
}

/* Decode and pack again; what fails appends nothing. */
static int decode_entries(struct world *w, const struct schema *s, size_t len, size_t count)
{
	uint8_t *exact = forge_exact(w->columns.data, len);
	struct attributes a;
	uint64_t bytes = 0;
	int rc;

	assert_true(attributes_init(&a, s));
	rc = attributes_decode(&a, view_of(exact, len), count, w->keyed, DICT_MAX_BYTES, &bytes,
			       NULL);
	free(exact);
	assert_int_equal(a.count, rc ? 0 : count);
	buf_clear(&w->out);
	pack(&a, &w->out);
	assert_int_equal(w->out.len, bytes);
	attributes_release(&a);
	return rc;
}

static int decode(struct world *w, size_t len, size_t count)
{
	return decode_entries(w, w->schema, len, count);
}

static void entries_come_back(void **state)
{
	struct world *w = *state;

	for (uint32_t count = 1; count < COUNT; count++) {
		encode(w, count);
		assert_int_equal(decode(w, w->columns.len, count), 0);
		assert_int_equal(w->out.len, w->packed.len);
		assert_memory_equal(w->out.data, w->packed.data, w->packed.len);
	}
}

/* Runs of a dictionary one after the other: values stay where they are found. */
static void runs_are_appended(void **state)
{
	struct world *w = *state;
	struct attributes a;
	struct buf all = {0};
	uint64_t bytes;

	assert_true(attributes_init(&a, w->schema));
	for (uint32_t count = 0; count < COUNT; count++) {
		keyed_reset(w->keyed);
		keyed_reset(w->tools.keyed);
		encode(w, count);
		put_bytes(&all, w->packed.data, w->packed.len);
		assert_int_equal(attributes_decode(&a, view_of(w->columns.data, w->columns.len),
						   count, w->keyed, w->packed.len, &bytes, NULL),
				 0);
		assert_int_equal(bytes, w->packed.len);
		keyed_reset(w->keyed);
		assert_int_equal(attributes_decode(&a, view_of(w->columns.data, w->columns.len),
						   count, w->keyed, w->packed.len - 1, &bytes,
						   NULL),
				 count ? ERR_CORRUPT : 0);
	}
	buf_clear(&w->out);
	pack(&a, &w->out);
	assert_int_equal(w->out.len, all.len);
	assert_memory_equal(w->out.data, all.data, all.len);
	attributes_release(&a);
	buf_release(&all);
}

static void no_entries_are_no_bytes(void **state)
{
	struct world *w = *state;

	encode(w, 0);
	assert_int_equal(decode(w, w->columns.len, 0), 0);
	assert_int_equal(w->out.len, 0);
}

static void columns_cut_anywhere_are_refused(void **state)
{
	struct world *w = *state;

	encode(w, COUNT);
	for (size_t len = 0; len < w->columns.len; len++)
		assert_int_equal(decode(w, len, COUNT), ERR_CORRUPT);
	put_u8(&w->columns, 0);
	assert_int_equal(decode(w, w->columns.len, COUNT), ERR_CORRUPT);
}

static void columns_of_another_count_are_refused(void **state)
{
	struct world *w = *state;

	encode(w, COUNT);
	for (size_t count = 0; count < 2 * COUNT; count++) {
		keyed_reset(w->keyed);
		assert_int_equal(decode(w, w->columns.len, count),
				 count == COUNT ? 0 : ERR_CORRUPT);
	}
}

static void the_size_of_an_entry_is_known_only_when_it_is_whole(void **state)
{
	struct world *w = *state;
	struct view out;

	put_entry(&w->packed, 4);
	for (size_t len = 0; len < w->packed.len; len++) {
		uint8_t *exact = forge_exact(w->packed.data, len);

		assert_int_equal(entry_size(w->schema, view_of(exact, len)), 0);
		assert_false(entry_attribute(w->schema, view_of(exact, len), 6, &out));
		free(exact);
	}
	assert_int_equal(entry_size(w->schema, view_of(w->packed.data, w->packed.len)),
			 w->packed.len);
}

static void the_first_and_the_last_attribute_are_found_and_the_next_is_not(void **state)
{
	struct world *w = *state;
	struct view entry, out;

	put_entry(&w->packed, 4);
	entry = view_of(w->packed.data, w->packed.len);
	assert_false(entry_attribute(w->schema, entry, -1, &out));
	assert_true(entry_attribute(w->schema, entry, 0, &out));
	assert_int_equal(view_len(out), 8);
	assert_true(entry_attribute(w->schema, entry, 5, &out));
	assert_int_equal(view_len(out), 4);
	assert_memory_equal(out.p, "name", 4);
	assert_true(entry_attribute(w->schema, entry, 6, &out));
	assert_int_equal(view_len(out), 16);
	assert_false(entry_attribute(w->schema, entry, 7, &out));
}

/* A column of one string for all. */
static void put_const_string(struct buf *b, const char *text, size_t len)
{
	struct buf column = {0};

	put_string(&column, text, len);
	put_u8(b, CODEC_CONST);
	put_string(b, column.data, column.len);
	buf_release(&column);
}

static int decode_strings(struct world *w, size_t len, size_t count)
{
	struct schema *s = schema_new(SCHEMA_DICT, "", "strings", NULL);
	char *text = calloc(1, len + 1);
	int rc;

	forge_add(s, forge_field("text", FIELD_STRING, 1, 0));
	assert_int_equal(schema_seal(s, NULL), 0);
	buf_clear(&w->columns);
	buf_clear(&w->out);
	put_const_string(&w->columns, text, len);
	put_string(&w->columns, "", 0);
	rc = decode_entries(w, s, w->columns.len, count);
	free(text);
	schema_free(s);
	return rc;
}

static void the_longest_string_fits_an_entry_and_a_longer_one_does_not(void **state)
{
	struct world *w = *state;

	assert_int_equal(decode_strings(w, UINT16_MAX, 2), 0);
	assert_int_equal(w->out.len, 2 * (UINT16_MAX + 2));
	assert_int_equal(decode_strings(w, UINT16_MAX + 1, 1), ERR_CORRUPT);
}

/* 64 KiB of columns could stand for 64 GiB of entries. */
static void entries_of_more_than_an_epoch_are_refused_in_time(void **state)
{
	struct world *w = *state;

	assert_int_equal(decode_strings(w, UINT16_MAX, DICT_MAX_ENTRIES), ERR_CORRUPT);
	assert_int_equal(decode_strings(w, UINT16_MAX, DICT_MAX_BYTES / (UINT16_MAX + 2)), 0);
	assert_int_equal(decode_strings(w, UINT16_MAX, DICT_MAX_BYTES / (UINT16_MAX + 2) + 1),
			 ERR_CORRUPT);
	assert_int_equal(decode_strings(w, 0, DICT_MAX_BYTES / 2 + 1), ERR_CORRUPT);
}

static void values_beyond_the_limit_are_refused_before_they_are_decoded(void **state)
{
	struct world *w = *state;

	encode(w, 1);
	assert_int_equal(decode(w, w->columns.len, ENTRIES_MAX_VALUES), ERR_CORRUPT);
	assert_int_equal(decode(w, w->columns.len, SIZE_MAX), ERR_CORRUPT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(entries_come_back),
		TEST(runs_are_appended),
		TEST(no_entries_are_no_bytes),
		TEST(columns_cut_anywhere_are_refused),
		TEST(columns_of_another_count_are_refused),
		TEST(the_size_of_an_entry_is_known_only_when_it_is_whole),
		TEST(the_first_and_the_last_attribute_are_found_and_the_next_is_not),
		TEST(the_longest_string_fits_an_entry_and_a_longer_one_does_not),
		TEST(entries_of_more_than_an_epoch_are_refused_in_time),
		TEST(values_beyond_the_limit_are_refused_before_they_are_decoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
