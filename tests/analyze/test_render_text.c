/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_render_text.c -- columns line up, units are human, nothing hostile passes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/analyze/printed.h"

static const struct column columns[] = {
	{.key = "conn", .title = "conn", .align = ALIGN_RIGHT},
	{.key = "secret", .title = NULL},
	{.key = "comm", .title = "comm"},
	{.key = "duration_ns", .title = "took", .unit = UNIT_NS, .align = ALIGN_RIGHT},
	{.key = "end", .title = "end"},
};
static const struct table table = {"test", columns, 5};
static const struct render_options plain = {.format = RENDER_TEXT};

static void print_row(struct printed *p, uint64_t conn, const char *comm, uint64_t ns,
		      const char *end)
{
	struct cell cells[] = {cell_uint(conn), cell_string("hidden"), cell_string(comm),
			       cell_uint(ns), cell_string(end)};

	render_row(p->renderer, cells);
}

static void no_rows_print_nothing(void **state)
{
	struct printed p;

	(void)state;
	printed_open(&p, &plain);
	render_begin(p.renderer, &table);
	printed_check(&p, "");
}

static void columns_are_as_wide_as_their_widest_cell(void **state)
{
	struct printed p;

	(void)state;
	printed_open(&p, &plain);
	render_begin(p.renderer, &table);
	print_row(&p, 1, "hello_client", 61000, "fin");
	print_row(&p, 1234567, "c", 1370000, "reset");
	printed_check(&p, "   conn  comm             took  end\n"
			  "      1  hello_client    61 µs  fin\n"
			  "1234567  c             1.37 ms  reset\n");
}

static const struct column remarked[] = {
	{.key = "comm", .title = "comm"},
	{.key = "end", .title = "end"},
	{.title = "", .wraps = true},
};
static const struct table remarked_table = {"test", remarked, 3};

static void print_remarked(struct printed *p, const char *comm, const char *remark)
{
	struct cell cells[] = {cell_string(comm), cell_string("fin"), cell_string(remark)};

	render_row(p->renderer, cells);
}

#define TEN "xxxxxxxxx "
#define SPACES_82                                                                                  \
	"                                                                                  "
#define SPACES_83 SPACES_82 " "

static void remarks_wrap_beside_their_row(void **state)
{
	struct printed p;

	(void)state;
	printed_open(&p, &plain);
	render_begin(p.renderer, &remarked_table);
	print_remarked(&p, "nginx", "short");
	print_remarked(&p, "nginx", TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "end");
	printed_check(&p, "comm  end\n"
			  "nginx fin short\n"
			  "nginx fin " TEN TEN TEN TEN TEN TEN TEN TEN "xxxxxxxxx\n"
			  "          xxxxxxxxx end\n");
}

static void remarks_without_room_stand_below_their_row(void **state)
{
	struct printed p;

	(void)state;
	printed_open(&p, &plain);
	render_begin(p.renderer, &remarked_table);
	print_remarked(&p, TEN TEN TEN TEN TEN TEN TEN TEN "xxxxxx", "start not seen");
	print_remarked(&p, "nginx", "-");
	printed_check(&p, "comm" SPACES_83 "end\n" TEN TEN TEN TEN TEN TEN TEN TEN "xxxxxx fin\n"
			  "        start not seen\n"
			  "nginx" SPACES_82 "fin -\n");
}

static void notes_wrap(void **state)
{
	struct printed p;

	(void)state;
	printed_open(&p, &plain);
	render_begin(p.renderer, &remarked_table);
	render_note(p.renderer, TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "end");
	printed_check(&p, TEN TEN TEN TEN TEN TEN TEN TEN TEN "xxxxxxxxx\n"
							      "  end\n");
}

static void unknown_is_a_dash_and_lines_end_without_spaces(void **state)
{
	struct cell cells[] = {cell_null(), cell_null(), cell_string("a"), cell_null(),
			       cell_string("")};
	struct printed p;

	(void)state;
	printed_open(&p, &plain);
	render_begin(p.renderer, &table);
	render_row(p.renderer, cells);
	printed_check(&p, "conn  comm  took  end\n"
			  "   -  a        -\n");
}

static void widths_are_fixed_after_the_first_rows(void **state)
{
	struct printed p;
	char *start;

	(void)state;
	printed_open(&p, &plain);
	render_begin(p.renderer, &table);
	for (int i = 0; i < 200; i++)
		print_row(&p, 1, "a", 1000, "fin");
	render_flush(p.renderer);
	start = p.text + p.len;
	assert_true(p.len > 0);
	print_row(&p, 1, "longer than anything", 1000, "fin");
	render_flush(p.renderer);
	start = p.text + p.len - strlen("   1  longer than anything  1 µs  fin\n");
	assert_string_equal(start, "   1  longer than anything  1 µs  fin\n");
	printed_check(&p, NULL);
}

static void a_field_too_wide_takes_from_those_behind_it(void **state)
{
	static const char want[] = "123456  ab    1 µs  fin\n"
				   "123456  abcde  1 µs  fin\n"
				   "   1  ab    100 µs  fin\n";
	struct printed p;

	(void)state;
	printed_open(&p, &plain);
	render_begin(p.renderer, &table);
	for (int i = 0; i < 200; i++)
		print_row(&p, 1234, "comm", 100000, "fin");
	print_row(&p, 123456, "ab", 1000, "fin");
	print_row(&p, 123456, "abcde", 1000, "fin");
	print_row(&p, 1, "ab", 100000, "fin");
	render_flush(p.renderer);
	assert_string_equal(p.text + p.len - strlen(want), want);
	printed_check(&p, NULL);
}

/* One row alone has a time that would make all lines too long. */
static void few_fields_are_too_wide_where_that_lets_lines_fit(void **state)
{
	static const struct column long_columns[] = {
		{.key = "comm", .title = "comm"},
		{.key = "took", .title = "took", .align = ALIGN_RIGHT},
		{.key = "end", .title = "end"},
		{.title = "", .wraps = true},
	};
	static const struct table long_table = {"test", long_columns, 4};
	struct cell cells[] = {cell_string(TEN TEN TEN TEN TEN TEN TEN), cell_string("1 ms"),
			       cell_string(TEN TEN), cell_string("")};
	struct printed p;

	(void)state;
	printed_open(&p, &plain);
	render_begin(p.renderer, &long_table);
	for (int i = 0; i < 8; i++)
		render_row(p.renderer, cells);
	cells[0] = cell_string("short");
	cells[1] = cell_string("999 h 59 min");
	cells[2] = cell_string("fin");
	render_row(p.renderer, cells);
	render_flush(p.renderer);
	render_finish(p.renderer);
	render_flush(p.renderer);
	for (const char *line = p.text; *line; line = strchr(line, '\n') + 1)
		assert_true(strcspn(line, "\n") <= 100);
	assert_non_null(strstr(p.text, " 999 h 59 min fin\n"));
	printed_check(&p, NULL);
}

static void live_rows_are_printed_at_once_in_declared_widths(void **state)
{
	struct render_options live = {.format = RENDER_TEXT, .is_live = true};
	struct printed p;

	(void)state;
	printed_open(&p, &live);
	render_begin(p.renderer, &table);
	print_row(&p, 1, "hello_client", 61000, "fin");
	assert_string_equal(p.text, "conn  comm  took  end\n"
				    "   1  hello_client  61 µs  fin\n");
	printed_check(&p, NULL);
}

static void notes_keep_their_place_between_rows(void **state)
{
	struct printed p;

	(void)state;
	printed_open(&p, &plain);
	render_begin(p.renderer, &table);
	print_row(&p, 1, "a", 1000, "fin");
	render_note(p.renderer, "-- 12 events lost on CPU 1 \033[2J");
	print_row(&p, 2, "b", 1000, "fin");
	printed_check(&p, "conn  comm  took  end\n"
			  "   1  a     1 µs  fin\n"
			  "-- 12 events lost on CPU 1 \\x1b[2J\n"
			  "   2  b     1 µs  fin\n");
}

static void a_note_without_any_row_stands_alone(void **state)
{
	struct printed p;

	(void)state;
	printed_open(&p, &plain);
	render_begin(p.renderer, &table);
	render_note(p.renderer, "no connection was recorded");
	printed_check(&p, "no connection was recorded\n");
}

static void titles_stand_above_a_note_that_came_before_the_first_row(void **state)
{
	struct printed p;

	(void)state;
	printed_open(&p, &plain);
	render_begin(p.renderer, &table);
	render_note(p.renderer, "-- note");
	print_row(&p, 1, "a", 1000, "fin");
	printed_check(&p, "conn  comm  took  end\n"
			  "-- note\n"
			  "   1  a     1 µs  fin\n");
}

static void a_table_without_titles_has_no_heading(void **state)
{
	static const struct column labels[] = {{.title = "", .width = 6}, {.title = ""}};
	static const struct table t = {"page", labels, 2};
	struct cell cells[] = {cell_string("host"), cell_string("here")};
	struct printed p;

	(void)state;
	printed_open(&p, &plain);
	render_begin(p.renderer, &t);
	render_row(p.renderer, cells);
	printed_check(&p, "host    here\n");
}

static void headings_part_tapes_by_an_empty_line(void **state)
{
	struct printed p;

	(void)state;
	printed_open(&p, &plain);
	render_heading(p.renderer, "a.tape");
	render_begin(p.renderer, &table);
	print_row(&p, 1, "a", 1000, "fin");
	render_heading(p.renderer, "b.tape");
	printed_check(&p, "a.tape\n"
			  "conn  comm  took  end\n"
			  "   1  a     1 µs  fin\n"
			  "\n"
			  "b.tape\n");
}

static void empty_texts_need_no_memory(void **state)
{
	static const struct column one[] = {{.title = "who", .width = 4}};
	static const struct table t = {"one", one, 1};
	struct cell cells[] = {cell_string("")};
	struct printed p;

	(void)state;
	printed_open(&p, &plain);
	render_begin(p.renderer, &t);
	render_row(p.renderer, cells);
	render_note(p.renderer, "");
	printed_check(&p, "who\n\n\n");
}

static void texts_from_the_tape_cannot_move_the_cursor(void **state)
{
	struct printed p;

	(void)state;
	printed_open(&p, &plain);
	render_begin(p.renderer, &table);
	print_row(&p, 1, "\033[31m\n\xff", 1000, "fin");
	printed_check(&p, "conn  comm            took  end\n"
			  "   1  \\x1b[31m\\n\\xff  1 µs  fin\n");
}

static void colour_is_used_only_when_asked(void **state)
{
	struct render_options colour = {.format = RENDER_TEXT, .use_colour = true};
	struct printed p;

	(void)state;
	printed_open(&p, &colour);
	render_begin(p.renderer, &table);
	print_row(&p, 1, "a", 1000, "timeout");
	render_note(p.renderer, "note");
	printed_check(&p, "\033[1mconn  comm  took  end\033[0m\n"
			  "   1  a     1 µs  timeout\n"
			  "\033[2mnote\033[0m\n");
}

static void columns_move_together_when_that_lets_a_line_fit(void **state)
{
	char wide[85];
	struct printed p;

	(void)state;
	memset(wide, 'x', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = 0;
	printed_open(&p, &plain);
	render_begin(p.renderer, &table);
	print_row(&p, 1, wide, 1000, "fin");
	fflush(p.file);
	render_finish(p.renderer);
	assert_memory_equal(p.text, "conn comm ", 10);
	printed_check(&p, NULL);
}

static void long_rows_do_not_wait_for_a_whole_page(void **state)
{
	enum { LONG = 600 << 10 };
	char *text = calloc(LONG + 1, 1);
	struct printed p;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', LONG);
	printed_open(&p, &plain);
	render_begin(p.renderer, &table);
	print_row(&p, 1, text, 1000, "fin");
	fflush(p.file);
	assert_int_equal(p.len, 0);
	print_row(&p, 2, text, 1000, "fin");
	fflush(p.file);
	assert_true(p.len > 2 * LONG);
	printed_check(&p, NULL);
	free(text);
}

static void times_count_from_the_origin_and_bytes_are_human(void **state)
{
	static const struct column times[] = {
		{.key = "ts_ns",
		 .title = "time",
		 .unit = UNIT_TIME,
		 .align = ALIGN_RIGHT,
		 .width = 10},
		{.key = "tx_bytes", .title = "sent", .unit = UNIT_BYTES, .align = ALIGN_RIGHT},
		{.key = "ok", .title = "ok"},
		{.key = "at", .title = "at"},
	};
	static const struct table t = {"times", times, 4};
	struct cell cells[] = {cell_uint(5000061000), cell_uint(1400000), cell_bool(true),
			       cell_hex(0xffffffff81000000)};
	struct printed p;

	(void)state;
	printed_open(&p, &plain);
	render_set_origin(p.renderer, 5000000000);
	render_begin(p.renderer, &t);
	render_row(p.renderer, cells);
	cells[0] = cell_uint(4999999000);
	render_row(p.renderer, cells);
	printed_check(&p, "      time    sent  ok   at\n"
			  "  0.000061  1.4 MB  yes  0xffffffff81000000\n"
			  " -0.000001  1.4 MB  yes  0xffffffff81000000\n");
}

static void nested_values_are_key_and_value(void **state)
{
	static const struct column nested[] = {{.key = "fields", .title = "fields"}};
	static const struct table t = {"nested", nested, 1};
	struct member list[] = {{NULL, cell_uint(1)}, {NULL, cell_int(-2)}};
	struct member inner[] = {{"a", cell_null()}};
	struct member items[] = {{"port", cell_uint(8080)},
				 {"name", cell_string("two words")},
				 {"quote", cell_string("a\" b=\"c")},
				 {"empty", cell_string("")},
				 {"list", cell_list(list, 2)},
				 {"in\033ner", cell_object(inner, 1)}};
	struct cell cells[] = {cell_object(items, 6)};
	struct printed p;

	(void)state;
	printed_open(&p, &plain);
	render_begin(p.renderer, &t);
	render_row(p.renderer, cells);
	printed_check(
		&p,
		"fields\n"
		"port=8080 name=\"two words\" quote=\"a\\\" b=\\\"c\" empty=\"\" list=[1,-2] in\\x1bner={a=-}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_rows_print_nothing),
		cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
		cmocka_unit_test(remarks_wrap_beside_their_row),
		cmocka_unit_test(remarks_without_room_stand_below_their_row),
		cmocka_unit_test(notes_wrap),
		cmocka_unit_test(unknown_is_a_dash_and_lines_end_without_spaces),
		cmocka_unit_test(widths_are_fixed_after_the_first_rows),
		cmocka_unit_test(a_field_too_wide_takes_from_those_behind_it),
		cmocka_unit_test(few_fields_are_too_wide_where_that_lets_lines_fit),
		cmocka_unit_test(live_rows_are_printed_at_once_in_declared_widths),
		cmocka_unit_test(notes_keep_their_place_between_rows),
		cmocka_unit_test(a_note_without_any_row_stands_alone),
		cmocka_unit_test(titles_stand_above_a_note_that_came_before_the_first_row),
		cmocka_unit_test(a_table_without_titles_has_no_heading),
		cmocka_unit_test(headings_part_tapes_by_an_empty_line),
		cmocka_unit_test(empty_texts_need_no_memory),
		cmocka_unit_test(texts_from_the_tape_cannot_move_the_cursor),
		cmocka_unit_test(colour_is_used_only_when_asked),
		cmocka_unit_test(columns_move_together_when_that_lets_a_line_fit),
		cmocka_unit_test(long_rows_do_not_wait_for_a_whole_page),
		cmocka_unit_test(times_count_from_the_origin_and_bytes_are_human),
		cmocka_unit_test(nested_values_are_key_and_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
