/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_life_pool.c -- lives stay where they are, and their numbers find them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analyze/life_pool.h"

enum { MANY = 3 * POOL_CHUNK + 1 };

static void numbers_find_lives_across_chunks(void **state)
{
	struct life_pool pool = {0};
	struct life *lives[MANY];

	(void)state;
	assert_null(life_pool_at(&pool, 0));
	assert_int_equal(life_number(NULL), 0);
	for (unsigned i = 0; i < MANY; i++) {
		lives[i] = life_pool_take(&pool);
		assert_non_null(lives[i]);
		lives[i]->conn = i + 1;
	}
	for (unsigned i = 0; i < MANY; i++) {
		assert_ptr_equal(life_pool_at(&pool, life_number(lives[i])), lives[i]);
		assert_int_equal(lives[i]->conn, i + 1);
	}
	life_pool_release(&pool);
}

static void what_was_returned_is_taken_again_without_its_past(void **state)
{
	struct life_pool pool = {0};
	struct life *l = life_pool_take(&pool);
	uint32_t number;

	(void)state;
	assert_non_null(l);
	number = life_number(l);
	l->conn = 7;
	assert_non_null(life_past(l));
	life_pool_return(&pool, l);
	assert_ptr_equal(life_pool_take(&pool), l);
	assert_int_equal(life_number(l), number);
	assert_int_equal(l->conn, 0);
	assert_null(l->past);
	assert_non_null(life_past(l)); /* and dies with the pool */
	life_pool_release(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_find_lives_across_chunks),
		cmocka_unit_test(what_was_returned_is_taken_again_without_its_past),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
