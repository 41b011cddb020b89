/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_render_csv.c -- a head and fields as RFC 4180 quotes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/analyze/printed.h"

static const struct column columns[] = {
	{.key = "conn", .title = "conn"},
	{.key = NULL, .title = "who"},
	{.key = "value", .title = NULL},
	{.key = "end", .title = "end"},
};
static const struct table table = {"test", columns, 4};
static const struct render_options csv = {.format = RENDER_CSV};

static void print_value(struct printed *p, struct cell value)
{
	struct cell cells[] = {cell_uint(1), cell_string("text only"), value, cell_string("fin")};

	render_row(p->renderer, cells);
}

static void the_head_is_printed_without_any_row(void **state)
{
	struct printed p;

	(void)state;
	printed_open(&p, &csv);
	render_begin(p.renderer, &table);
	printed_check(&p, "conn,value,end\n");
}

static void unknown_is_an_empty_field(void **state)
{
	struct printed p;

	(void)state;
	printed_open(&p, &csv);
	render_begin(p.renderer, &table);
	print_value(&p, cell_null());
	printed_check(&p, "conn,value,end\n1,,fin\n");
}

static void every_kind_of_cell_has_a_form(void **state)
{
	struct member items[] = {{"a", cell_uint(1)}, {"b", cell_string("x,y")}};
	struct printed p;

	(void)state;
	printed_open(&p, &csv);
	render_begin(p.renderer, &table);
	print_value(&p, cell_int(-5));
	print_value(&p, cell_uint(UINT64_MAX));
	print_value(&p, cell_hex(255));
	print_value(&p, cell_bool(true));
	print_value(&p, cell_string("a,\"b\"\n"));
	print_value(&p, cell_object(items, 2));
	printed_check(&p, "conn,value,end\n"
			  "1,-5,fin\n"
			  "1,18446744073709551615,fin\n"
			  "1,0xff,fin\n"
			  "1,true,fin\n"
			  "1,\"a,\"\"b\"\"\\n\",fin\n"
			  "1,\"{\"\"a\"\":1,\"\"b\"\":\"\"x,y\"\"}\",fin\n");
}

static void the_head_is_printed_once_for_several_tapes(void **state)
{
	struct render_options named = {.format = RENDER_CSV, .tape = "a,b.tape"};
	struct printed p;

	(void)state;
	printed_open(&p, &named);
	render_begin(p.renderer, &table);
	print_value(&p, cell_null());
	render_heading(p.renderer, "b.tape");
	render_begin(p.renderer, &table);
	print_value(&p, cell_null());
	render_note(p.renderer, "note");
	printed_check(&p, "tape,conn,value,end\n"
			  "\"a,b.tape\",1,,fin\n"
			  "\"a,b.tape\",1,,fin\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_head_is_printed_without_any_row),
		cmocka_unit_test(unknown_is_an_empty_field),
		cmocka_unit_test(every_kind_of_cell_has_a_form),
		cmocka_unit_test(the_head_is_printed_once_for_several_tapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
