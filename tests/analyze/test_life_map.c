/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_life_map.c -- lives are found by hash, the newest first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/life_map.h"

static void newest_of_equal_hashes_comes_first(void **state)
{
	struct life a = {.conn = 1}, b = {.conn = 2};
	struct life_map m;

	(void)state;
	life_map_init(&m, LINK_TUPLE);
	assert_true(life_map_add(&m, &a, 77));
	assert_true(life_map_add(&m, &b, 77));
	assert_ptr_equal(life_map_first(&m, 77), &b);
	assert_ptr_equal(life_map_next(&m, &b), &a);
	assert_null(life_map_next(&m, &a));
	assert_null(life_map_first(&m, 78));
	life_map_release(&m);
}

static void growing_keeps_everything_findable_in_order(void **state)
{
	struct life lives[500] = {{0}};
	struct life_map m;

	(void)state;
	life_map_init(&m, LINK_SKADDR);
	for (uint32_t i = 0; i < 500; i++)
		assert_true(life_map_add(&m, &lives[i], i / 2 * 64));
	for (uint32_t i = 0; i < 500; i += 2) {
		assert_ptr_equal(life_map_first(&m, i / 2 * 64), &lives[i + 1]);
		assert_ptr_equal(life_map_next(&m, &lives[i + 1]), &lives[i]);
	}
	life_map_release(&m);
}

static void removing_twice_is_fine(void **state)
{
	struct life a = {0}, b = {0};
	struct life_map m;

	(void)state;
	life_map_init(&m, LINK_SEQ);
	life_map_add(&m, &a, 1);
	life_map_add(&m, &b, 1);
	life_map_remove(&m, &a);
	life_map_remove(&m, &a);
	assert_ptr_equal(life_map_first(&m, 1), &b);
	assert_int_equal(m.count, 1);
	life_map_release(&m);
}

static void adding_again_moves_to_the_new_hash(void **state)
{
	struct life a = {0};
	struct life_map m;

	(void)state;
	life_map_init(&m, LINK_COOKIE);
	life_map_add(&m, &a, 1);
	life_map_add(&m, &a, 2);
	assert_null(life_map_first(&m, 1));
	assert_ptr_equal(life_map_first(&m, 2), &a);
	assert_int_equal(m.count, 1);
	life_map_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newest_of_equal_hashes_comes_first),
		cmocka_unit_test(growing_keeps_everything_findable_in_order),
		cmocka_unit_test(removing_twice_is_fine),
		cmocka_unit_test(adding_again_moves_to_the_new_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
