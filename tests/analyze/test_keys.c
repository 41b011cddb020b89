/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_keys.c -- numbers that were entered are found, others are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/keys.h"

static void what_was_entered_is_found(void **state)
{
	struct keys k = {0};
	uint64_t v;

	(void)state;
	assert_false(keys_find(&k, 1, &v));
	for (uint64_t i = 1; i < 1000; i++)
		assert_true(keys_set(&k, i << 40, i));
	assert_int_equal(k.count, 999);
	for (uint64_t i = 1; i < 1000; i++) {
		assert_true(keys_find(&k, i << 40, &v));
		assert_int_equal(v, i);
		assert_false(keys_find(&k, (i << 40) + 1, NULL));
	}
	keys_release(&k);
}

static void replacing_keeps_the_count(void **state)
{
	struct keys k = {0};
	uint64_t v;

	(void)state;
	assert_true(keys_set(&k, 7, 1));
	assert_true(keys_set(&k, 7, 2));
	assert_int_equal(k.count, 1);
	assert_true(keys_find(&k, 7, &v));
	assert_int_equal(v, 2);
	keys_release(&k);
}

static void zero_is_never_in(void **state)
{
	struct keys k = {0};

	(void)state;
	assert_true(keys_set(&k, 0, 1));
	assert_false(keys_find(&k, 0, NULL));
	assert_int_equal(k.count, 0);
	assert_true(keys_set(&k, 5, 1));
	keys_clear(&k);
	assert_false(keys_find(&k, 5, NULL));
	assert_int_equal(k.count, 0);
	keys_release(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_entered_is_found),
		cmocka_unit_test(replacing_keeps_the_count),
		cmocka_unit_test(zero_is_never_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
