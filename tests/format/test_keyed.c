/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_keyed.c -- values predicted by the last one with the same key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "format/keyed.h"
#include "tests/format/forge.h"
#include "tests/format/small_writer.h"

static void values_come_back(void **state)
{
	static const uint64_t values[] = {0, 1, UINT32_MAX, 0, 5, 5, 1 << 20, 1 << 21, 3000000000u};
	struct keyed *in = keyed_new(), *out = keyed_new();
	uint64_t tokens[64], value;
	struct buf raw = {0};
	struct view rest;
	size_t n = 0;

	(void)state;
	for (unsigned size = 1; size <= 8; size *= 2)
		for (size_t i = 0; i < 9; i++)
			tokens[n++] = keyed_put(in, i % 2, values[i], size, &raw);
	rest = view_of(raw.data, raw.len);
	n = 0;
	for (unsigned size = 1; size <= 8; size *= 2)
		for (size_t i = 0; i < 9; i++) {
			uint64_t mask = size == 8 ? UINT64_MAX : (UINT64_C(1) << 8 * size) - 1;

			assert_true(keyed_value(out, i % 2, tokens[n++], size, &rest, &value));
			assert_true(value == (values[i] & mask));
		}
	assert_int_equal(view_len(rest), 0);
	keyed_free(in);
	keyed_free(out);
	buf_release(&raw);
}

static void neighbours_of_the_last_value_need_no_raw_bytes(void **state)
{
	struct keyed *k = keyed_new();
	struct buf raw = {0};

	(void)state;
	keyed_put(k, 7, 4000000000u, 4, &raw);
	assert_int_equal(raw.len, 4);
	keyed_put(k, 7, 4000000001u, 4, &raw);
	keyed_put(k, 7, 0, 4, &raw);
	keyed_put(k, 7, 4000000012u, 4, &raw);
	assert_int_equal(raw.len, 4);
	keyed_put(k, 8, 4000000012u, 4, &raw);
	assert_int_equal(raw.len, 8);
	keyed_reset(k);
	keyed_put(k, 7, 4000000012u, 4, &raw);
	assert_int_equal(raw.len, 12);
	keyed_free(k);
	buf_release(&raw);
}

static void raw_bytes_that_ran_out_are_noticed(void **state)
{
	struct keyed *k = keyed_new();
	struct view rest = view_of("abc", 3);
	uint64_t value;

	(void)state;
	assert_false(keyed_value(k, 1, 0, 4, &rest, &value));
	assert_true(keyed_value(k, 1, 0, 2, &rest, &value));
	assert_false(keyed_value(k, 1, 0, 2, &rest, &value));
	assert_true(keyed_value(k, UINT64_MAX, UINT64_MAX, 8, &rest, &value));
	keyed_reset(k);
	for (size_t i = 0; i < KEYED_PLACES; i++)
		assert_int_equal(k->last[i], 0);
	keyed_free(k);
}

/* Two dictionaries of one INT attribute each, -1 and 255 in the same byte; an event with a
 * field keyed by each. What is written must be read, whatever both sides make of the keys. */
static void keys_of_signed_and_unsigned_attributes_are_read_as_written(void **state)
{
	struct small_writer *w = small_writer_new((struct writer_options){0});
	struct schema *event = schema_new(SCHEMA_EVENT, "g", "keyed", NULL);
	struct value values[2];
	uint32_t ids[2];
	struct row row = {.refs = ids, .values = values};

	(void)state;
	for (uint8_t i = 0; i < 2; i++) {
		struct schema *dict = schema_new(SCHEMA_DICT, "", "keys", NULL);
		struct field attribute = forge_field("key", FIELD_INT, 1, 1);
		struct field f = forge_field(i ? "second" : "first", FIELD_INT, 4, 1);
		uint32_t id;

		attribute.flags = i ? 0 : FIELD_SIGNED;
		forge_add(dict, attribute);
		assert_int_equal(writer_schema(w->writer, dict, &id, NULL), 0);
		assert_int_equal(writer_intern(w->writer, id, "\xff", 1, &ids[i], NULL), 0);
		assert_int_equal(schema_add_ref(event, id, NULL), i + 1);
		f.key_ref = (uint8_t)(i + 1);
		forge_add(event, f);
	}
	assert_int_equal(writer_schema(w->writer, event, &row.schema, NULL), 0);
	for (uint64_t i = 0; i < 20; i++) {
		row.ts_ns = i;
		values[0] = (struct value){.num = 1000000 + i};
		values[1] = (struct value){.num = 1000100 + 3 * i};
		assert_int_equal(writer_add(w->writer, &row, NULL), 0);
	}
	small_writer_end(w);
	assert_int_equal(small_writer_read(w).numbers, 20 * 2000100 + 190 + 3 * 190);
	small_writer_free(w);
}

/* A schema of `kind` with one field, keyed by attribute `attribute` of its dictionary. */
static int offer(struct small_writer *w, enum schema_kind kind, uint32_t dict, int attribute)
{
	struct schema *s = schema_new(kind, "g", "keyed", NULL);
	struct field f = forge_field("keyed", FIELD_INT, 4, 1);
	uint32_t id;
	int rc;

	forge_add(s, forge_field("plain", FIELD_INT, 4, 1));
	if (kind == SCHEMA_EVENT)
		schema_add_ref(s, dict, NULL);
	f.key_ref = 1;
	f.key_attribute = (uint8_t)attribute;
	forge_add(s, f);
	rc = writer_schema(w->writer, s, &id, NULL);
	if (rc)
		schema_free(s);
	return rc;
}

static void a_key_is_an_integer_that_is_not_keyed_itself(void **state)
{
	struct small_writer *w = small_writer_new((struct writer_options){0});
	struct schema *dict = schema_new(SCHEMA_DICT, "", "keys", NULL);
	uint32_t id;

	(void)state;
	forge_add(dict, forge_field("number", FIELD_INT, 4, 1));
	forge_add(dict, forge_field("bytes", FIELD_BYTES, 1, 16));
	assert_int_equal(writer_schema(w->writer, dict, &id, NULL), 0);
	assert_int_equal(offer(w, SCHEMA_EVENT, id, 0), 0);
	assert_int_equal(offer(w, SCHEMA_EVENT, id, 1), ERR_USAGE);
	assert_int_equal(offer(w, SCHEMA_EVENT, id, 2), ERR_USAGE);
	assert_int_equal(offer(w, SCHEMA_EVENT, id + 1, 0), ERR_USAGE);
	assert_int_equal(offer(w, SCHEMA_EVENT, 1000, 0), ERR_USAGE);
	assert_int_equal(offer(w, SCHEMA_DICT, 0, 0), 0);
	assert_int_equal(offer(w, SCHEMA_DICT, 0, 1), ERR_USAGE);
	assert_int_equal(offer(w, SCHEMA_DICT, 0, 2), ERR_USAGE);
	small_writer_free(w);
}

static struct field near_field(const char *name, uint8_t flags, uint8_t near, uint8_t start)
{
	struct field f = forge_field(name, FIELD_INT, 4, 1);

	f.flags = flags;
	f.key_ref = 1;
	f.near = near;
	f.start = start;
	return f;
}

/* Segments of 100 to 139 bytes, their frames, and what is left of a message; and those of the
 * other side's numbers. */
static void companions_are_read_as_written(void **state)
{
	struct small_writer *w = small_writer_new((struct writer_options){0});
	struct schema *dict = schema_new(SCHEMA_DICT, "", "keys", NULL);
	struct schema *event = schema_new(SCHEMA_EVENT, "g", "near", NULL);
	uint64_t sum = 0, bytes;
	struct value values[5] = {{0}};
	uint32_t id, ref;
	struct row row = {.refs = &ref, .values = values};

	(void)state;
	forge_add(dict, forge_field("key", FIELD_INT, 4, 1));
	assert_int_equal(writer_schema(w->writer, dict, &id, NULL), 0);
	assert_int_equal(writer_intern(w->writer, id, "\x08\0\0", 4, &ref, NULL), 0);
	schema_add_ref(event, id, NULL);
	forge_add(event, near_field("frame", 0, 3, 0));
	forge_add(event, near_field("seq", 0, 0, 0));
	forge_add(event, near_field("payload", 0, 0, 2));
	forge_add(event, forge_field("queued", FIELD_INT, 4, 1));
	forge_add(event, near_field("left", FIELD_SUM, 4, 0));
	event->fields[2].key_space = 1;
	event->fields[4].key_space = 2;
	assert_int_equal(writer_schema(w->writer, event, &row.schema, NULL), 0);
	values[1].num = 4294960000;
	values[3].num = 0;
	for (uint64_t i = 0; i < 1000; i++) {
		values[1].num = (uint32_t)(values[1].num + (i ? values[2].num : 0));
		values[2].num = 100 + i * 7919 % 40;
		values[0].num = values[2].num + 52;
		values[3].num += i * 6101 % 256;
		values[4].num = 1000000 - values[3].num;
		row.ts_ns = 1000 * i;
		for (int v = 0; v < 5; v++)
			sum += values[v].num;
		assert_int_equal(writer_add(w->writer, &row, NULL), 0);
	}
	small_writer_end(w);
	assert_int_equal(small_writer_read(w).numbers, sum);
	bytes = writer_bytes(w->writer);
	assert_in_range(bytes, 1, 6000); /* two numbers a row are new; plain they would be five */
	small_writer_free(w);
}

/* The companions of a field, near in the high half, after its schema has been written and read. */
static uint8_t near_of(uint8_t near, uint8_t start, unsigned wide, bool has_key)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "g", "near", NULL), *read;
	struct field a = forge_field("a", FIELD_INT, (uint8_t)wide, 1);
	struct buf out = {0};
	struct view in;
	struct field b = near_field("b", 0, near, start);
	uint8_t found;

	s->id = 1;
	b.key_ref = has_key;
	schema_add_ref(s, 2, NULL);
	forge_add(s, a);
	forge_add(s, b);
	forge_add(s, near_field("c", 0, 0, 0));
	schema_encode(s, "", &out);
	in = view_of(out.data, out.len);
	assert_int_equal(schema_decode(&in, &read, NULL), 0);
	found = (uint8_t)(read->fields[1].near << 4 | read->fields[1].start);
	schema_free(read);
	schema_free(s);
	buf_release(&out);
	return found;
}

static void companions_that_cannot_be_are_none(void **state)
{
	(void)state;
	assert_int_equal(near_of(1, 0, 4, true), 0x10);
	assert_int_equal(near_of(1, 0, 8, true), 0);    /* another width */
	assert_int_equal(near_of(2, 2, 4, true), 0);    /* itself */
	assert_int_equal(near_of(3, 3, 4, true), 0x30); /* a start lies before */
	assert_int_equal(near_of(0, 1, 4, true), 0);    /* and has a key */
	assert_int_equal(near_of(4, 0, 4, true), 0);
	assert_int_equal(near_of(255, 255, 4, true), 0);
	assert_int_equal(near_of(3, 0, 4, false), 0x30);
	assert_int_equal(near_of(1, 1, 4, false), 0x10); /* a start is for keys */
	assert_int_equal(near_of(1, 0, 8, false), 0);    /* 4 bytes are near what has no key */
	assert_int_equal(near_of(2, 0, 4, false), 0);
}

static void what_is_full_is_restored(void **state)
{
	bool was_there[256];

	(void)state;
	for (unsigned full = 0; full < 256; full++) {
		memset(was_there, 0, sizeof(was_there));
		for (unsigned value = 0; value < 256; value++) {
			uint64_t coded = full_swapped(value, full, 0xff);

			assert_in_range(coded, 0, 0xff);
			assert_false(was_there[coded]);
			was_there[coded] = true;
			assert_int_equal(full_restored(coded, full, 0xff), value);
		}
		assert_int_equal(full_swapped(full, full, 0xff), 0);
	}
}

/* Whether the second or third field may be near the one before, which is near the first. */
static bool is_chain(bool is_before, bool has_key)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "g", "near", NULL);
	struct field a = near_field("a", 0, is_before ? 0 : 2, 0);
	bool is_near;

	s->id = 1;
	schema_add_ref(s, 2, NULL);
	forge_add(s, a);
	a = near_field("b", 0, is_before ? 1 : 3, 0);
	a.key_ref = has_key;
	forge_add(s, a);
	forge_add(s, near_field("c", 0, is_before ? 2 : 0, 0));
	assert_int_equal(schema_seal(s, NULL), 0);
	is_near = s->fields[is_before ? 2 : 0].near;
	schema_free(s);
	return is_near;
}

static void what_has_something_near_can_be_near_what_follows(void **state)
{
	(void)state;
	assert_true(is_chain(true, true));
	assert_false(is_chain(false, true));
	assert_false(is_chain(true, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_back),
		cmocka_unit_test(neighbours_of_the_last_value_need_no_raw_bytes),
		cmocka_unit_test(raw_bytes_that_ran_out_are_noticed),
		cmocka_unit_test(keys_of_signed_and_unsigned_attributes_are_read_as_written),
		cmocka_unit_test(a_key_is_an_integer_that_is_not_keyed_itself),
		cmocka_unit_test(companions_are_read_as_written),
		cmocka_unit_test(companions_that_cannot_be_are_none),
		cmocka_unit_test(what_is_full_is_restored),
		cmocka_unit_test(what_has_something_near_can_be_near_what_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
