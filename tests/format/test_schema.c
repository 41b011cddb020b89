/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_schema.c -- what a schema may be, and that it survives its encoding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/schema.h"
#include "tests/format/forge.h"

static struct schema *new_event(void)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "tcp", "tcp_probe", "name: tcp_probe\n");

	assert_non_null(s);
	s->id = 1;
	return s;
}

/* One field of every kind, of both storages, with every member in use. */
static struct schema *new_rich(void)
{
	struct schema *s = new_event();
	struct field f = forge_field("skaddr", FIELD_INT, 8, 1);

	s->flags = SCHEMA_OWN | SCHEMA_GENERIC;
	assert_int_equal(schema_add_ref(s, 7, NULL), 1);
	assert_int_equal(schema_add_ref(s, SCHEMA_MAX, NULL), 2);
	f.role = ROLE_POINTER;
	f.ref = 2;
	f.attribute = 255;
	forge_add(s, f);
	f = forge_field("state", FIELD_INT, 4, 1);
	f.flags = FIELD_SIGNED | FIELD_OPTIONAL | FIELD_EXTRA | FIELD_BITS;
	f.enum_id = 65535;
	forge_add(s, f);
	forge_add(s, forge_field("mem", FIELD_ARRAY, 8, 3));
	forge_add(s, forge_field("addr", FIELD_BYTES, 1, 16));
	forge_add(s, forge_field("text", FIELD_STRING, 1, 0));
	return s;
}

static int decode(const struct buf *b, size_t len, struct schema **out)
{
	uint8_t *exact = forge_exact(b->data, len);
	struct view in = view_of(exact, len);
	int rc = schema_decode(&in, out, NULL);

	if (!rc)
		assert_int_equal(view_len(in), 0);
	free(exact);
	return rc;
}

static int recode(const struct schema *s)
{
	struct schema *out = NULL;
	struct buf b = {0};
	int rc;

	schema_encode(s, s->text, &b);
	assert_false(b.is_failed);
	rc = decode(&b, b.len, &out);
	schema_free(out);
	buf_release(&b);
	return rc;
}

static void field_equals(const struct field *a, const struct field *b)
{
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->type, b->type);
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->role, b->role);
	assert_int_equal(a->flags, b->flags);
	assert_int_equal(a->elem_size, b->elem_size);
	assert_int_equal(a->count, b->count);
	assert_int_equal(a->enum_id, b->enum_id);
	assert_int_equal(a->ref, b->ref);
	assert_int_equal(a->attribute, b->attribute);
}

static void a_schema_of_every_kind_of_field_comes_back(void **state)
{
	struct schema *a = new_rich(), *b = NULL;
	struct buf bytes = {0};

	(void)state;
	schema_encode(a, a->text, &bytes);
	assert_int_equal(decode(&bytes, bytes.len, &b), 0);
	assert_int_equal(b->id, a->id);
	assert_int_equal(b->kind, a->kind);
	assert_int_equal(b->flags, a->flags);
	assert_string_equal(b->group, "tcp");
	assert_string_equal(b->name, "tcp_probe");
	assert_string_equal(b->text, "name: tcp_probe\n");
	assert_int_equal(b->ref_count, 2);
	assert_memory_equal(b->refs, a->refs, sizeof(a->refs));
	assert_int_equal(b->field_count, a->field_count);
	for (unsigned i = 0; i < a->field_count; i++)
		field_equals(&a->fields[i], &b->fields[i]);
	buf_release(&bytes);
	schema_free(a);
	schema_free(b);
}

static void a_schema_cut_anywhere_is_refused(void **state)
{
	struct schema *s = new_rich(), *out = NULL;
	struct buf b = {0};

	(void)state;
	schema_encode(s, s->text, &b);
	for (size_t len = 0; len < b.len; len++)
		assert_int_equal(decode(&b, len, &out), ERR_CORRUPT);
	assert_null(out);
	buf_release(&b);
	schema_free(s);
}

/* What comes before the fields of a schema without text. */
static void put_head(struct buf *b, uint64_t id, uint8_t kind)
{
	put_varint(b, id);
	put_u8(b, kind);
	put_u8(b, 0);
	put_string(b, "g", 1);
	put_string(b, "n", 1);
	put_string(b, "", 0);
}

static void put_field(struct buf *b, const char *name, size_t name_len, size_t extra)
{
	static const uint8_t integer[16] = {FIELD_INT, 0, 0, 4, 1};
	static const uint8_t zeros[64] = {0};
	struct buf record = {0};

	put_string(&record, name, name_len);
	put_string(&record, "u32", 3);
	put_bytes(&record, integer, 13);
	put_bytes(&record, zeros, extra);
	put_string(b, record.data, record.len);
	buf_release(&record);
}

static void a_longer_field_record_is_read_as_far_as_it_is_known(void **state)
{
	struct schema *s = NULL;
	struct buf b = {0};

	(void)state;
	put_head(&b, 1, SCHEMA_EVENT);
	put_varint(&b, 0);
	put_varint(&b, 2);
	put_field(&b, "first", 5, 64);
	put_field(&b, "second", 6, 0);
	assert_int_equal(decode(&b, b.len, &s), 0);
	assert_int_equal(schema_find(s, "second"), 1);
	schema_free(s);
	buf_release(&b);
}

static int decode_id(uint64_t id)
{
	struct schema *s = NULL;
	struct buf b = {0};
	int rc;

	put_head(&b, id, SCHEMA_EVENT);
	put_varint(&b, 0);
	put_varint(&b, 0);
	rc = decode(&b, b.len, &s);
	schema_free(s);
	buf_release(&b);
	return rc;
}

static void ids_go_from_1_to_the_limit(void **state)
{
	(void)state;
	assert_int_equal(decode_id(0), ERR_CORRUPT);
	assert_int_equal(decode_id(1), 0);
	assert_int_equal(decode_id(SCHEMA_MAX), 0);
	assert_int_equal(decode_id(SCHEMA_MAX + 1), ERR_CORRUPT);
	assert_int_equal(decode_id(UINT64_MAX), ERR_CORRUPT);
}

static int decode_refs(unsigned count, uint64_t id)
{
	struct schema *s = NULL;
	struct buf b = {0};
	int rc;

	put_head(&b, 1, SCHEMA_EVENT);
	put_varint(&b, count);
	for (unsigned i = 0; i < count; i++)
		put_varint(&b, id);
	put_varint(&b, 0);
	rc = decode(&b, b.len, &s);
	schema_free(s);
	buf_release(&b);
	return rc;
}

static void dictionaries_keep_to_their_limits(void **state)
{
	(void)state;
	assert_int_equal(decode_refs(SCHEMA_MAX_REFS, 1), 0);
	assert_int_equal(decode_refs(SCHEMA_MAX_REFS + 1, 1), ERR_CORRUPT);
	assert_int_equal(decode_refs(1, 0), ERR_CORRUPT);
	assert_int_equal(decode_refs(1, SCHEMA_MAX), 0);
	assert_int_equal(decode_refs(1, SCHEMA_MAX + 1), ERR_CORRUPT);
}

static void a_dictionary_is_listed_once_and_at_most_eight_are(void **state)
{
	struct schema *s = new_event();

	(void)state;
	for (uint32_t id = 1; id <= SCHEMA_MAX_REFS; id++)
		assert_int_equal(schema_add_ref(s, id, NULL), id);
	assert_int_equal(schema_add_ref(s, 1, NULL), 1);
	assert_int_equal(schema_add_ref(s, SCHEMA_MAX_REFS, NULL), SCHEMA_MAX_REFS);
	assert_int_equal(schema_add_ref(s, SCHEMA_MAX_REFS + 1, NULL), ERR_CORRUPT);
	assert_int_equal(s->ref_count, SCHEMA_MAX_REFS);
	schema_free(s);
}

static void only_an_integer_of_its_own_column_is_an_id_or_has_a_key(void **state)
{
	struct schema *s = new_event(), *dict = schema_new(SCHEMA_DICT, "", "sock", NULL);
	struct field f = forge_field("f", FIELD_BYTES, 1, 4);

	(void)state;
	assert_int_equal(schema_add_ref(s, 3, NULL), 1);
	f.flags = FIELD_ID;
	assert_int_equal(schema_add_field(s, &f, NULL), ERR_CORRUPT);
	f.flags = 0;
	f.key_ref = 1;
	assert_int_equal(schema_add_field(s, &f, NULL), ERR_CORRUPT);
	f = forge_field("f", FIELD_INT, 4, 1);
	f.flags = FIELD_ID;
	f.key_ref = 1;
	assert_int_equal(schema_add_field(s, &f, NULL), 0);
	f.key_ref = 2;
	assert_int_equal(schema_add_field(s, &f, NULL), ERR_CORRUPT);
	assert_int_equal(schema_add_field(dict, &f, NULL), ERR_CORRUPT);
	f.key_ref = 1;
	assert_int_equal(schema_add_field(dict, &f, NULL), 0);
	f.ref = 1;
	assert_int_equal(schema_add_field(s, &f, NULL), ERR_CORRUPT);
	assert_int_equal(recode(s), 0);
	schema_free(s);
	schema_free(dict);
}

static void a_field_refers_to_the_first_up_to_the_last_dictionary(void **state)
{
	struct field f = forge_field("f", FIELD_INT, 4, 1);
	struct schema *s = new_event(), *dict = schema_new(SCHEMA_DICT, "", "sock", NULL);

	(void)state;
	assert_int_equal(schema_add_ref(s, 3, NULL), 1);
	assert_int_equal(schema_add_ref(s, 4, NULL), 2);
	f.ref = 1;
	assert_int_equal(schema_add_field(s, &f, NULL), 0);
	f.ref = 2;
	assert_int_equal(schema_add_field(s, &f, NULL), 1);
	f.ref = 3;
	assert_int_equal(schema_add_field(s, &f, NULL), ERR_CORRUPT);
	assert_int_equal(s->field_count, 2);
	assert_int_equal(schema_add_ref(dict, 1, NULL), 1);
	f.ref = 1;
	assert_int_equal(schema_add_field(dict, &f, NULL), ERR_CORRUPT);
	schema_free(s);
	schema_free(dict);
}

static void the_last_field_fits_and_the_next_does_not(void **state)
{
	struct schema *s = new_event(), *out = NULL;
	struct field f = forge_field("f", FIELD_INT, 4, 1);
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < SCHEMA_MAX_FIELDS; i++)
		assert_int_equal(schema_add_field(s, &f, NULL), i);
	assert_int_equal(schema_add_field(s, &f, NULL), ERR_CORRUPT);
	assert_int_equal(recode(s), 0);
	put_head(&b, 1, SCHEMA_EVENT);
	put_varint(&b, 0);
	put_varint(&b, SCHEMA_MAX_FIELDS + 1);
	for (int i = 0; i <= SCHEMA_MAX_FIELDS; i++)
		put_field(&b, "f", 1, 0);
	assert_int_equal(decode(&b, b.len, &out), ERR_CORRUPT);
	buf_release(&b);
	schema_free(s);
}

static int add(enum field_kind kind, unsigned elem_size, unsigned count)
{
	struct schema *s = new_event();
	struct field f = forge_field("f", kind, elem_size, count);
	int rc = schema_add_field(s, &f, NULL);

	if (rc == 0)
		assert_int_equal(recode(s), 0);
	schema_free(s);
	return rc;
}

static void a_field_has_at_most_4096_bytes(void **state)
{
	(void)state;
	assert_int_equal(add(FIELD_BYTES, 1, FIELD_MAX_BYTES - 1), 0);
	assert_int_equal(add(FIELD_BYTES, 1, FIELD_MAX_BYTES), 0);
	assert_int_equal(add(FIELD_BYTES, 1, FIELD_MAX_BYTES + 1), ERR_CORRUPT);
	assert_int_equal(add(FIELD_ARRAY, 8, FIELD_MAX_BYTES / 8), 0);
	assert_int_equal(add(FIELD_ARRAY, 8, FIELD_MAX_BYTES / 8 + 1), ERR_CORRUPT);
	assert_int_equal(add(FIELD_ARRAY, 8, 65535), ERR_CORRUPT);
}

static void a_field_of_an_impossible_shape_is_refused(void **state)
{
	(void)state;
	for (unsigned size = 0; size < 256; size++) {
		bool is_good = size == 1 || size == 2 || size == 4 || size == 8;

		assert_int_equal(add(FIELD_INT, size, 1), is_good ? 0 : ERR_CORRUPT);
		assert_int_equal(add(FIELD_ARRAY, size, 2), is_good ? 0 : ERR_CORRUPT);
		assert_int_equal(add(FIELD_BYTES, size, 2), size == 1 ? 0 : ERR_CORRUPT);
		assert_int_equal(add(FIELD_STRING, size, 0), size == 1 ? 0 : ERR_CORRUPT);
	}
	assert_int_equal(add(FIELD_INT, 4, 0), ERR_CORRUPT);
	assert_int_equal(add(FIELD_INT, 4, 2), ERR_CORRUPT);
	assert_int_equal(add(FIELD_ARRAY, 4, 0), ERR_CORRUPT);
	assert_int_equal(add(FIELD_BYTES, 1, 0), ERR_CORRUPT);
	assert_int_equal(add(FIELD_STRING, 1, 1), ERR_CORRUPT);
}

static void unknown_kinds_are_newer_and_not_damage(void **state)
{
	struct schema *s = NULL;
	struct buf b = {0};

	(void)state;
	assert_int_equal(add((enum field_kind)0, 4, 1), 0);
	assert_int_equal(add((enum field_kind)5, 200, 60000), 0);
	put_head(&b, 1, SCHEMA_DICT + 1);
	put_varint(&b, 0);
	put_varint(&b, 0);
	assert_int_equal(decode(&b, b.len, &s), ERR_UNSUPPORTED);
	buf_release(&b);
}

static int decode_name(const char *name, size_t len)
{
	struct schema *s = NULL;
	struct buf b = {0};
	int rc;

	put_head(&b, 1, SCHEMA_EVENT);
	put_varint(&b, 0);
	put_varint(&b, 1);
	put_field(&b, name, len, 0);
	rc = decode(&b, b.len, &s);
	schema_free(s);
	buf_release(&b);
	return rc;
}

static void a_name_has_at_most_255_bytes_and_no_nul(void **state)
{
	char name[SCHEMA_MAX_NAME + 1];

	(void)state;
	memset(name, 'n', sizeof(name));
	assert_int_equal(decode_name(name, 0), 0);
	assert_int_equal(decode_name(name, SCHEMA_MAX_NAME), 0);
	assert_int_equal(decode_name(name, SCHEMA_MAX_NAME + 1), ERR_CORRUPT);
	for (size_t at = 0; at < 5; at++) {
		name[at] = '\0';
		assert_int_equal(decode_name(name, 5), ERR_CORRUPT);
		name[at] = 'n';
	}
}

static void a_longer_name_is_not_taken_from_the_recorder_either(void **state)
{
	struct schema *s = new_event();
	char name[SCHEMA_MAX_NAME + 2] = {0};
	struct field f = forge_field(name, FIELD_INT, 4, 1);

	(void)state;
	memset(name, 'n', SCHEMA_MAX_NAME);
	assert_int_equal(schema_add_field(s, &f, NULL), 0);
	f.type = name;
	assert_int_equal(schema_add_field(s, &f, NULL), 1);
	assert_int_equal(recode(s), 0);
	name[SCHEMA_MAX_NAME] = 'n';
	f.name = (char *)"short";
	assert_int_equal(schema_add_field(s, &f, NULL), ERR_CORRUPT);
	f = forge_field(name, FIELD_INT, 4, 1);
	assert_int_equal(schema_add_field(s, &f, NULL), ERR_CORRUPT);
	schema_free(s);
}

static int decode_text(size_t len)
{
	char *text = malloc(len + 1);
	struct schema *s;
	int rc;

	memset(text, 't', len);
	text[len] = '\0';
	s = schema_new(SCHEMA_EVENT, "g", "n", text);
	s->id = 1;
	rc = recode(s);
	schema_free(s);
	free(text);
	return rc;
}

static void a_format_text_has_at_most_64_kilobytes(void **state)
{
	(void)state;
	assert_int_equal(decode_text(SCHEMA_MAX_TEXT - 1), 0);
	assert_int_equal(decode_text(SCHEMA_MAX_TEXT), 0);
	assert_int_equal(decode_text(SCHEMA_MAX_TEXT + 1), ERR_CORRUPT);
}

static void own_columns_are_counted_without_bound_fields(void **state)
{
	struct schema *s = new_rich();

	(void)state;
	assert_int_equal(schema_seal(s, NULL), 0);
	assert_int_equal(schema_seal(s, NULL), 0);
	assert_int_equal(s->own_count, 4);
	for (unsigned i = 1; i < s->field_count; i++)
		assert_int_equal(s->own_of[i], i - 1);
	schema_free(s);
}

static void the_first_and_the_last_field_are_found_and_no_other(void **state)
{
	struct schema *s = new_rich();

	(void)state;
	assert_int_equal(schema_find(s, "skaddr"), 0);
	assert_int_equal(schema_find(s, "text"), 4);
	assert_int_equal(schema_find(s, "tex"), -1);
	assert_int_equal(schema_find(s, ""), -1);
	schema_free(s);
	schema_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_schema_of_every_kind_of_field_comes_back),
		cmocka_unit_test(a_schema_cut_anywhere_is_refused),
		cmocka_unit_test(a_longer_field_record_is_read_as_far_as_it_is_known),
		cmocka_unit_test(ids_go_from_1_to_the_limit),
		cmocka_unit_test(dictionaries_keep_to_their_limits),
		cmocka_unit_test(a_dictionary_is_listed_once_and_at_most_eight_are),
		cmocka_unit_test(only_an_integer_of_its_own_column_is_an_id_or_has_a_key),
		cmocka_unit_test(a_field_refers_to_the_first_up_to_the_last_dictionary),
		cmocka_unit_test(the_last_field_fits_and_the_next_does_not),
		cmocka_unit_test(a_field_has_at_most_4096_bytes),
		cmocka_unit_test(a_field_of_an_impossible_shape_is_refused),
		cmocka_unit_test(unknown_kinds_are_newer_and_not_damage),
		cmocka_unit_test(a_name_has_at_most_255_bytes_and_no_nul),
		cmocka_unit_test(a_longer_name_is_not_taken_from_the_recorder_either),
		cmocka_unit_test(a_format_text_has_at_most_64_kilobytes),
		cmocka_unit_test(own_columns_are_counted_without_bound_fields),
		cmocka_unit_test(the_first_and_the_last_field_are_found_and_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
