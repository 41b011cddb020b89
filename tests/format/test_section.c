/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_section.c -- finding schemas and enumerations by id and by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "format/section.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_section_knows_nothing),
		cmocka_unit_test(the_first_and_the_last_schema_are_found_and_the_next_is_not),
		cmocka_unit_test(a_repeated_id_keeps_its_first_meaning),
		cmocka_unit_test(a_schema_is_found_by_kind_and_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
