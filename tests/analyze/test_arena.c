/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_arena.c -- what is lent stays, until all of it goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/arena.h"

static void memory_is_zero_aligned_and_apart(void **state)
{
	struct arena a = {0};
	unsigned char *before = NULL;

	(void)state;
	for (size_t size = 0; size < 300; size++) {
		unsigned char *p = arena_take(&a, size);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
		if (before && size > 1)
			assert_int_equal(before[0], 0xff);
		before = p;
	}
	arena_release(&a);
}

static void used_memory_is_zero_again_after_a_reset(void **state)
{
	struct arena a = {0};
	unsigned char *p = arena_take(&a, 64);

	(void)state;
	memset(p, 0xff, 64);
	arena_reset(&a);
	p = arena_take(&a, 64);
	for (size_t i = 0; i < 64; i++)
		assert_int_equal(p[i], 0);
	arena_release(&a);
}

static void large_pieces_have_their_own_block(void **state)
{
	struct arena a = {0};
	char *small = arena_copy(&a, "small");
	char *large = arena_take(&a, 1 << 20);

	(void)state;
	assert_non_null(large);
	assert_string_equal(small, "small");
	arena_reset(&a);
	arena_release(&a);
	arena_release(&a);
}

static void products_that_do_not_fit_are_refused(void **state)
{
	struct arena a = {0};

	(void)state;
	assert_null(arena_take_array(&a, SIZE_MAX / 8, 16));
	assert_null(arena_take_array(&a, SIZE_MAX, 1));
	assert_non_null(arena_take_array(&a, 0, 16));
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zero_aligned_and_apart),
		cmocka_unit_test(used_memory_is_zero_again_after_a_reset),
		cmocka_unit_test(large_pieces_have_their_own_block),
		cmocka_unit_test(products_that_do_not_fit_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
