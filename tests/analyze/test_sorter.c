/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_sorter.c -- rows come back in order, however many there are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/sorter.h"

static void add(struct sorter *s, uint64_t key, uint64_t n, const char *text)
{
	struct cell keys[] = {cell_uint(key)}, cells[] = {cell_uint(n), cell_string(text)};

	assert_int_equal(sorter_add(s, keys, cells, NULL), 0);
}

static uint64_t take(struct sorter *s)
{
	const struct cell *cells;

	assert_int_equal(sorter_next(s, &cells, NULL), 0);
	return (uint64_t)cells[0].num;
}

static void ends(struct sorter *s)
{
	const struct cell *cells;

	assert_int_equal(sorter_next(s, &cells, NULL), END);
	assert_int_equal(sorter_next(s, &cells, NULL), END);
	sorter_free(s);
}

static const bool up[] = {false}, down[] = {true};

static void equal_rows_keep_their_order(void **state)
{
	struct sorter *s = sorter_new(up, 1, 2, 0);

	(void)state;
	add(s, 2, 1, "a");
	add(s, 1, 2, "b");
	add(s, 2, 3, "c");
	add(s, 1, 4, "d");
	assert_int_equal(take(s), 2);
	assert_int_equal(take(s), 4);
	assert_int_equal(take(s), 1);
	assert_int_equal(take(s), 3);
	ends(s);
}

static void nothing_comes_of_nothing(void **state)
{
	(void)state;
	ends(sorter_new(up, 1, 2, 0));
	ends(sorter_new(up, 1, 2, 5));
}

static void what_is_unknown_is_last_both_ways(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct sorter *s = sorter_new(i ? down : up, 1, 1, 0);
		struct cell keys[] = {cell_null(), cell_int(-5), cell_uint(7), cell_list(NULL, 0)};

		for (uint64_t n = 0; n < 4; n++) {
			struct cell cell = cell_uint(n);

			assert_int_equal(sorter_add(s, &keys[n], &cell, NULL), 0);
		}
		assert_int_equal(take(s), i ? 2 : 1);
		assert_int_equal(take(s), i ? 1 : 2);
		assert_int_equal(take(s), 0);
		assert_int_equal(take(s), 3);
		ends(s);
	}
}

static void nested_cells_come_back(void **state)
{
	struct member inner[] = {{NULL, cell_uint(1)}, {NULL, cell_null()}};
	struct member items[] = {{"a", cell_string("x")}, {"b", cell_list(inner, 2)}};
	struct cell cells[] = {cell_object(items, 2), cell_name("SYN", 2)};
	struct sorter *s = sorter_new(up, 0, 2, 0);
	const struct cell *got;

	(void)state;
	assert_int_equal(sorter_add(s, NULL, cells, NULL), 0);
	assert_int_equal(sorter_next(s, &got, NULL), 0);
	assert_int_equal(got[0].item_count, 2);
	assert_string_equal(got[0].items[1].key, "b");
	assert_int_equal(got[0].items[1].cell.kind, CELL_LIST);
	assert_int_equal(got[0].items[1].cell.items[0].cell.num, 1);
	assert_null(got[0].items[1].cell.items[0].key);
	assert_int_equal(got[1].kind, CELL_NAME);
	assert_int_equal(got[1].num, 2);
	assert_memory_equal(got[1].text.p, "SYN", 3);
	ends(s);
}

/* A permutation of 0..n-1, n a power of two. */
static uint64_t scatter(uint64_t i, uint64_t n)
{
	return (i * 2654435761u + 12345) & (n - 1);
}

static void more_than_memory_holds_waits_in_a_file(void **state)
{
	enum { ROWS = 1 << 16 }; /* of a kilobyte: four times SORTER_BYTES */
	struct sorter *s = sorter_new(down, 1, 2, 0);
	char text[1024];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	for (uint64_t i = 0; i < ROWS; i++)
		add(s, scatter(i, ROWS) / 2, scatter(i, ROWS), text);
	for (uint64_t i = ROWS; i-- > 0;)
		assert_int_equal(take(s) / 2, i / 2);
	ends(s);
}

static void equal_rows_of_several_runs_keep_their_order(void **state)
{
	enum { ROWS = 1 << 15 };
	struct sorter *s = sorter_new(up, 1, 2, 0);
	char text[2048];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	for (uint64_t i = 0; i < ROWS; i++)
		add(s, i % 2, i, text);
	for (uint64_t i = 0; i < ROWS; i++)
		assert_int_equal(take(s), i < ROWS / 2 ? 2 * i : 2 * (i - ROWS / 2) + 1);
	ends(s);
}

static void a_limit_keeps_the_first_of_the_order(void **state)
{
	enum { ROWS = 1 << 20 };
	struct sorter *s = sorter_new(up, 1, 2, 10);

	(void)state;
	for (uint64_t i = 0; i < ROWS; i++)
		add(s, scatter(i, ROWS), scatter(i, ROWS),
		    "0123456789012345678901234567890123456789");
	for (uint64_t i = 0; i < 10; i++)
		assert_int_equal(take(s), i);
	ends(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_rows_keep_their_order),
		cmocka_unit_test(nothing_comes_of_nothing),
		cmocka_unit_test(what_is_unknown_is_last_both_ways),
		cmocka_unit_test(nested_cells_come_back),
		cmocka_unit_test(more_than_memory_holds_waits_in_a_file),
		cmocka_unit_test(equal_rows_of_several_runs_keep_their_order),
		cmocka_unit_test(a_limit_keeps_the_first_of_the_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
