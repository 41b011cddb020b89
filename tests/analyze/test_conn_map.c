/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_conn_map.c -- what was entered is found, whatever was removed around it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/conn_map.h"

static void replacing_changes_the_value_only(void **state)
{
	struct conn_map m = {0};
	int a, b;

	(void)state;
	assert_null(conn_map_find(&m, 1));
	assert_true(conn_map_set(&m, 1, &a));
	assert_true(conn_map_set(&m, 1, &b));
	assert_ptr_equal(conn_map_find(&m, 1), &b);
	assert_int_equal(m.count, 1);
	assert_null(conn_map_find(&m, 0));
	conn_map_release(&m);
}

static void removing_leaves_the_others_findable(void **state)
{
	struct conn_map m = {0};
	char values[1000];

	(void)state;
	for (uint64_t i = 1; i < 1000; i++)
		assert_true(conn_map_set(&m, i, &values[i]));
	for (uint64_t i = 1; i < 1000; i += 3)
		conn_map_remove(&m, i);
	conn_map_remove(&m, 5000);
	for (uint64_t i = 1; i < 1000; i++)
		assert_ptr_equal(conn_map_find(&m, i), i % 3 == 1 ? NULL : &values[i]);
	conn_map_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replacing_changes_the_value_only),
		cmocka_unit_test(removing_leaves_the_others_findable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
