/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_vocabulary.c -- schemas and enumerations, written and written again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/vocabulary.h"
#include "tests/format/block_list.h"
#include "tests/format/forge.h"
#include "tests/format/tight_file.h"

struct desk {
	struct sink *sink;
	struct block_writer *blocks;
	struct vocabulary *words;
};

static int setup(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));

	assert_int_equal(sink_open_memory(&d->sink, NULL), 0);
	assert_int_equal(block_writer_new(d->sink, 1, 0, &d->blocks, NULL), 0);
	d->words = vocabulary_new();
	assert_non_null(d->words);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	struct desk *d = *state;

	vocabulary_free(d->words);
	vocabulary_free(NULL);
	block_writer_free(d->blocks);
	sink_close(d->sink, NULL);
	free(d);
	return 0;
}

static struct schema *new_schema(const char *name, const char *text)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "g", name, text);

	forge_add(s, forge_field("f", FIELD_INT, 4, 1));
	return s;
}

static void add(struct desk *d, const char *name, const char *text)
{
	assert_int_equal(vocabulary_add_schema(d->words, new_schema(name, text), NULL), 0);
}

static void add_enum(struct desk *d, const char *name)
{
	struct enumeration *e = enumeration_new(name);

	assert_int_equal(enumeration_add(e, 1, "ONE", NULL), 0);
	assert_int_equal(vocabulary_add_enum(d->words, e, NULL), 0);
}

static void write_due(struct desk *d)
{
	struct block_header h = {.min_ts = 3, .max_ts = 4, .lost = 5};

	assert_int_equal(vocabulary_write(d->words, d->blocks, &h, NULL), 0);
}

static struct block_list list(const struct desk *d)
{
	size_t len;
	const uint8_t *data = sink_memory(d->sink, &len);

	return block_list_of(data, len);
}

/* What block `n` tells, as "enums/schema:text schema:text ". */
static void block_says(const struct desk *d, size_t n, const char *want)
{
	struct block_list l = list(d);
	struct section s = {0};
	char text[200];
	size_t at;

	assert_int_equal(l.all[n].header.type, BLOCK_SCHEMA);
	assert_int_equal(l.all[n].header.lost, 5);
	assert_int_equal(section_take_schemas(&s, block_list_raw(&l, n), NULL), 0);
	at = (size_t)snprintf(text, sizeof(text), "%zu/", s.enum_count);
	for (uint32_t id = 1; id <= s.schema_count; id++)
		if (section_schema(&s, id))
			at += (size_t)snprintf(text + at, sizeof(text) - at, "%u:%s:%s ", id,
					       section_schema(&s, id)->name,
					       section_schema(&s, id)->text);
	assert_string_equal(text, want);
	section_release(&s);
	block_list_free(&l);
}

static void what_is_new_is_written_once(void **state)
{
	struct desk *d = *state;

	write_due(d);
	assert_int_equal(block_writer_count(d->blocks), 0);
	add_enum(d, "e");
	add(d, "a", "text of a");
	add(d, "b", "text of b");
	write_due(d);
	write_due(d);
	assert_int_equal(block_writer_count(d->blocks), 1);
	block_says(d, 0, "1/1:a:text of a 2:b:text of b ");
	add(d, "c", "text of c");
	write_due(d);
	assert_int_equal(block_writer_count(d->blocks), 2);
	block_says(d, 1, "0/3:c:text of c ");
}

static void ids_are_dense(void **state)
{
	struct desk *d = *state;

	assert_int_equal(vocabulary_schema_count(d->words), 0);
	assert_null(vocabulary_schema(d->words, 1));
	add(d, "a", NULL);
	add(d, "b", NULL);
	assert_int_equal(vocabulary_schema_count(d->words), 2);
	assert_null(vocabulary_schema(d->words, 0));
	assert_string_equal(vocabulary_schema(d->words, 1)->name, "a");
	assert_int_equal(vocabulary_schema(d->words, 2)->id, 2);
	assert_null(vocabulary_schema(d->words, 3));
}

static void what_is_repeated_has_no_texts(void **state)
{
	struct desk *d = *state;

	add_enum(d, "e");
	add(d, "a", "text of a");
	write_due(d);
	add(d, "b", "text of b");
	vocabulary_repeat(d->words);
	write_due(d);
	block_says(d, 1, "1/1:a: 2:b:text of b ");
	vocabulary_repeat(d->words);
	write_due(d);
	block_says(d, 2, "1/1:a: 2:b: ");
	assert_string_equal(vocabulary_schema(d->words, 1)->text, "text of a");
}

/* Words that fill several blocks, each whole records. */
static void many_words_are_several_blocks(void **state)
{
	enum { COUNT = 100 };
	struct desk *d = *state;
	char *text = calloc(SCHEMA_MAX_TEXT + 1, 1);
	struct section s = {0};
	struct block_list l;

	memset(text, 'x', SCHEMA_MAX_TEXT);
	for (int i = 0; i < COUNT; i++)
		add(d, "a", text);
	write_due(d);
	l = list(d);
	assert_in_range(l.count, 2, 3);
	for (size_t i = 0; i < l.count; i++)
		assert_int_equal(section_take_schemas(&s, block_list_raw(&l, i), NULL), 0);
	assert_int_equal(s.schema_count, COUNT);
	for (uint32_t id = 1; id <= COUNT; id++)
		assert_string_equal(section_schema(&s, id)->text, text);
	section_release(&s);
	block_list_free(&l);
	free(text);
}

/* What one block wrote before the next failed is not written again. */
static void a_failed_block_is_written_again(void **state)
{
	struct desk *d = *state;
	struct block_header h = {.lost = 5};
	struct error err = {0};
	struct tight_file file;
	struct block_writer *b;

	tight_file_open(&file);
	assert_int_equal(block_writer_new(file.sink, 1, 0, &b, NULL), 0);
	add(d, "a", "text of a");
	tight_file_allow(&file, 20);
	assert_int_equal(vocabulary_write(d->words, b, &h, &err), ERR_IO);
	tight_file_free_room(&file);
	assert_int_equal(vocabulary_write(d->words, b, &h, &err), 0);
	assert_int_equal(block_writer_count(b), 1);
	write_due(d);
	assert_int_equal(block_writer_count(d->blocks), 0);
	vocabulary_repeat(d->words);
	write_due(d);
	block_says(d, 0, "0/1:a: ");
	block_writer_free(b);
	tight_file_close(&file);
}

static int refuse(struct desk *d, struct schema *s, const char *why)
{
	struct error err = {0};
	int rc = vocabulary_add_schema(d->words, s, &err);

	if (!strstr(err.text, why))
		fail_msg("'%s' is not '%s'", err.text, why);
	schema_free(s);
	return rc;
}

static void names_and_texts_beyond_their_limits_are_refused(void **state)
{
	struct desk *d = *state;
	char *text = calloc(SCHEMA_MAX_TEXT + 2, 1);
	struct enumeration *e;

	memset(text, 'x', SCHEMA_MAX_TEXT + 1);
	assert_int_equal(refuse(d, new_schema("a", text), "too long"), ERR_USAGE);
	text[SCHEMA_MAX_TEXT] = '\0';
	add(d, "a", text);
	text[SCHEMA_MAX_NAME + 1] = '\0';
	assert_int_equal(refuse(d, new_schema(text, NULL), "too long"), ERR_USAGE);
	e = enumeration_new(text);
	assert_int_equal(vocabulary_add_enum(d->words, e, NULL), ERR_USAGE);
	enumeration_free(e);
	text[SCHEMA_MAX_NAME] = '\0';
	add(d, text, NULL);
	add_enum(d, text);
	assert_int_equal(vocabulary_schema_count(d->words), 2);
	free(text);
}

static void the_last_words_are_taken_and_the_next_is_not(void **state)
{
	struct desk *d = *state;
	struct enumeration *e;

	for (int i = 0; i < ENUM_MAX; i++)
		add_enum(d, "e");
	e = enumeration_new("e");
	assert_int_equal(vocabulary_add_enum(d->words, e, NULL), ERR_USAGE);
	enumeration_free(e);
	for (int i = 0; i < SCHEMA_MAX; i++)
		add(d, "a", NULL);
	assert_int_equal(refuse(d, new_schema("a", NULL), "more than"), ERR_USAGE);
	write_due(d);
	assert_int_equal(vocabulary_schema_count(d->words), SCHEMA_MAX);
}

/* A reader takes SECTION_MAX_BYTES, of which facts need their part. */
static void bytes_beyond_the_limit_are_refused(void **state)
{
	struct desk *d = *state;
	char *text = calloc(SCHEMA_MAX_TEXT + 1, 1);
	struct error err = {0};
	struct schema *s;
	size_t count = 0;
	int rc;

	memset(text, 'x', SCHEMA_MAX_TEXT);
	do {
		s = new_schema("a", text);
		rc = vocabulary_add_schema(d->words, s, &err);
		count += rc == 0;
	} while (rc == 0);
	schema_free(s);
	assert_int_equal(rc, ERR_USAGE);
	assert_int_equal(count, VOCABULARY_MAX_BYTES / (SCHEMA_MAX_TEXT + 30));
	add(d, "small", NULL);
	free(text);
}

static struct field keyed(unsigned ref, unsigned attribute)
{
	struct field f = forge_field("value", FIELD_INT, 4, 1);

	f.key_ref = (uint8_t)ref;
	f.key_attribute = (uint8_t)attribute;
	return f;
}

/* Attributes: 0 an integer, 1 a string, 2 an integer keyed by 0. */
static uint32_t add_dict(struct desk *d)
{
	struct schema *s = schema_new(SCHEMA_DICT, "", "dict", NULL);

	forge_add(s, forge_field("number", FIELD_INT, 4, 1));
	forge_add(s, forge_field("text", FIELD_STRING, 1, 0));
	forge_add(s, keyed(1, 0));
	assert_int_equal(vocabulary_add_schema(d->words, s, NULL), 0);
	return s->id;
}

static struct schema *event_keyed_by(uint32_t dict, unsigned attribute)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "g", "e", NULL);

	assert_int_equal(schema_add_ref(s, dict, NULL), 1);
	forge_add(s, keyed(1, attribute));
	return s;
}

static void a_key_is_an_integer_of_an_entry(void **state)
{
	struct desk *d = *state;
	uint32_t dict = add_dict(d), event = dict + 1;
	struct schema *s = event_keyed_by(dict, 0);

	assert_int_equal(vocabulary_add_schema(d->words, s, NULL), 0);
	s = event_keyed_by(dict, 2); /* keyed itself, but known before the event */
	assert_int_equal(vocabulary_add_schema(d->words, s, NULL), 0);
	assert_int_equal(refuse(d, event_keyed_by(dict, 1), "cannot be a key"), ERR_USAGE);
	assert_int_equal(refuse(d, event_keyed_by(dict, 3), "has no key"), ERR_USAGE);
	assert_int_equal(refuse(d, event_keyed_by(event, 0), "has no key"), ERR_USAGE);
	assert_int_equal(refuse(d, event_keyed_by(99, 0), "has no key"), ERR_USAGE);
	assert_int_equal(vocabulary_schema_count(d->words), 3);
}

static void a_key_of_an_entry_is_not_keyed_itself(void **state)
{
	struct desk *d = *state;
	struct schema *s = schema_new(SCHEMA_DICT, "", "dict", NULL);

	forge_add(s, forge_field("number", FIELD_INT, 4, 1));
	forge_add(s, keyed(1, 0));
	forge_add(s, keyed(1, 1));
	assert_int_equal(refuse(d, s, "cannot be a key"), ERR_USAGE);
	s = schema_new(SCHEMA_DICT, "", "dict", NULL);
	forge_add(s, keyed(1, 0));
	assert_int_equal(refuse(d, s, "cannot be a key"), ERR_USAGE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_new_is_written_once),
		TEST(ids_are_dense),
		TEST(what_is_repeated_has_no_texts),
		TEST(many_words_are_several_blocks),
		TEST(a_failed_block_is_written_again),
		TEST(names_and_texts_beyond_their_limits_are_refused),
		TEST(the_last_words_are_taken_and_the_next_is_not),
		TEST(bytes_beyond_the_limit_are_refused),
		TEST(a_key_is_an_integer_of_an_entry),
		TEST(a_key_of_an_entry_is_not_keyed_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
