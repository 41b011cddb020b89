/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_tape_names.c -- the public interface: schemas, fields, enumerations, facts, and handles of nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/tcptape.h"
#include "tests/format/open_tape.h"

/* Nothing may be known of a handle that is none. */
static void assert_unknown(struct tcptape *t, uint64_t handle)
{
	uint64_t value;

	assert_null(tcptape_schema_name(t, handle));
	assert_null(tcptape_field_name(t, handle));
	assert_null(tcptape_enum_name(t, handle, 1));
	assert_int_equal(tcptape_field_kind(t, handle), 0);
	assert_int_equal(tcptape_schema_fields(t, handle), 0);
	assert_int_equal(tcptape_field_at(t, handle, 0), 0);
	assert_int_equal(tcptape_field_find(t, handle, "state"), 0);
	assert_false(tcptape_value_exists(t, handle));
	assert_false(tcptape_value_u64(t, handle, &value));
}

static void schemas_are_walked_without_dictionaries(void **state)
{
	struct open_tape *f = *state;
	uint64_t first, second;

	assert_int_equal(tcptape_schema_next(f->t, 0), 0); /* nothing was read yet */
	open_tape_go_to(f->t, TCPTAPE_EVENT);
	first = tcptape_schema_next(f->t, 0);
	second = tcptape_schema_next(f->t, first);
	assert_string_equal(tcptape_schema_group(f->t, first), "sample");
	assert_string_equal(tcptape_schema_name(f->t, first), "state");
	assert_string_equal(tcptape_schema_format(f->t, first), "name: state\n");
	assert_string_equal(tcptape_schema_name(f->t, second), "note");
	assert_string_equal(tcptape_schema_format(f->t, second), "");
	assert_int_equal(tcptape_schema_next(f->t, second), 0);
	assert_true(tcptape_schema_id(f->t, first) != tcptape_schema_id(f->t, second));
	assert_true(tcptape_schema_find(f->t, "sample", "note") == second);
	assert_true(tcptape_schema_find(f->t, NULL, "note") == second);
	assert_int_equal(tcptape_schema_find(f->t, "other", "note"), 0);
	assert_int_equal(tcptape_schema_find(f->t, NULL, "who"), 0);
}

static void fields_describe_themselves(void **state)
{
	struct open_tape *f = *state;
	uint64_t schema, field, value = 0;

	open_tape_go_to(f->t, TCPTAPE_EVENT);
	schema = tcptape_schema_find(f->t, "sample", "note");
	assert_int_equal(tcptape_schema_fields(f->t, schema), 3);
	assert_int_equal(tcptape_field_at(f->t, schema, 3), 0);
	field = tcptape_field_at(f->t, schema, 2);
	assert_true(field == tcptape_field_find(f->t, schema, "mem"));
	assert_string_equal(tcptape_field_name(f->t, field), "mem");
	assert_string_equal(tcptape_field_type(f->t, field), "long[3]");
	assert_int_equal(tcptape_field_kind(f->t, field), TCPTAPE_ARRAY);
	assert_int_equal(tcptape_field_size(f->t, field), 8);
	assert_int_equal(tcptape_field_count(f->t, field), 3);
	assert_null(tcptape_enum_at(f->t, field, 0, &value));
	field = tcptape_field_find(f->t, schema, "addr");
	assert_int_equal(tcptape_field_role(f->t, field), TCPTAPE_ROLE_IPV4);
	schema = tcptape_schema_find(f->t, "sample", "state");
	field = tcptape_field_find(f->t, schema, "state");
	assert_string_equal(tcptape_enum_at(f->t, field, 1, &value), "SHUT");
	assert_int_equal(value, 2);
	assert_null(tcptape_enum_at(f->t, field, 2, &value));
}

static void facts_are_found_and_walked(void **state)
{
	struct open_tape *f = *state;
	const char *key = NULL, *value = NULL;

	assert_null(tcptape_fact(f->t, "host"));
	assert_false(tcptape_fact_at(f->t, 0, &key, &value));
	open_tape_go_to(f->t, TCPTAPE_SECTION_END);
	assert_string_equal(tcptape_fact(f->t, "host"), "sample");
	assert_null(tcptape_fact(f->t, "hos"));
	assert_true(tcptape_fact_at(f->t, 1, &key, &value));
	assert_string_equal(key, "cpu_ns");
	assert_string_equal(value, "1234");
	assert_false(tcptape_fact_at(f->t, 2, &key, &value));
	assert_int_equal(tcptape_next(f->t, NULL), 0);
	assert_string_equal(tcptape_fact(f->t, "host"), "sample");
}

static void handles_of_nothing_know_nothing(void **state)
{
	struct open_tape *f = *state;
	uint64_t schema, field;

	assert_unknown(f->t, 0);
	field = open_tape_go_to_value(f->t, "state", "state", true);
	schema = tcptape_event_schema(f->t);
	assert_null(tcptape_field_name(f->t, schema));
	assert_null(tcptape_schema_name(f->t, field));
	assert_false(tcptape_value_exists(f->t, schema));
	assert_unknown(f->t, 0);
	assert_unknown(f->t, UINT64_MAX);
	assert_unknown(f->t, schema + tcptape_schema_fields(f->t, schema) + 1);
	for (unsigned bit = 9; bit < 64; bit++)
		if (!tcptape_schema_name(f->t, schema ^ (uint64_t)1 << bit))
			assert_unknown(f->t, field ^ (uint64_t)1 << bit);
	open_tape_go_to_value(f->t, "note", "text", true);
	assert_false(tcptape_value_exists(f->t, field)); /* of another event */
	while (tcptape_next(f->t, NULL) > 0)
		;
	assert_false(tcptape_value_exists(f->t, field)); /* no event */
	assert_int_equal(tcptape_event_ns(f->t), 0);
	assert_string_equal(tcptape_field_name(f->t, field), "state"); /* still the section's */
}

static void handles_of_another_section_know_nothing(void **state)
{
	struct open_tape *f = *state;
	size_t len = f->sample->len;
	uint8_t *both = malloc(2 * len);
	struct tcptape *t = NULL;
	uint64_t field, schema;

	memcpy(both, f->sample->data, len);
	memcpy(both + len, f->sample->data, len);
	assert_int_equal(tcptape_open_memory(both, 2 * len, &t, NULL), 0);
	field = open_tape_go_to_value(t, "state", "state", true);
	schema = tcptape_event_schema(t);
	assert_int_equal(tcptape_section(t), 0);
	open_tape_go_to(t, TCPTAPE_SECTION);
	assert_int_equal(tcptape_section(t), 1);
	assert_unknown(t, schema);
	open_tape_go_to_value(t, "state", "state", true);
	assert_true(tcptape_event_schema(t) != schema);
	assert_unknown(t, schema);
	assert_unknown(t, field);
	tcptape_close(t);
	free(both);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(schemas_are_walked_without_dictionaries,
						open_tape_setup, open_tape_teardown),
		cmocka_unit_test_setup_teardown(fields_describe_themselves, open_tape_setup,
						open_tape_teardown),
		cmocka_unit_test_setup_teardown(facts_are_found_and_walked, open_tape_setup,
						open_tape_teardown),
		cmocka_unit_test_setup_teardown(handles_of_nothing_know_nothing, open_tape_setup,
						open_tape_teardown),
		cmocka_unit_test_setup_teardown(handles_of_another_section_know_nothing,
						open_tape_setup, open_tape_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
