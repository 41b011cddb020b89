/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_shaper.c -- what --where, --count-by, --sort, --limit and --fields make of rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/query.h"
#include "tests/analyze/printed.h"

static const struct column columns[] = {
	{.key = "conn", .title = "conn", .align = ALIGN_RIGHT},
	{.title = "who", .made_of = "pid,comm"},
	{.key = "pid"},
	{.key = "comm"},
	{.key = "took_ns", .title = "took", .unit = UNIT_NS, .align = ALIGN_RIGHT},
	{.key = "deep", .is_hidden = true},
};
static const struct table table = {"test", columns, 6};

static const struct column label[] = {{.title = ""}, {.title = ""}};
static const struct table page = {"page", label, 2};

static void put(struct renderer *r, uint64_t conn, uint64_t pid, const char *comm, int64_t took)
{
	struct cell cells[] = {
		cell_uint(conn),
		cell_string("who"),
		cell_uint(pid),
		cell_string(comm),
		took < 0 ? cell_null() : cell_uint((uint64_t)took),
		cell_uint(conn * 100),
	};

	render_row(r, cells);
}

static void put_rows(struct renderer *r)
{
	render_begin(r, &table);
	put(r, 1, 10, "b", 5000);
	put(r, 2, 20, "a", 9000);
	put(r, 3, 10, "b", -1);
	put(r, 4, 20, "c", 1000);
}

/* Options as {name, value} pairs, ended by NULL. */
static void take(struct query *q, const char *const *options)
{
	struct error err = {0};

	for (; *options; options += 2) {
		const char *name = options[0], *value = options[1];
		int rc = strcmp(name, "where") == 0      ? query_take_where(q, value, &err)
			 : strcmp(name, "count-by") == 0 ? query_take_count_by(q, value, &err)
			 : strcmp(name, "sort") == 0     ? query_take_sort(q, value, &err)
			 : strcmp(name, "limit") == 0    ? query_take_limit(q, value, &err)
							 : query_take_fields(q, value, &err);

		assert_int_equal(rc, 0);
	}
}

static void prints(enum render_format format, const char *const *options, const char *want)
{
	struct query q = {0};
	struct render_options opt = {.format = format, .query = &q};
	struct printed p;

	take(&q, options);
	printed_open(&p, &opt);
	put_rows(p.renderer);
	printed_check(&p, want);
	query_release(&q);
}

#define PRINTS(format, want, ...) prints(format, (const char *const[]){__VA_ARGS__, NULL}, want)

static void fields_are_chosen_and_ordered(void **state)
{
	(void)state;
	PRINTS(RENDER_CSV, "took_ns,conn\n5000,1\n9000,2\n,3\n1000,4\n", "fields", "took,conn");
	PRINTS(RENDER_JSON, "{\"conn\":1}\n{\"conn\":2}\n{\"conn\":3}\n{\"conn\":4}\n", "fields",
	       "conn");
	PRINTS(RENDER_TEXT,
	       "comm  conn  pid\nb        1   10\na        2   20\nb        3   10\nc        4   20\n",
	       "fields", "comm,conn,pid");
}

static void a_column_of_text_is_what_it_is_made_of(void **state)
{
	(void)state;
	PRINTS(RENDER_CSV, "pid,comm\n10,b\n", "fields", "who", "limit", "1");
	PRINTS(RENDER_TEXT, "who\nwho\n", "fields", "who", "limit", "1");
	PRINTS(RENDER_CSV, "conn\n1\n3\n2\n4\n", "sort", "who", "fields", "conn");
}

static void hidden_columns_show_when_named(void **state)
{
	(void)state;
	PRINTS(RENDER_CSV, "conn,pid,comm,took_ns\n4,20,c,1000\n", "where", "deep==400");
	PRINTS(RENDER_CSV, "deep\n100\n", "fields", "deep", "limit", "1");
}

static void rows_are_sorted_with_unknown_last(void **state)
{
	(void)state;
	PRINTS(RENDER_CSV, "conn\n4\n1\n2\n3\n", "fields", "conn", "sort", "took");
	PRINTS(RENDER_CSV, "conn\n2\n1\n4\n3\n", "fields", "conn", "sort", "-took_ns");
	PRINTS(RENDER_CSV, "conn\n2\n3\n1\n4\n", "fields", "conn", "sort", "comm,-conn");
	PRINTS(RENDER_CSV, "conn\n2\n1\n", "fields", "conn", "sort", "-took_ns", "limit", "2");
}

static void rows_that_do_not_fit_are_left_out(void **state)
{
	(void)state;
	PRINTS(RENDER_CSV, "conn\n2\n", "fields", "conn", "where", "took>5us");
	PRINTS(RENDER_CSV, "conn\n1\n4\n", "fields", "conn", "where", "comm!=a && took");
	PRINTS(RENDER_CSV, "conn\n2\n", "fields", "conn", "where", "pid==20", "limit", "1");
	PRINTS(RENDER_TEXT, "none of 4 rows fits --where 'pid==5'\n", "where", "pid==5");
	PRINTS(RENDER_JSON, "", "where", "pid==5");
}

static void rows_are_counted(void **state)
{
	(void)state;
	PRINTS(RENDER_CSV, "comm,count\nb,2\na,1\nc,1\n", "count-by", "comm");
	PRINTS(RENDER_CSV, "pid,count\n10,2\n20,1\n", "count-by", "pid", "where", "comm!=c");
	PRINTS(RENDER_CSV, "pid,comm,count\n20,a,1\n", "count-by", "pid,comm", "sort", "comm",
	       "limit", "1");
	PRINTS(RENDER_CSV, "count,comm\n1,c\n1,a\n2,b\n", "count-by", "comm", "sort", "count,-comm",
	       "fields", "count,comm");
}

static void notes_stay_out_of_sorted_rows(void **state)
{
	struct query q = {0};
	struct render_options opt = {.format = RENDER_TEXT, .query = &q};
	struct printed p;

	(void)state;
	take(&q, (const char *const[]){"sort", "-conn", "fields", "conn", NULL});
	printed_open(&p, &opt);
	render_begin(p.renderer, &table);
	put(p.renderer, 1, 10, "b", 0);
	render_note(p.renderer, "-- lost");
	put(p.renderer, 2, 10, "b", 0);
	printed_check(&p, "conn\n   2\n   1\n");
	query_release(&q);
}

static void enough_is_enough_for_each_tape(void **state)
{
	struct query q = {.limit = 2};
	struct render_options opt = {.format = RENDER_CSV, .query = &q};
	struct printed p;

	(void)state;
	take(&q, (const char *const[]){"fields", "conn", NULL});
	printed_open(&p, &opt);
	render_set_tape(p.renderer, "a");
	put_rows(p.renderer);
	assert_true(render_has_enough(p.renderer));
	render_finish(p.renderer);
	render_set_tape(p.renderer, "b");
	assert_false(render_has_enough(p.renderer));
	put_rows(p.renderer);
	printed_check(&p, "tape,conn\na,1\na,2\nb,1\nb,2\n");
	query_release(&q);
}

static void pages_for_people_stay_as_they_are(void **state)
{
	struct query q = {.limit = 1};
	struct render_options opt = {.format = RENDER_TEXT, .query = &q};
	struct cell cells[] = {cell_string("host"), cell_string("vm")};
	struct printed p;

	(void)state;
	printed_open(&p, &opt);
	render_begin(p.renderer, &page);
	render_row(p.renderer, cells);
	render_row(p.renderer, cells);
	printed_check(&p, "host  vm\nhost  vm\n");
}

static void unknown_columns_are_a_problem(void **state)
{
	static const char *const cases[][3] = {
		{"fields", "conm", "--fields: test has no column conm; did you mean conn?"},
		{"sort", "tok", "--sort: test has no column tok; did you mean took_ns?"},
		{"where", "xyzzy==1", "--where: test has no column xyzzy"},
		{"count-by", "commm", "--count-by: test has no column commm; did you mean comm?"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct query q = {0};
		struct render_options opt = {.format = RENDER_TEXT, .query = &q};
		struct printed p;

		take(&q, (const char *const[]){cases[i][0], cases[i][1], NULL});
		printed_open(&p, &opt);
		put_rows(p.renderer);
		assert_true(render_is_closed(p.renderer));
		assert_int_equal(render_finish(p.renderer), ERR_USAGE);
		assert_string_equal(render_problem(p.renderer)->text, cases[i][2]);
		render_free(p.renderer);
		fclose(p.file);
		assert_string_equal(p.text, "");
		free(p.text);
		query_release(&q);
	}
}

static void only_what_is_looked_at_is_needed(void **state)
{
	struct query q = {0};
	struct render_options opt = {.format = RENDER_JSON, .query = &q};
	struct cell cells[6] = {cell_uint(1), cell_null(), cell_uint(2)};
	struct printed p;

	(void)state;
	take(&q, (const char *const[]){"fields", "conn", "where", "pid==1", "sort", "comm", NULL});
	printed_open(&p, &opt);
	render_begin(p.renderer, &table);
	assert_true(render_needs(p.renderer, 0));
	assert_false(render_needs(p.renderer, 1));
	assert_true(render_needs(p.renderer, 2));
	assert_true(render_needs(p.renderer, 3));
	assert_false(render_needs(p.renderer, 4));
	assert_true(render_refuses(p.renderer, cells));
	cells[2] = cell_uint(1);
	assert_false(render_refuses(p.renderer, cells));
	printed_check(&p, "");
	query_release(&q);
}

static void wrong_values_are_refused(void **state)
{
	struct query q = {0};
	struct error err;

	(void)state;
	assert_int_equal(query_take_limit(&q, "0", &err), ERR_USAGE);
	assert_int_equal(query_take_limit(&q, "5ms", &err), ERR_USAGE);
	assert_int_equal(query_take_limit(&q, "-5", &err), ERR_USAGE);
	assert_int_equal(query_take_fields(&q, "a,,b", &err), ERR_USAGE);
	assert_int_equal(query_take_sort(&q, "", &err), ERR_USAGE);
	assert_int_equal(query_take_where(&q, "a==", &err), ERR_USAGE);
	assert_int_equal(query_take_where(&q, "a==1", &err), 0);
	assert_int_equal(query_take_where(&q, "a==1", &err), ERR_USAGE);
	query_release(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_chosen_and_ordered),
		cmocka_unit_test(a_column_of_text_is_what_it_is_made_of),
		cmocka_unit_test(hidden_columns_show_when_named),
		cmocka_unit_test(rows_are_sorted_with_unknown_last),
		cmocka_unit_test(rows_that_do_not_fit_are_left_out),
		cmocka_unit_test(rows_are_counted),
		cmocka_unit_test(notes_stay_out_of_sorted_rows),
		cmocka_unit_test(enough_is_enough_for_each_tape),
		cmocka_unit_test(pages_for_people_stay_as_they_are),
		cmocka_unit_test(unknown_columns_are_a_problem),
		cmocka_unit_test(only_what_is_looked_at_is_needed),
		cmocka_unit_test(wrong_values_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
