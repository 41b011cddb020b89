/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_dictionaries.c -- entries get ids and are written once an epoch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/dict.h"
#include "format/dictionaries.h"
#include "tests/format/block_list.h"
#include "tests/format/forge.h"
#include "tests/format/tight_file.h"

/* Schemas; 2 is an event's. WIDE has strings that together are longer than an entry may be. */
enum { TEXTS = 1, NUMBERS = 3, WIDE = 4, WIDE_FIELDS = 17, LONG = 65535 };
/* Attributes of NUMBERS */
enum { SIGNED_BYTE = 0, WORD = 1, NAME = 2, BEHIND = 3 };

struct desk {
	struct section section;
	struct sink *sink;
	struct block_writer *blocks;
	struct dictionaries *dicts;
};

static void add_schema(struct desk *d, struct schema *s, uint32_t id)
{
	s->id = id;
	assert_int_equal(schema_seal(s, NULL), 0);
	assert_int_equal(section_add_schema(&d->section, s, NULL), 0);
}

static void add_schemas(struct desk *d)
{
	struct schema *texts = schema_new(SCHEMA_DICT, "", "texts", NULL);
	struct schema *numbers = schema_new(SCHEMA_DICT, "", "numbers", NULL);
	struct schema *wide = schema_new(SCHEMA_DICT, "", "wide", NULL);
	struct field f = forge_field("signed", FIELD_INT, 1, 1);

	f.flags = FIELD_SIGNED;
	forge_add(texts, forge_field("text", FIELD_STRING, 1, 0));
	forge_add(numbers, f);
	forge_add(numbers, forge_field("word", FIELD_INT, 8, 1));
	forge_add(numbers, forge_field("name", FIELD_STRING, 1, 0));
	forge_add(numbers, forge_field("behind", FIELD_INT, 2, 1));
	for (int i = 0; i < WIDE_FIELDS; i++)
		forge_add(wide, forge_field("text", FIELD_STRING, 1, 0));
	add_schema(d, texts, TEXTS);
	add_schema(d, numbers, NUMBERS);
	add_schema(d, wide, WIDE);
}

static struct desk *desk_new(uint32_t limit)
{
	struct desk *d = calloc(1, sizeof(*d));

	add_schemas(d);
	assert_int_equal(sink_open_memory(&d->sink, NULL), 0);
	assert_int_equal(block_writer_new(d->sink, 1, 0, &d->blocks, NULL), 0);
	d->dicts = dictionaries_new(limit);
	assert_non_null(d->dicts);
	for (uint32_t id = TEXTS; id <= WIDE; id++)
		if (section_schema(&d->section, id))
			assert_int_equal(dictionaries_add(d->dicts, section_schema(&d->section, id),
							  NULL),
					 0);
	return d;
}

static void desk_free(struct desk *d)
{
	dictionaries_free(d->dicts);
	dictionaries_free(NULL);
	block_writer_free(d->blocks);
	sink_close(d->sink, NULL);
	section_release(&d->section);
	free(d);
}

static int setup(void **state)
{
	*state = desk_new(0);
	return 0;
}

static int teardown(void **state)
{
	desk_free(*state);
	return 0;
}

static uint32_t intern(struct desk *d, uint32_t dict, const struct buf *packed)
{
	uint32_t id = 0;
	struct error err = {0};

	if (dictionaries_intern(d->dicts, dict, packed->data, packed->len, &id, &err))
		fail_msg("%s", err.text);
	return id;
}

static uint32_t id_of(struct desk *d, const char *text)
{
	struct buf packed = {0};
	uint32_t id;

	put_u16(&packed, (uint16_t)strlen(text));
	put_bytes(&packed, text, strlen(text));
	id = intern(d, TEXTS, &packed);
	buf_release(&packed);
	return id;
}

static uint32_t id_of_number(struct desk *d, int8_t byte, uint64_t word, uint16_t behind)
{
	struct buf packed = {0};
	uint32_t id;

	put_u8(&packed, (uint8_t)byte);
	put_u64(&packed, word);
	put_u16(&packed, 4);
	put_bytes(&packed, "name", 4);
	put_u16(&packed, behind);
	id = intern(d, NUMBERS, &packed);
	buf_release(&packed);
	return id;
}

/* A long text that differs for each `n`. */
static struct buf long_text(uint32_t n)
{
	struct buf packed = {0};

	assert_true(buf_reserve(&packed, LONG + 2));
	put_u16(&packed, LONG);
	memset(packed.data + packed.len, 'x', LONG);
	store_le(packed.data + packed.len, 4, n);
	packed.len += LONG;
	return packed;
}

static int write_new(struct desk *d, struct block_writer *to)
{
	struct block_header h = {.lost = 9};

	return dictionaries_write(d->dicts, to, &h, NULL);
}

/* The entries of blocks [from, ...) that sink holds, as a reader knows them. */
static struct dict_set *read_back(const struct desk *d, size_t from)
{
	size_t len;
	const uint8_t *data = sink_memory(d->sink, &len);
	struct block_list l = block_list_of(data, len);
	struct dict_set *set;

	assert_true(from < l.count);
	set = dict_set_new(l.all[from].header.epoch);
	for (size_t i = from; i < l.count; i++) {
		assert_int_equal(l.all[i].header.type, BLOCK_DICT);
		assert_int_equal(l.all[i].header.lost, 9);
		assert_int_equal(l.all[i].header.epoch, dict_set_epoch(set));
		assert_int_equal(dict_set_decode(set, &d->section, block_list_raw(&l, i),
						 (uint64_t)l.all[i].header.body_len *
							 BLOCK_WORK_PER_BYTE,
						 NULL),
				 0);
	}
	block_list_free(&l);
	return set;
}

static void text_is(const struct dict_set *set, uint32_t id, const char *want)
{
	struct view got;

	assert_true(dict_set_attribute(set, TEXTS, id, 0, &got));
	assert_int_equal(view_len(got), strlen(want));
	assert_memory_equal(got.p, want, strlen(want));
}

static void equal_entries_of_a_dictionary_have_one_id(void **state)
{
	struct desk *d = *state;

	assert_int_equal(dictionaries_epoch(d->dicts), 1);
	assert_int_equal(id_of(d, "a"), 1);
	assert_int_equal(id_of(d, "b"), 2);
	assert_int_equal(id_of_number(d, 1, 2, 3), 1);
	assert_int_equal(id_of(d, "a"), 1);
	assert_int_equal(id_of_number(d, 1, 2, 4), 2);
	assert_int_equal(id_of_number(d, 1, 2, 3), 1);
	assert_int_equal(dictionaries_pending(d->dicts), 2 * 3 + 2 * 17);
}

static void an_entry_is_written_once(void **state)
{
	struct desk *d = *state;
	struct dict_set *set;
	struct view got;

	assert_int_equal(write_new(d, d->blocks), 0);
	assert_int_equal(block_writer_count(d->blocks), 0);
	id_of(d, "a");
	id_of_number(d, -1, 2, 3);
	assert_int_equal(write_new(d, d->blocks), 0);
	assert_int_equal(dictionaries_pending(d->dicts), 0);
	assert_int_equal(id_of(d, "a"), 1);
	assert_int_equal(dictionaries_pending(d->dicts), 0);
	assert_int_equal(write_new(d, d->blocks), 0);
	assert_int_equal(block_writer_count(d->blocks), 1);
	assert_int_equal(id_of(d, "b"), 2);
	assert_int_equal(write_new(d, d->blocks), 0);
	assert_int_equal(block_writer_count(d->blocks), 2);
	set = read_back(d, 0);
	text_is(set, 1, "a");
	text_is(set, 2, "b");
	assert_true(dict_set_attribute(set, NUMBERS, 1, NAME, &got));
	assert_false(dict_set_attribute(set, TEXTS, 3, 0, &got));
	dict_set_drop(set);
	set = read_back(d, 1); /* the second block alone */
	assert_false(dict_set_attribute(set, TEXTS, 1, 0, &got));
	text_is(set, 2, "b");
	dict_set_drop(set);
}

static void a_new_epoch_writes_them_again(void **state)
{
	struct desk *d = *state;
	struct dict_set *set;

	id_of(d, "a");
	id_of(d, "b");
	assert_int_equal(write_new(d, d->blocks), 0);
	dictionaries_next_epoch(d->dicts);
	assert_int_equal(dictionaries_epoch(d->dicts), 2);
	assert_int_equal(write_new(d, d->blocks), 0);
	assert_int_equal(block_writer_count(d->blocks), 1);
	assert_int_equal(id_of(d, "b"), 1);
	assert_int_equal(write_new(d, d->blocks), 0);
	set = read_back(d, 1);
	assert_int_equal(dict_set_epoch(set), 2);
	text_is(set, 1, "b");
	dict_set_drop(set);
}

static void what_was_not_written_is_forgotten_with_its_epoch(void **state)
{
	struct desk *d = *state;

	id_of(d, "a");
	dictionaries_next_epoch(d->dicts);
	assert_int_equal(dictionaries_pending(d->dicts), 0);
	assert_int_equal(write_new(d, d->blocks), 0);
	assert_int_equal(block_writer_count(d->blocks), 0);
}

static uint32_t key_of(struct desk *d, uint32_t id, int attribute)
{
	struct id_keys keys;

	assert_true(dictionaries_keys(d->dicts, NUMBERS, (uint8_t)attribute, &keys));
	return id_key(&keys, id);
}

static void keys_are_what_a_reader_gets(void **state)
{
	struct desk *d = *state;
	uint32_t id = id_of_number(d, -7, UINT64_MAX - 1, 0x1234), later;
	struct dict_set *set;
	uint64_t got;

	assert_int_equal(write_new(d, d->blocks), 0);
	set = read_back(d, 0);
	for (int attribute = SIGNED_BYTE; attribute <= BEHIND; attribute++) {
		if (attribute == NAME)
			continue;
		assert_true(dict_set_int(set, NUMBERS, id, attribute, &got));
		assert_int_equal(key_of(d, id, attribute), (uint32_t)got);
	}
	assert_int_equal(key_of(d, id, SIGNED_BYTE), (uint32_t)-7);
	assert_int_equal(key_of(d, id, WORD), UINT32_MAX - 1);
	assert_int_equal(key_of(d, id, BEHIND), 0x1234);
	assert_int_equal(key_of(d, 0, WORD), 0);
	assert_int_equal(key_of(d, id + 1, WORD), 0);
	later = id_of_number(d, 1, 2, 3);
	assert_int_equal(key_of(d, later, WORD), 2);
	dictionaries_next_epoch(d->dicts);
	assert_int_equal(key_of(d, later, WORD), 0);
	assert_int_equal(id_of_number(d, 4, 5, 6), 1);
	assert_int_equal(key_of(d, 1, WORD), 5);
	dict_set_drop(set);
}

static void the_limit_of_one_dictionary_fills_the_epoch(void **state)
{
	struct desk *d = desk_new(3);

	(void)state;
	id_of(d, "a");
	id_of(d, "b");
	id_of_number(d, 1, 1, 1);
	id_of_number(d, 1, 1, 2);
	id_of(d, "b");
	assert_false(dictionaries_is_full(d->dicts));
	assert_int_equal(id_of(d, "c"), 3);
	assert_true(dictionaries_is_full(d->dicts));
	assert_false(dictionaries_is_crowded(d->dicts));
	assert_int_equal(id_of(d, "d"), 4); /* full is no wall */
	dictionaries_next_epoch(d->dicts);
	assert_false(dictionaries_is_full(d->dicts));
	desk_free(d);
}

static void an_epoch_of_many_bytes_is_crowded_and_ends_before_the_limit(void **state)
{
	struct desk *d = *state;
	size_t crowded_at = 0, bytes = 0;
	uint32_t id, n = 0;
	int rc;

	do {
		struct buf text = long_text(++n);

		rc = dictionaries_intern(d->dicts, TEXTS, text.data, text.len, &id, NULL);
		bytes += rc ? 0 : text.len + DICT_ENTRY_COST;
		if (!crowded_at && dictionaries_is_crowded(d->dicts))
			crowded_at = bytes;
		buf_release(&text);
	} while (rc == 0);
	assert_int_equal(rc, ERR_USAGE);
	assert_in_range(crowded_at, DICT_MAX_BYTES / 2, DICT_MAX_BYTES / 2 + LONG + 18);
	assert_in_range(bytes, DICT_MAX_BYTES - DICTIONARIES_MAX_ENTRY - LONG, DICT_MAX_BYTES);
	assert_true(dictionaries_is_full(d->dicts));
	dictionaries_next_epoch(d->dicts);
	assert_false(dictionaries_is_crowded(d->dicts));
	assert_int_equal(id_of(d, "a"), 1);
}

static void an_entry_beyond_its_limit_is_refused(void **state)
{
	struct desk *d = *state;
	struct buf packed = {0};
	struct error err = {0};
	uint32_t id;

	for (uint32_t i = 0; i < WIDE_FIELDS; i++) {
		struct buf text = long_text(i);

		put_bytes(&packed, text.data, text.len);
		buf_release(&text);
	}
	assert_true(packed.len > DICTIONARIES_MAX_ENTRY);
	assert_int_equal(dictionaries_intern(d->dicts, WIDE, packed.data, packed.len, &id, &err),
			 ERR_USAGE);
	assert_non_null(strstr(err.text, "wide"));
	assert_int_equal(dictionaries_pending(d->dicts), 0);
	buf_release(&packed);
}

static void many_equal_bytes_make_a_block_that_a_reader_takes(void **state)
{
	struct desk *d = *state;
	struct dict_set *set;
	uint64_t got;

	for (uint16_t i = 0; i < 60000; i++)
		id_of_number(d, 0, 0, i);
	assert_int_equal(write_new(d, d->blocks), 0);
	set = read_back(d, 0);
	for (uint16_t i = 0; i < 60000; i++) {
		assert_true(dict_set_int(set, NUMBERS, i + 1u, BEHIND, &got));
		assert_int_equal(got, i);
	}
	dict_set_drop(set);
}

static void after_a_failure_a_new_epoch_has_them_all(void **state)
{
	struct desk *d = *state;
	struct tight_file file;
	struct block_writer *b;
	struct dict_set *set;

	tight_file_open(&file);
	assert_int_equal(block_writer_new(file.sink, 1, 0, &b, NULL), 0);
	id_of(d, "a");
	tight_file_allow(&file, 30);
	assert_int_equal(write_new(d, b), ERR_IO);
	tight_file_close(&file);
	block_writer_free(b);
	dictionaries_next_epoch(d->dicts);
	id_of(d, "b");
	id_of(d, "a");
	assert_int_equal(write_new(d, d->blocks), 0);
	set = read_back(d, 0);
	text_is(set, 1, "b");
	text_is(set, 2, "a");
	dict_set_drop(set);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(equal_entries_of_a_dictionary_have_one_id),
		TEST(an_entry_is_written_once),
		TEST(a_new_epoch_writes_them_again),
		TEST(what_was_not_written_is_forgotten_with_its_epoch),
		TEST(keys_are_what_a_reader_gets),
		cmocka_unit_test(the_limit_of_one_dictionary_fills_the_epoch),
		TEST(an_epoch_of_many_bytes_is_crowded_and_ends_before_the_limit),
		TEST(an_entry_beyond_its_limit_is_refused),
		TEST(many_equal_bytes_make_a_block_that_a_reader_takes),
		TEST(after_a_failure_a_new_epoch_has_them_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
