/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* With made-up format files beside the running kernel's BTF; skipped where it has none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "tests/record/fake_kernel.h"

static const char consume_fields[] = "\tfield:void * skbaddr;\toffset:8;\tsize:8;\tsigned:0;\n"
				     "\tfield:void * location;\toffset:16;\tsize:8;\tsigned:0;\n";
static const char consume_print[] = "\"skbaddr=%p location=%pS\", REC->skbaddr, REC->location";

static const char new_fields[] =
	"\tfield:const void * skaddr;\toffset:8;\tsize:8;\tsigned:0;\n"
	"\tfield:__u16 sport;\toffset:16;\tsize:2;\tsigned:0;\n"
	"\tfield:__u16 dport;\toffset:18;\tsize:2;\tsigned:0;\n"
	"\tfield:__u8 saddr[4];\toffset:20;\tsize:4;\tsigned:0;\n"
	"\tfield:__u8 daddr[4];\toffset:24;\tsize:4;\tsigned:0;\n"
	"\tfield:int kind;\toffset:28;\tsize:4;\tsigned:1;\n"
	"\tfield:__data_loc char[] name;\toffset:32;\tsize:4;\tsigned:0;\n";
static const char new_print[] = "\"saddr=%pI4 daddr=%pI4 kind=%s\", REC->saddr, REC->daddr, "
				"__print_symbolic(REC->kind, { 0, \"COLD\" }, { 1, \"HOT\" })";

static int set_up(void **state)
{
	struct fake_kernel *k = fake_kernel_new();

	*state = k;
	if (!k)
		return 0;
	fake_kernel_add(k, "skb", "consume_skb", consume_fields, consume_print);
	fake_kernel_add(k, "tcp", "tcp_new", new_fields, new_print);
	return 0;
}

static int tear_down(void **state)
{
	fake_kernel_free(*state);
	return 0;
}

static struct catalog *open_catalog(void **state, const char *glob)
{
	struct catalog *c = NULL;

	if (!*state)
		skip();
	assert_int_equal(fake_kernel_catalog(*state, glob, &c, NULL), OK);
	return c;
}

static const struct catalog_event *only_event(const struct catalog *c)
{
	assert_int_equal(catalog_count(c), 1);
	return catalog_at(c, 0);
}

static void catalog_takes_the_typed_way_for_an_event_it_knows(void **state)
{
	struct catalog *c = open_catalog(state, "skb:*");
	const struct catalog_event *e = only_event(c);

	assert_int_equal(e->way, WAY_TYPED);
	assert_int_equal(e->number, WIRE_CONSUME_SKB);
	assert_ptr_equal(catalog_find(c, WIRE_CONSUME_SKB), e);
	catalog_close(c);
}

static void catalog_takes_the_generic_way_for_an_event_nobody_heard_of(void **state)
{
	struct catalog *c = open_catalog(state, "tcp:tcp_new");
	const struct catalog_event *e = only_event(c);

	assert_int_equal(e->way, WAY_GENERIC);
	assert_int_equal(e->number, WIRE_TYPED_END);
	assert_ptr_equal(catalog_find(c, WIRE_TYPED_END), e);
	catalog_close(c);
}

static void catalog_falls_back_when_a_known_event_has_a_field_more(void **state)
{
	struct fake_kernel *k = *state;
	struct catalog *c;

	if (!k)
		skip();
	fake_kernel_add(k, "skb", "kfree_skb",
			"\tfield:void * skbaddr;\toffset:8;\tsize:8;\tsigned:0;\n"
			"\tfield:int colour;\toffset:16;\tsize:4;\tsigned:1;\n",
			"\"%p\", REC->skbaddr");
	c = open_catalog(state, "skb:kfree_skb");
	assert_int_equal(only_event(c)->way, WAY_GENERIC);
	assert_non_null(strstr(only_event(c)->reason, "colour"));
	catalog_close(c);
}

static void catalog_gives_a_stand_in_a_new_number(void **state)
{
	struct catalog *c = open_catalog(state, "skb:*");
	struct catalog_event *e = catalog_at(c, 0);

	catalog_fall_back(c, e, "refused");
	assert_int_equal(e->way, WAY_GENERIC);
	assert_null(catalog_find(c, WIRE_CONSUME_SKB));
	assert_ptr_equal(catalog_find(c, e->number), e);
	assert_int_equal(catalog_end(c), e->number + 1);
	catalog_close(c);
}

static void catalog_refuses_a_name_the_kernel_has_not(void **state)
{
	struct catalog *c = NULL;
	struct error err = {0};

	if (!*state)
		skip();
	assert_int_equal(fake_kernel_catalog(*state, "tcp:tcp_nwe", &c, &err), ERR_USAGE);
	assert_null(c);
	assert_non_null(strstr(err.text, "tcp:tcp_nwe"));
	assert_non_null(strstr(err.text, "tcp:tcp_new"));
	assert_non_null(strstr(err.text, "--list-events"));
}

static void catalog_refuses_a_glob_that_matches_nothing(void **state)
{
	struct catalog *c = NULL;
	struct error err = {0};

	if (!*state)
		skip();
	assert_int_equal(fake_kernel_catalog(*state, "nothing:*", &c, &err), ERR_USAGE);
	assert_non_null(strstr(err.text, "nothing:*"));
}

static void catalog_knows_bare_tracepoints_that_only_btf_shows(void **state)
{
	struct catalog *c;
	struct fake_kernel *k = *state;

	if (!k || !btf_enums_has_tracepoint(k->btf, "tcp_cwnd_reduction_tp"))
		skip();
	c = open_catalog(state, "tcp:*");
	assert_int_equal(catalog_count(c), 2);
	assert_string_equal(catalog_at(c, 0)->full_name, "tcp:tcp_cwnd_reduction_tp");
	assert_int_equal(catalog_at(c, 0)->way, WAY_TYPED);
	catalog_close(c);
}

static const struct field *field_of(const struct schema *s, const char *name)
{
	int index = schema_find(s, name);

	assert_true(index >= 0);
	return &s->fields[index];
}

static void catalog_binds_code_locations_to_their_names(void **state)
{
	struct fake_tape t;
	const struct schema *s;

	fake_tape_begin(&t, open_catalog(state, "skb:*"));
	s = writer_schema_get(t.writer, catalog_at(t.catalog, 0)->recipe.schema);
	assert_string_equal(s->name, "consume_skb");
	assert_int_equal(s->flags, 0);
	assert_int_equal(s->refs[0], catalog_dictionaries(t.catalog)[DICT_TASK]);
	assert_int_equal(s->refs[1], catalog_dictionaries(t.catalog)[DICT_SOCK]);
	assert_int_equal(field_of(s, "skbaddr")->ref, 0);
	assert_int_equal(field_of(s, "skbaddr")->role, ROLE_POINTER);
	assert_int_equal(s->refs[field_of(s, "location")->ref - 1],
			 catalog_dictionaries(t.catalog)[DICT_SYMBOL]);
	assert_int_equal(field_of(s, "location_symbol")->flags, FIELD_EXTRA);
	assert_int_equal(field_of(s, "tcp_flags")->flags,
			 FIELD_EXTRA | FIELD_OPTIONAL | FIELD_BITS);
	fake_tape_release(&t);
}

static void catalog_keeps_addresses_of_unknown_events_in_a_dictionary(void **state)
{
	struct fake_tape t;
	const struct schema *s;

	fake_tape_begin(&t, open_catalog(state, "tcp:tcp_new"));
	s = writer_schema_get(t.writer, catalog_at(t.catalog, 0)->recipe.schema);
	assert_int_equal(s->flags, SCHEMA_GENERIC);
	assert_int_equal(s->refs[field_of(s, "saddr")->ref - 1],
			 catalog_dictionaries(t.catalog)[DICT_SOCK]);
	assert_int_equal(field_of(s, "saddr")->role, ROLE_IPV4);
	assert_int_equal(field_of(s, "kind")->ref, 0);
	assert_true(field_of(s, "kind")->enum_id != 0);
	assert_int_equal(field_of(s, "name")->kind, FIELD_STRING);
	assert_int_equal(s->own_count, 2);
	fake_tape_release(&t);
}

static void catalog_says_which_events_have_a_stand_in(void **state)
{
	struct catalog *c = open_catalog(state, "skb:*");
	struct fake_tape t;
	struct item item;

	catalog_fall_back(c, catalog_at(c, 0), "refused");
	fake_tape_begin(&t, c);
	assert_int_equal(catalog_facts(c, t.writer, NULL), OK);
	fake_tape_read(&t);
	assert_int_equal(cursor_next(t.cursor, &item, NULL), OK);
	assert_string_equal(fact_list_find(&item.section->facts, "fallback"),
			    "skb:consume_skb: refused");
	fake_tape_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(catalog_takes_the_typed_way_for_an_event_it_knows,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			catalog_takes_the_generic_way_for_an_event_nobody_heard_of, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			catalog_falls_back_when_a_known_event_has_a_field_more, set_up, tear_down),
		cmocka_unit_test_setup_teardown(catalog_gives_a_stand_in_a_new_number, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(catalog_refuses_a_name_the_kernel_has_not, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(catalog_refuses_a_glob_that_matches_nothing, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(catalog_knows_bare_tracepoints_that_only_btf_shows,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(catalog_binds_code_locations_to_their_names, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			catalog_keeps_addresses_of_unknown_events_in_a_dictionary, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(catalog_says_which_events_have_a_stand_in, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
