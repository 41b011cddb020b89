/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_render_json.c -- one object a line that any JSON reader takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/analyze/printed.h"

static const struct column columns[] = {
	{.key = "ts_ns", .title = "time", .unit = UNIT_TIME},
	{.key = NULL, .title = "who"},
	{.key = "value", .title = NULL},
};
static const struct table table = {"test", columns, 3};

static void check_value(struct cell value, const char *want)
{
	struct render_options opt = {.format = RENDER_JSON, .origin_ns = 5};
	struct cell cells[] = {cell_uint(7), cell_string("text only"), value};
	struct printed p;

	printed_open(&p, &opt);
	render_begin(p.renderer, &table);
	render_row(p.renderer, cells);
	printed_check(&p, want);
}

static void rows_have_keys_in_column_order_without_text_only_columns(void **state)
{
	(void)state;
	check_value(cell_uint(1), "{\"ts_ns\":7,\"value\":1}\n");
}

static void integers_are_exact_to_64_bits(void **state)
{
	(void)state;
	check_value(cell_uint(UINT64_MAX), "{\"ts_ns\":7,\"value\":18446744073709551615}\n");
	check_value(cell_int(INT64_MIN), "{\"ts_ns\":7,\"value\":-9223372036854775808}\n");
	check_value(cell_int(-1), "{\"ts_ns\":7,\"value\":-1}\n");
}

static void every_kind_of_cell_has_a_form(void **state)
{
	(void)state;
	check_value(cell_null(), "{\"ts_ns\":7,\"value\":null}\n");
	check_value(cell_bool(true), "{\"ts_ns\":7,\"value\":true}\n");
	check_value(cell_bool(false), "{\"ts_ns\":7,\"value\":false}\n");
	check_value(cell_hex(UINT64_MAX), "{\"ts_ns\":7,\"value\":\"0xffffffffffffffff\"}\n");
	check_value(cell_hex(0), "{\"ts_ns\":7,\"value\":\"0x0\"}\n");
	check_value(cell_string("a\"\n"), "{\"ts_ns\":7,\"value\":\"a\\\"\\n\"}\n");
	check_value(cell_string(NULL), "{\"ts_ns\":7,\"value\":null}\n");
}

static void objects_and_lists_nest(void **state)
{
	struct member list[] = {{NULL, cell_uint(1)}, {NULL, cell_null()}};
	struct member items[] = {{"a", cell_list(list, 2)}, {"k\"", cell_list(NULL, 0)}};

	(void)state;
	check_value(cell_object(items, 2),
		    "{\"ts_ns\":7,\"value\":{\"a\":[1,null],\"k\\\"\":[]}}\n");
	check_value(cell_object(NULL, 0), "{\"ts_ns\":7,\"value\":{}}\n");
}

static void prose_is_not_printed(void **state)
{
	struct render_options opt = {.format = RENDER_JSON};
	struct printed p;

	(void)state;
	printed_open(&p, &opt);
	render_heading(p.renderer, "a.tape");
	render_begin(p.renderer, &table);
	render_note(p.renderer, "note");
	printed_check(&p, "");
}

static void several_tapes_are_told_apart_by_a_key(void **state)
{
	struct render_options opt = {.format = RENDER_JSON, .tape = "a\".tape"};
	struct cell cells[] = {cell_uint(7), cell_null(), cell_null()};
	struct printed p;

	(void)state;
	printed_open(&p, &opt);
	render_begin(p.renderer, &table);
	render_row(p.renderer, cells);
	printed_check(&p, "{\"tape\":\"a\\\".tape\",\"ts_ns\":7,\"value\":null}\n");
}

static void an_output_that_cannot_be_written_is_an_error(void **state)
{
	struct render_options opt = {.format = RENDER_JSON};
	struct cell cells[] = {cell_uint(7), cell_null(), cell_null()};
	FILE *full = fopen("/dev/full", "w");
	struct renderer *r;

	(void)state;
	if (!full)
		skip();
	r = render_new(full, &opt);
	assert_non_null(r);
	render_begin(r, &table);
	for (int i = 0; i < 10000; i++)
		render_row(r, cells);
	assert_true(render_finish(r) < 0);
	assert_true(render_is_closed(r));
	assert_true(render_finish(r) < 0);
	render_free(r);
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_have_keys_in_column_order_without_text_only_columns),
		cmocka_unit_test(integers_are_exact_to_64_bits),
		cmocka_unit_test(every_kind_of_cell_has_a_form),
		cmocka_unit_test(objects_and_lists_nest),
		cmocka_unit_test(prose_is_not_printed),
		cmocka_unit_test(several_tapes_are_told_apart_by_a_key),
		cmocka_unit_test(an_output_that_cannot_be_written_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
