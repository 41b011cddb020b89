/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_section.c -- finding schemas and enumerations by id and by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/section.h"
#include "tests/format/forge.h"

static void add(struct section *s, uint32_t id, enum schema_kind kind, const char *group,
		const char *name)
{
	struct schema *schema = schema_new(kind, group, name, NULL);

	assert_non_null(schema);
	schema->id = id;
	assert_int_equal(section_add_schema(s, schema, NULL), 0);
}

static void an_empty_section_knows_nothing(void **state)
{
	struct section s = {0};

	(void)state;
	assert_null(section_schema(&s, 0));
	assert_null(section_schema(&s, 1));
	assert_null(section_schema(&s, UINT32_MAX));
	assert_null(section_enum(&s, 0));
	assert_null(section_enum(&s, 1));
	assert_null(section_find(&s, SCHEMA_EVENT, NULL, ""));
	section_release(&s);
}

static void the_first_and_the_last_schema_are_found_and_the_next_is_not(void **state)
{
	struct section s = {0};

	(void)state;
	add(&s, 1, SCHEMA_DICT, "", "sock");
	add(&s, SCHEMA_MAX, SCHEMA_EVENT, "tcp", "tcp_probe");
	assert_null(section_schema(&s, 0));
	assert_string_equal(section_schema(&s, 1)->name, "sock");
	assert_null(section_schema(&s, 2));
	assert_string_equal(section_schema(&s, SCHEMA_MAX)->name, "tcp_probe");
	assert_null(section_schema(&s, SCHEMA_MAX + 1));
	section_release(&s);
	assert_null(section_schema(&s, 1));
}

static void a_repeated_id_keeps_its_first_meaning(void **state)
{
	struct section s = {0};
	struct enumeration *a = enumeration_new("first"), *b = enumeration_new("second");

	(void)state;
	add(&s, 3, SCHEMA_EVENT, "tcp", "first");
	add(&s, 3, SCHEMA_EVENT, "tcp", "second");
	assert_string_equal(section_schema(&s, 3)->name, "first");
	a->id = b->id = 5;
	assert_int_equal(section_add_enum(&s, a, NULL), 0);
	assert_int_equal(section_add_enum(&s, b, NULL), 0);
	assert_string_equal(section_enum(&s, 5)->name, "first");
	assert_null(section_enum(&s, 4));
	assert_null(section_enum(&s, 6));
	section_release(&s);
}

static void a_schema_repeated_without_its_text_keeps_it(void **state)
{
	struct schema *schema = schema_new(SCHEMA_EVENT, "tcp", "probe", "name: probe\n");
	struct buf raw = {0}, record = {0};
	struct section s = {0};
	uint64_t bytes = 0;

	(void)state;
	schema->id = 2;
	for (int round = 0; round < 3; round++) {
		buf_clear(&raw);
		buf_clear(&record);
		schema_encode(schema, round ? "" : schema->text, &record);
		put_u8(&raw, SCHEMA_RECORD_SCHEMA);
		put_string(&raw, record.data, record.len);
		assert_int_equal(section_take_schemas(&s, view_of(raw.data, raw.len), NULL), 0);
		assert_string_equal(section_schema(&s, 2)->text, "name: probe\n");
		if (round == 0)
			bytes = s.bytes;
		assert_int_equal(s.bytes, bytes); /* what repeats does not count */
	}
	schema_free(schema);
	buf_release(&raw);
	buf_release(&record);
	section_release(&s);
}

static void a_schema_is_found_by_kind_and_names(void **state)
{
	struct section s = {0};

	(void)state;
	add(&s, 2, SCHEMA_DICT, "", "sock");
	add(&s, 4, SCHEMA_EVENT, "skb", "sock");
	add(&s, 5, SCHEMA_EVENT, "tcp", "sock");
	assert_int_equal(section_find(&s, SCHEMA_DICT, NULL, "sock")->id, 2);
	assert_int_equal(section_find(&s, SCHEMA_EVENT, NULL, "sock")->id, 4);
	assert_int_equal(section_find(&s, SCHEMA_EVENT, "tcp", "sock")->id, 5);
	assert_null(section_find(&s, SCHEMA_EVENT, "net", "sock"));
	assert_null(section_find(&s, SCHEMA_EVENT, "tcp", "soc"));
	section_release(&s);
}

/* A schema whose record has about `len` bytes, as a SCHEMA block body. */
static void put_schema(struct buf *b, uint32_t id, size_t len)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "g", "n", NULL);
	struct buf record = {0};
	char *text = malloc(len + 1);

	memset(text, 't', len);
	text[len] = '\0';
	free(s->text);
	s->text = text;
	s->id = id;
	schema_encode(s, s->text, &record);
	put_u8(b, SCHEMA_RECORD_SCHEMA);
	put_string(b, record.data, record.len);
	buf_release(&record);
	schema_free(s);
}

static void put_enum(struct buf *b, uint16_t id)
{
	struct enumeration *e = enumeration_new("e");
	struct buf record = {0};

	e->id = id;
	enumeration_encode(e, &record);
	put_u8(b, SCHEMA_RECORD_ENUM);
	put_string(b, record.data, record.len);
	buf_release(&record);
	enumeration_free(e);
}

static int take(struct section *s, const struct buf *b, size_t len)
{
	uint8_t *exact = forge_exact(b->data, len);
	int rc = section_take_schemas(s, view_of(exact, len), NULL);

	free(exact);
	return rc;
}

static void a_schema_block_tells_schemas_and_enumerations(void **state)
{
	struct section s = {0};
	struct buf b = {0};

	(void)state;
	put_schema(&b, 1, 0);
	put_u8(&b, 77); /* a newer kind of record */
	put_string(&b, "anything", 8);
	put_enum(&b, 2);
	put_schema(&b, 2, 10);
	assert_int_equal(take(&s, &b, b.len), 0);
	assert_non_null(section_schema(&s, 1));
	assert_non_null(section_schema(&s, 2));
	assert_non_null(section_enum(&s, 2));
	buf_release(&b);
	section_release(&s);
}

static void a_schema_block_cut_anywhere_gives_its_whole_records(void **state)
{
	struct buf b = {0};
	size_t first;

	(void)state;
	put_enum(&b, 1);
	first = b.len;
	put_schema(&b, 1, 10);
	for (size_t len = 1; len < b.len; len++) {
		struct section s = {0};

		assert_int_equal(take(&s, &b, len), len == first ? 0 : ERR_CORRUPT);
		assert_int_equal(section_enum(&s, 1) != NULL, len >= first);
		assert_null(section_schema(&s, 1));
		section_release(&s);
	}
	buf_release(&b);
}

static void names_and_facts_have_a_limit_for_the_section(void **state)
{
	enum { TEXT = SCHEMA_MAX_TEXT - 100, FIT = SECTION_MAX_BYTES / SCHEMA_MAX_TEXT };
	struct section s = {0};
	struct buf b = {0};

	(void)state;
	for (uint32_t id = 1; id <= FIT; id++) {
		buf_clear(&b);
		put_schema(&b, id, TEXT);
		assert_int_equal(take(&s, &b, b.len), 0);
		assert_int_equal(take(&s, &b, b.len), 0); /* repeating costs nothing */
	}
	buf_clear(&b);
	put_schema(&b, FIT + 1, TEXT);
	assert_int_equal(take(&s, &b, b.len), ERR_CORRUPT);
	assert_int_equal(take(&s, &b, b.len), ERR_CORRUPT);
	buf_clear(&b);
	fact_encode("key", "value", &b);
	assert_int_equal(section_take_facts(&s, view_of(b.data, b.len), NULL), ERR_CORRUPT);
	buf_release(&b);
	section_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_section_knows_nothing),
		cmocka_unit_test(the_first_and_the_last_schema_are_found_and_the_next_is_not),
		cmocka_unit_test(a_repeated_id_keeps_its_first_meaning),
		cmocka_unit_test(a_schema_repeated_without_its_text_keeps_it),
		cmocka_unit_test(a_schema_is_found_by_kind_and_names),
		cmocka_unit_test(a_schema_block_tells_schemas_and_enumerations),
		cmocka_unit_test(a_schema_block_cut_anywhere_gives_its_whole_records),
		cmocka_unit_test(names_and_facts_have_a_limit_for_the_section),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
