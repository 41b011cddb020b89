/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_dict.c -- dictionary entries, present, missing and impossible. */
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

enum { SOCK = 2, BYTE = 3, EVENT = 4, EMPTY = 5, UNKNOWN = 4000, KEYED = 7 };
enum { NUMBER = 0, SIGN = 1, ADDR = 2, TITLE = 3, MEM = 4, ATTRIBUTES = 5 };

struct world {
	struct section section;
	struct dict_set *set;
};

static void add_schema(struct section *s, struct schema *schema, uint32_t id)
{
	schema->id = id;
	assert_int_equal(schema_seal(schema, NULL), 0);
	assert_int_equal(section_add_schema(s, schema, NULL), 0);
}

static struct schema *sock_schema(void)
{
	struct schema *sock = schema_new(SCHEMA_DICT, "", "sock", NULL);
	struct field sign = forge_field("sign", FIELD_INT, 2, 1);

	sign.flags = FIELD_SIGNED;
	forge_add(sock, forge_field("number", FIELD_INT, 4, 1));
	forge_add(sock, sign);
	forge_add(sock, forge_field("addr", FIELD_BYTES, 1, 3));
	forge_add(sock, forge_field("title", FIELD_STRING, 1, 0));
	forge_add(sock, forge_field("mem", FIELD_ARRAY, 2, 2));
	return sock;
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct schema *byte = schema_new(SCHEMA_DICT, "", "byte", NULL);

	forge_add(byte, forge_field("byte", FIELD_INT, 1, 1));
	add_schema(&w->section, sock_schema(), SOCK);
	add_schema(&w->section, byte, BYTE);
	add_schema(&w->section, schema_new(SCHEMA_EVENT, "g", "event", NULL), EVENT);
	add_schema(&w->section, schema_new(SCHEMA_DICT, "", "empty", NULL), EMPTY);
	w->set = dict_set_new(7);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	dict_set_drop(w->set);
	section_release(&w->section);
	free(w);
	return 0;
}

static void put_sock(struct buf *b, uint32_t number, const char *title)
{
	put_u32(b, number);
	put_u16(b, (uint16_t)(0 - number));
	put_bytes(b, "abc", 3);
	put_u16(b, (uint16_t)strlen(title));
	put_bytes(b, title, strlen(title));
	put_u32(b, 0x00020001);
}

/* A run of one-byte integers below 128. */
static void put_run(struct buf *body, uint64_t schema, uint64_t first, uint64_t count,
		    const void *entries, size_t len)
{
	struct buf columns = {0};

	put_u8(&columns, CODEC_VARINT);
	put_string(&columns, entries, len);
	put_string(&columns, "", 0);
	put_varint(body, schema);
	put_varint(body, first);
	put_varint(body, count);
	put_string(body, columns.data, columns.len);
	buf_release(&columns);
}

static void put_sock_run(struct buf *body, size_t first, size_t count, const struct buf *entries)
{
	struct entry_tools tools = {byte_table_new(), keyed_new()};
	struct schema *s = sock_schema();

	s->id = SOCK;
	assert_int_equal(schema_seal(s, NULL), 0);
	entries_put_run(s, first, count, view_of(entries->data, entries->len), &tools, body);
	schema_free(s);
	byte_table_free(tools.table);
	keyed_free(tools.keyed);
}

/* A run of entries with numbers first, first + 1... */
static void put_socks(struct buf *body, uint32_t first, uint32_t count)
{
	struct buf entries = {0};
	char title[16];

	for (uint32_t i = 0; i < count; i++) {
		snprintf(title, sizeof(title), "%u", first + i);
		put_sock(&entries, first + i, title);
	}
	put_sock_run(body, first, count, &entries);
	buf_release(&entries);
}

static int decode(struct world *w, const struct buf *body, size_t len)
{
	uint8_t *exact = forge_exact(body->data, len);
	int rc = dict_set_decode(w->set, &w->section, view_of(exact, len), UINT64_MAX, NULL);

	free(exact);
	return rc;
}

static bool has(const struct world *w, uint32_t id)
{
	uint64_t number = 0;

	if (!dict_set_int(w->set, SOCK, id, NUMBER, &number))
		return false;
	assert_int_equal(number, id);
	return true;
}

static void entries_come_back(void **state)
{
	struct world *w = *state;
	struct buf body = {0};
	struct view out;
	uint64_t number;

	put_socks(&body, 1, 300);
	assert_int_equal(decode(w, &body, body.len), 0);
	assert_int_equal(dict_set_epoch(w->set), 7);
	for (uint32_t id = 1; id <= 300; id++) {
		char title[16];
		int len = snprintf(title, sizeof(title), "%u", id);

		assert_true(has(w, id));
		assert_true(dict_set_int(w->set, SOCK, id, SIGN, &number));
		assert_true((int64_t)number == -(int64_t)id);
		assert_true(dict_set_attribute(w->set, SOCK, id, ADDR, &out));
		assert_int_equal(view_len(out), 3);
		assert_memory_equal(out.p, "abc", 3);
		assert_true(dict_set_attribute(w->set, SOCK, id, TITLE, &out));
		assert_int_equal(view_len(out), len);
		assert_memory_equal(out.p, title, view_len(out));
		assert_true(dict_set_attribute(w->set, SOCK, id, MEM, &out));
		assert_int_equal(view_len(out), 4);
	}
	buf_release(&body);
}

static void the_first_and_the_last_entry_are_found_and_the_next_is_not(void **state)
{
	struct world *w = *state;
	struct buf body = {0};

	assert_false(has(w, 1));
	put_socks(&body, 1, 5);
	assert_int_equal(decode(w, &body, body.len), 0);
	assert_false(has(w, 0));
	assert_true(has(w, 1));
	assert_true(has(w, 5));
	assert_false(has(w, 6));
	assert_false(has(w, UINT32_MAX));
	buf_release(&body);
}

static void the_first_and_the_last_attribute_are_found_and_the_next_is_not(void **state)
{
	struct world *w = *state;
	struct buf body = {0};
	struct view out;
	uint64_t number = 77;

	put_socks(&body, 1, 1);
	assert_int_equal(decode(w, &body, body.len), 0);
	assert_false(dict_set_attribute(w->set, SOCK, 1, -1, &out));
	assert_true(dict_set_int(w->set, SOCK, 1, 0, &number));
	number = 77;
	assert_false(dict_set_attribute(w->set, SOCK, 1, 0, &out)); /* an integer */
	assert_true(dict_set_attribute(w->set, SOCK, 1, ATTRIBUTES - 1, &out));
	assert_false(dict_set_attribute(w->set, SOCK, 1, ATTRIBUTES, &out));
	assert_false(dict_set_attribute(w->set, SOCK, 1, 255, &out));
	assert_false(dict_set_int(w->set, SOCK, 1, ATTRIBUTES, &number));
	assert_false(dict_set_int(w->set, SOCK, 1, -1, &number));
	assert_false(dict_set_int(w->set, SOCK, 1, TITLE, &number));
	assert_false(dict_set_int(w->set, SOCK, 1, MEM, &number));
	assert_int_equal(number, 77);
	buf_release(&body);
}

static void an_unknown_dictionary_has_no_entries(void **state)
{
	struct world *w = *state;
	struct buf body = {0};
	struct view out;

	put_socks(&body, 1, 1);
	assert_int_equal(decode(w, &body, body.len), 0);
	assert_false(dict_set_attribute(w->set, 0, 1, 0, &out));
	assert_false(dict_set_attribute(w->set, BYTE, 1, 0, &out));
	assert_false(dict_set_attribute(w->set, SCHEMA_MAX + 1, 1, 0, &out));
	assert_false(dict_set_attribute(w->set, UINT32_MAX, 1, 0, &out));
	buf_release(&body);
}

static void a_missing_run_leaves_only_its_own_entries_out(void **state)
{
	struct world *w = *state;
	struct buf body = {0};

	put_socks(&body, 1, 3);
	put_socks(&body, 4, 2);
	put_socks(&body, 10, 3);
	put_socks(&body, 20, 1);
	put_socks(&body, 22, 1);
	assert_int_equal(decode(w, &body, body.len), 0);
	for (uint32_t id = 0; id <= 30; id++) {
		bool is_there = (id >= 1 && id <= 5) || (id >= 10 && id <= 12) || id == 20 ||
				id == 22;

		assert_int_equal(has(w, id), is_there);
	}
	buf_release(&body);
}

static void a_dictionary_may_begin_late(void **state)
{
	struct world *w = *state;
	struct buf body = {0};

	put_socks(&body, 100, 2);
	assert_int_equal(decode(w, &body, body.len), 0);
	assert_false(has(w, 1));
	assert_false(has(w, 99));
	assert_true(has(w, 100));
	assert_true(has(w, 101));
	assert_false(has(w, 102));
	buf_release(&body);
}

static void an_id_that_was_there_before_is_refused(void **state)
{
	struct world *w = *state;
	struct buf body = {0};

	put_socks(&body, 10, 3);
	assert_int_equal(decode(w, &body, body.len), 0);
	assert_int_equal(decode(w, &body, body.len), ERR_CORRUPT);
	buf_clear(&body);
	put_socks(&body, 12, 1);
	assert_int_equal(decode(w, &body, body.len), ERR_CORRUPT);
	buf_clear(&body);
	put_socks(&body, 5, 1);
	assert_int_equal(decode(w, &body, body.len), ERR_CORRUPT);
	assert_true(has(w, 12));
	assert_false(has(w, 5));
	buf_release(&body);
}

static void a_block_cut_anywhere_gives_at_most_whole_entries(void **state)
{
	struct world *w = *state;
	struct buf body = {0};
	size_t whole;

	put_socks(&body, 1, 2);
	whole = body.len;
	put_socks(&body, 3, 1);
	for (size_t len = 1; len < body.len; len++) {
		dict_set_drop(w->set);
		w->set = dict_set_new(7);
		assert_int_equal(decode(w, &body, len), len == whole ? 0 : ERR_CORRUPT);
		assert_int_equal(has(w, 1), len >= whole);
		assert_false(has(w, 3));
	}
	buf_release(&body);
}

/* One run of BYTE entries "x", as told. */
static int decode_bytes(struct world *w, uint64_t first, uint64_t count, size_t len)
{
	char entries[16];
	struct buf body = {0};
	int rc;

	memset(entries, 'x', sizeof(entries));
	put_run(&body, BYTE, first, count, entries, len);
	dict_set_drop(w->set);
	w->set = dict_set_new(7);
	rc = decode(w, &body, body.len);
	buf_release(&body);
	return rc;
}

static void a_run_holds_as_many_entries_as_it_says(void **state)
{
	struct world *w = *state;

	assert_int_equal(decode_bytes(w, 1, 5, 5), 0);
	assert_int_equal(decode_bytes(w, 1, 5, 4), ERR_CORRUPT);
	assert_int_equal(decode_bytes(w, 1, 5, 6), ERR_CORRUPT);
	assert_int_equal(decode_bytes(w, 1, 0, 1), ERR_CORRUPT);
	assert_int_equal(decode_bytes(w, 1, 0, 0), 0);
	assert_int_equal(decode_bytes(w, 1, UINT64_MAX, 5), ERR_CORRUPT);
}

static void ids_go_from_1_to_the_limit(void **state)
{
	struct world *w = *state;

	assert_int_equal(decode_bytes(w, 0, 1, 1), ERR_CORRUPT);
	assert_int_equal(decode_bytes(w, DICT_MAX_ENTRIES, 1, 1), 0);
	assert_int_equal(decode_bytes(w, DICT_MAX_ENTRIES, 2, 2), ERR_CORRUPT);
	assert_int_equal(decode_bytes(w, DICT_MAX_ENTRIES + 1, 1, 1), ERR_CORRUPT);
	assert_int_equal(decode_bytes(w, UINT64_MAX, 1, 1), ERR_CORRUPT);
	assert_int_equal(decode_bytes(w, 2, UINT64_MAX, 1), ERR_CORRUPT);
}

/* Runs of an unknown codec take no ids: a block could hold any number of them. */
static void values_of_runs_that_are_stepped_over_count_for_the_block(void **state)
{
	struct world *w = *state;
	struct buf columns = {0}, body = {0};

	put_u8(&columns, 99);
	put_string(&columns, "", 0);
	for (int i = 0; i <= ENTRIES_MAX_VALUES / DICT_MAX_ENTRIES; i++) {
		assert_int_equal(decode(w, &body, body.len), 0);
		put_varint(&body, BYTE);
		put_varint(&body, 1);
		put_varint(&body, DICT_MAX_ENTRIES);
		put_string(&body, columns.data, columns.len);
	}
	assert_int_equal(decode(w, &body, body.len), ERR_CORRUPT);
	buf_release(&columns);
	buf_release(&body);
}

/* 4096 dictionaries whose only entry had the highest id once cost 32 GiB. */
static void memory_goes_with_entries_and_not_with_ids(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 1000; i++)
		assert_int_equal(decode_bytes(w, DICT_MAX_ENTRIES, 1, 1), 0);
	assert_int_equal(dict_set_bytes(w->set), 1 + DICT_ENTRY_COST);
	assert_true(dict_set_memory(w->set) > 1 + DICT_ENTRY_COST + sizeof(struct attribute));
}

static void entries_of_a_schema_that_is_no_dictionary_are_stepped_over(void **state)
{
	static const uint64_t schemas[] = {0,          EVENT,      EMPTY,     UNKNOWN,
					   SCHEMA_MAX, UINT32_MAX, UINT64_MAX};
	struct world *w = *state;
	struct buf body = {0};

	for (size_t i = 0; i < sizeof(schemas) / sizeof(schemas[0]); i++)
		put_run(&body, schemas[i], 1, 3, "abcdef", 6);
	put_socks(&body, 1, 1);
	assert_int_equal(decode(w, &body, body.len), 0);
	assert_true(has(w, 1));
	buf_release(&body);
}

static struct schema *keyed_schema(void)
{
	struct schema *s = schema_new(SCHEMA_DICT, "", "keyed", NULL);
	struct field port = forge_field("port", FIELD_INT, 2, 1);

	port.key_ref = 1;
	forge_add(s, forge_field("stream", FIELD_INT, 4, 1));
	forge_add(s, port);
	s->id = KEYED;
	return s;
}

/* Entries (5, 80), (5, 81) of a keyed dictionary, after a run of `before`. */
static int decode_keyed(struct world *w, uint64_t before)
{
	struct entry_tools tools = {byte_table_new(), keyed_new()};
	struct schema *s = keyed_schema();
	struct buf entries = {0}, body = {0};
	int rc;

	put_u32(&entries, 5);
	put_u16(&entries, 80);
	put_u32(&entries, 5);
	put_u16(&entries, 81);
	add_schema(&w->section, s, KEYED);
	put_run(&body, before, 1, 1, "x", 1);
	entries_put_run(s, 1, 2, view_of(entries.data, entries.len), &tools, &body);
	put_run(&body, BYTE, 5, 1, "x", 1);
	rc = decode(w, &body, body.len);
	buf_release(&entries);
	buf_release(&body);
	byte_table_free(tools.table);
	keyed_free(tools.keyed);
	return rc;
}

static void keyed_attributes_come_back(void **state)
{
	struct world *w = *state;
	uint64_t port;

	assert_int_equal(decode_keyed(w, BYTE), 0);
	assert_true(dict_set_int(w->set, KEYED, 1, 1, &port));
	assert_int_equal(port, 80);
	assert_true(dict_set_int(w->set, KEYED, 2, 1, &port));
	assert_int_equal(port, 81);
}

static void keyed_entries_after_an_unknown_run_are_absent_and_others_are_not(void **state)
{
	struct world *w = *state;
	uint64_t value;

	assert_int_equal(decode_keyed(w, UNKNOWN), 0);
	assert_false(dict_set_int(w->set, KEYED, 1, 1, &value));
	assert_true(dict_set_int(w->set, BYTE, 5, 0, &value));
}

static void entries_beyond_the_limit_of_an_epoch_are_refused(void **state)
{
	enum { LEN = 1 << 20, BLOCKS = DICT_MAX_BYTES / (LEN * (1 + DICT_ENTRY_COST)) };
	struct world *w = *state;
	uint8_t *zeros = calloc(1, LEN);
	struct buf body = {0};
	struct schema *s;
	uint32_t id = EMPTY + 1;

	for (int i = 0; i <= BLOCKS; i++, id++) {
		s = schema_new(SCHEMA_DICT, "", "more", NULL);
		forge_add(s, forge_field("byte", FIELD_INT, 1, 1));
		add_schema(&w->section, s, id);
		buf_clear(&body);
		put_run(&body, id, 1, LEN, zeros, LEN);
		assert_int_equal(decode(w, &body, body.len), i < BLOCKS ? 0 : ERR_CORRUPT);
	}
	assert_true(dict_set_bytes(w->set) > DICT_MAX_BYTES);
	buf_clear(&body);
	put_socks(&body, 1, 1);
	assert_int_equal(decode(w, &body, body.len), ERR_CORRUPT);
	buf_release(&body);
	free(zeros);
}

static void the_size_of_an_entry_is_known_only_when_it_is_whole(void **state)
{
	struct world *w = *state;
	const struct schema *s = section_schema(&w->section, SOCK);
	struct buf entry = {0};

	put_sock(&entry, 1, "title");
	for (size_t len = 0; len < entry.len; len++) {
		uint8_t *exact = forge_exact(entry.data, len);
		struct view out;

		assert_int_equal(entry_size(s, view_of(exact, len)), 0);
		assert_false(entry_attribute(s, view_of(exact, len), MEM, &out));
		free(exact);
	}
	assert_int_equal(entry_size(s, view_of(entry.data, entry.len)), entry.len);
	put_u8(&entry, 0);
	assert_int_equal(entry_size(s, view_of(entry.data, entry.len)), entry.len - 1);
	buf_release(&entry);
}

static void the_longest_string_is_an_attribute(void **state)
{
	struct world *w = *state;
	char *title = malloc(65536);
	struct buf entry = {0}, body = {0};
	struct view out;

	memset(title, 't', 65535);
	title[65535] = '\0';
	put_sock(&entry, 1, title);
	put_sock(&entry, 2, "");
	put_sock_run(&body, 1, 2, &entry);
	assert_int_equal(decode(w, &body, body.len), 0);
	assert_true(dict_set_attribute(w->set, SOCK, 1, TITLE, &out));
	assert_int_equal(view_len(out), 65535);
	assert_true(dict_set_attribute(w->set, SOCK, 2, TITLE, &out));
	assert_int_equal(view_len(out), 0);
	free(title);
	buf_release(&entry);
	buf_release(&body);
}

static void a_set_lives_as_long_as_someone_holds_it(void **state)
{
	struct dict_set *d = dict_set_new(1);

	(void)state;
	assert_ptr_equal(dict_set_hold(d), d);
	dict_set_drop(d);
	assert_int_equal(dict_set_epoch(d), 1);
	dict_set_drop(d);
	dict_set_drop(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(entries_come_back),
		TEST(the_first_and_the_last_entry_are_found_and_the_next_is_not),
		TEST(the_first_and_the_last_attribute_are_found_and_the_next_is_not),
		TEST(an_unknown_dictionary_has_no_entries),
		TEST(a_missing_run_leaves_only_its_own_entries_out),
		TEST(a_dictionary_may_begin_late),
		TEST(an_id_that_was_there_before_is_refused),
		TEST(a_block_cut_anywhere_gives_at_most_whole_entries),
		TEST(a_run_holds_as_many_entries_as_it_says),
		TEST(ids_go_from_1_to_the_limit),
		TEST(values_of_runs_that_are_stepped_over_count_for_the_block),
		TEST(memory_goes_with_entries_and_not_with_ids),
		TEST(entries_of_a_schema_that_is_no_dictionary_are_stepped_over),
		TEST(keyed_attributes_come_back),
		TEST(keyed_entries_after_an_unknown_run_are_absent_and_others_are_not),
		TEST(entries_beyond_the_limit_of_an_epoch_are_refused),
		TEST(the_size_of_an_entry_is_known_only_when_it_is_whole),
		TEST(the_longest_string_is_an_attribute),
		TEST(a_set_lives_as_long_as_someone_holds_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
