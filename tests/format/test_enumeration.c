/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_enumeration.c -- names for numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/enumeration.h"
#include "tests/format/forge.h"

static int decode(const struct buf *b, size_t len, struct enumeration **out)
{
	uint8_t *exact = forge_exact(b->data, len);
	struct view in = view_of(exact, len);
	int rc = enumeration_decode(&in, out, NULL);

	if (!rc)
		assert_int_equal(view_len(in), 0);
	free(exact);
	return rc;
}

static struct enumeration *new_states(void)
{
	struct enumeration *e = enumeration_new("tcp_states");

	assert_non_null(e);
	e->id = 1;
	assert_int_equal(enumeration_add(e, 7, "CLOSE", NULL), 0);
	assert_int_equal(enumeration_add(e, UINT64_MAX, "MINUS_ONE", NULL), 0);
	assert_int_equal(enumeration_add(e, 0, "NONE", NULL), 0);
	assert_int_equal(enumeration_add(e, 1, "ESTABLISHED", NULL), 0);
	assert_int_equal(enumeration_add(e, 1, "SECOND_NAME", NULL), 0);
	return e;
}

static void values_are_kept_ascending_with_their_first_name(void **state)
{
	static const uint64_t values[] = {0, 1, 7, UINT64_MAX};
	struct enumeration *e = new_states();

	(void)state;
	assert_int_equal(e->count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_true(e->values[i].value == values[i]);
	assert_string_equal(enumeration_name(e, 1), "ESTABLISHED");
	enumeration_free(e);
}

static void the_first_and_the_last_value_have_names_and_those_between_none(void **state)
{
	struct enumeration *e = new_states(), *empty = enumeration_new("");

	(void)state;
	assert_string_equal(enumeration_name(e, 0), "NONE");
	assert_string_equal(enumeration_name(e, UINT64_MAX), "MINUS_ONE");
	assert_null(enumeration_name(e, 2));
	assert_null(enumeration_name(e, 8));
	assert_null(enumeration_name(e, UINT64_MAX - 1));
	assert_null(enumeration_name(empty, 0));
	enumeration_free(e);
	enumeration_free(empty);
	enumeration_free(NULL);
}

static void an_enumeration_comes_back(void **state)
{
	struct enumeration *a = new_states(), *b = NULL;
	struct buf bytes = {0};

	(void)state;
	enumeration_encode(a, &bytes);
	assert_int_equal(decode(&bytes, bytes.len, &b), 0);
	assert_int_equal(b->id, 1);
	assert_string_equal(b->name, "tcp_states");
	assert_int_equal(b->count, a->count);
	for (size_t i = 0; i < a->count; i++) {
		assert_true(a->values[i].value == b->values[i].value);
		assert_string_equal(a->values[i].name, b->values[i].name);
	}
	buf_release(&bytes);
	enumeration_free(a);
	enumeration_free(b);
}

static void an_enumeration_cut_anywhere_is_refused(void **state)
{
	struct enumeration *e = new_states(), *out = NULL;
	struct buf b = {0};

	(void)state;
	enumeration_encode(e, &b);
	for (size_t len = 0; len < b.len; len++)
		assert_int_equal(decode(&b, len, &out), ERR_CORRUPT);
	assert_null(out);
	buf_release(&b);
	enumeration_free(e);
}

static int decode_id(uint64_t id)
{
	struct enumeration *e = NULL;
	struct buf b = {0};
	int rc;

	put_varint(&b, id);
	put_string(&b, "e", 1);
	put_varint(&b, 0);
	rc = decode(&b, b.len, &e);
	enumeration_free(e);
	buf_release(&b);
	return rc;
}

static void ids_go_from_1_to_the_limit(void **state)
{
	(void)state;
	assert_int_equal(decode_id(0), ERR_CORRUPT);
	assert_int_equal(decode_id(1), 0);
	assert_int_equal(decode_id(ENUM_MAX), 0);
	assert_int_equal(decode_id(ENUM_MAX + 1), ERR_CORRUPT);
	assert_int_equal(decode_id(65537), ERR_CORRUPT);
}

static int decode_values(uint64_t count, uint64_t first, uint64_t step)
{
	struct enumeration *e = NULL;
	struct buf b = {0};
	int rc;

	put_varint(&b, 1);
	put_string(&b, "e", 1);
	put_varint(&b, count);
	for (uint64_t i = 0; i < count; i++) {
		put_varint(&b, first + i * step);
		put_string(&b, "v", 1);
	}
	rc = decode(&b, b.len, &e);
	if (!rc)
		assert_int_equal(e->count, count);
	enumeration_free(e);
	buf_release(&b);
	return rc;
}

static void the_last_value_fits_and_the_next_does_not(void **state)
{
	struct enumeration *e = enumeration_new("e");

	(void)state;
	assert_int_equal(decode_values(ENUM_MAX_VALUES, 0, 1), 0);
	assert_int_equal(decode_values(ENUM_MAX_VALUES + 1, 0, 1), ERR_CORRUPT);
	for (uint64_t i = 0; i < ENUM_MAX_VALUES; i++)
		assert_int_equal(enumeration_add(e, i, "v", NULL), 0);
	assert_int_equal(enumeration_add(e, ENUM_MAX_VALUES, "v", NULL), ERR_CORRUPT);
	assert_int_equal(enumeration_add(e, ENUM_MAX_VALUES - 1, "v", NULL), 0);
	enumeration_free(e);
}

/* Inserting 4096 descending values would move each of them 4095 times. */
static void values_that_do_not_ascend_are_refused(void **state)
{
	(void)state;
	assert_int_equal(decode_values(2, 1, UINT64_MAX), ERR_CORRUPT);
	assert_int_equal(decode_values(2, 1, 0), ERR_CORRUPT);
	assert_int_equal(decode_values(2, 0, UINT64_MAX), 0);
}

static int decode_name(const char *name, size_t len, bool is_value)
{
	struct enumeration *e = NULL;
	struct buf b = {0};
	int rc;

	put_varint(&b, 1);
	put_string(&b, name, is_value ? 1 : len);
	put_varint(&b, 1);
	put_varint(&b, 0);
	put_string(&b, name, is_value ? len : 1);
	rc = decode(&b, b.len, &e);
	enumeration_free(e);
	buf_release(&b);
	return rc;
}

static void a_name_has_at_most_255_bytes_and_no_nul(void **state)
{
	char name[ENUM_MAX_NAME + 1];

	(void)state;
	memset(name, 'n', sizeof(name));
	for (int is_value = 0; is_value < 2; is_value++) {
		name[4] = 'n';
		assert_int_equal(decode_name(name, 0, is_value), 0);
		assert_int_equal(decode_name(name, ENUM_MAX_NAME, is_value), 0);
		assert_int_equal(decode_name(name, ENUM_MAX_NAME + 1, is_value), ERR_CORRUPT);
		name[4] = '\0';
		assert_int_equal(decode_name(name, 5, is_value), ERR_CORRUPT);
	}
}

static void a_longer_name_is_not_taken_from_the_recorder_either(void **state)
{
	struct enumeration *e = enumeration_new("e");
	char name[ENUM_MAX_NAME + 2] = {0};

	(void)state;
	memset(name, 'n', ENUM_MAX_NAME);
	assert_int_equal(enumeration_add(e, 1, name, NULL), 0);
	name[ENUM_MAX_NAME] = 'n';
	assert_int_equal(enumeration_add(e, 2, name, NULL), ERR_CORRUPT);
	assert_int_equal(e->count, 1);
	enumeration_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_kept_ascending_with_their_first_name),
		cmocka_unit_test(the_first_and_the_last_value_have_names_and_those_between_none),
		cmocka_unit_test(an_enumeration_comes_back),
		cmocka_unit_test(an_enumeration_cut_anywhere_is_refused),
		cmocka_unit_test(ids_go_from_1_to_the_limit),
		cmocka_unit_test(the_last_value_fits_and_the_next_does_not),
		cmocka_unit_test(values_that_do_not_ascend_are_refused),
		cmocka_unit_test(a_name_has_at_most_255_bytes_and_no_nul),
		cmocka_unit_test(a_longer_name_is_not_taken_from_the_recorder_either),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
