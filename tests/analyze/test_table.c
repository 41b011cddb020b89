/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_table.c -- cells keep what they were given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analyze/table.h"

static void a_missing_string_is_null_and_an_empty_one_is_not(void **state)
{
	(void)state;
	assert_int_equal(cell_string(NULL).kind, CELL_NULL);
	assert_int_equal(cell_string("").kind, CELL_TEXT);
	assert_int_equal(view_len(cell_string("").text), 0);
	assert_int_equal(view_len(cell_string("abc").text), 3);
}

static void integers_keep_all_bits(void **state)
{
	(void)state;
	assert_true((uint64_t)cell_uint(UINT64_MAX).num == UINT64_MAX);
	assert_true(cell_int(INT64_MIN).num == INT64_MIN);
	assert_true((uint64_t)cell_hex(UINT64_MAX - 1).num == UINT64_MAX - 1);
}

static void a_cell_is_null_unless_filled(void **state)
{
	struct cell cell = {0};

	(void)state;
	assert_int_equal(cell.kind, CELL_NULL);
	assert_int_equal(cell_null().kind, CELL_NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_missing_string_is_null_and_an_empty_one_is_not),
		cmocka_unit_test(integers_keep_all_bits),
		cmocka_unit_test(a_cell_is_null_unless_filled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
