/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_row_groups.c -- rows are counted by what is in them, in bounded memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/row_groups.h"

static void count(struct row_groups *g, struct cell a, struct cell b)
{
	struct cell cells[] = {a, b};

	assert_true(row_groups_add(g, cells));
}

static uint64_t next(struct row_groups *g, size_t *at, struct cell *cells)
{
	struct arena a = {0};
	uint64_t rows = 0;

	assert_true(row_groups_next(g, at, cells, &rows, &a));
	arena_release(&a);
	return rows;
}

static void equal_rows_are_one_group(void **state)
{
	struct row_groups g = {.cell_count = 2};
	struct cell cells[2];
	size_t at = 0;

	(void)state;
	count(&g, cell_string("tcp"), cell_uint(1));
	count(&g, cell_string("tcp"), cell_null());
	count(&g, cell_string("tcp"), cell_uint(1));
	count(&g, cell_string("tcp1"), cell_null());
	assert_int_equal(next(&g, &at, cells), 2);
	assert_int_equal(cells[1].num, 1);
	assert_int_equal(next(&g, &at, cells), 1);
	assert_int_equal(cells[1].kind, CELL_NULL);
	assert_int_equal(next(&g, &at, cells), 1);
	assert_int_equal(view_len(cells[0].text), 4);
	assert_false(row_groups_next(&g, &at, cells, &(uint64_t){0}, NULL));
	row_groups_release(&g);
}

static void groups_beyond_the_limit_are_not_kept(void **state)
{
	struct row_groups g = {.cell_count = 2};
	struct cell cells[2];
	size_t at = 0;

	(void)state;
	for (uint64_t i = 0; i < ROW_GROUPS_MAX + 10; i++)
		count(&g, cell_uint(i), cell_null());
	for (uint64_t i = 0; i < ROW_GROUPS_MAX; i++)
		count(&g, cell_uint(i), cell_null());
	assert_int_equal(g.rest, 10);
	for (uint64_t i = 0; i < ROW_GROUPS_MAX; i++)
		assert_int_equal(next(&g, &at, cells), 2);
	row_groups_release(&g);
}

static void long_texts_take_their_room(void **state)
{
	enum { LONG = 1 << 20 };
	struct row_groups g = {.cell_count = 2};
	char *text = calloc(1, LONG);

	(void)state;
	for (uint64_t i = 0; i < 20; i++)
		count(&g, cell_uint(i), cell_text(view_of(text, LONG)));
	assert_true(g.rest >= 4 && g.bytes.len <= ROW_GROUPS_BYTES + LONG);
	free(text);
	row_groups_release(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_rows_are_one_group),
		cmocka_unit_test(groups_beyond_the_limit_are_not_kept),
		cmocka_unit_test(long_texts_take_their_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
