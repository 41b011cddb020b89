/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_intern.c -- equal entries get equal ids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "format/intern.h"

static uint32_t id_of(struct intern *t, const char *entry)
{
	uint32_t id = 0;

	assert_true(intern_add(t, entry, strlen(entry), &id));
	return id;
}

static void equal_entries_get_equal_ids_and_new_ones_the_next(void **state)
{
	struct intern *t = intern_new();

	(void)state;
	assert_int_equal(intern_count(t), 0);
	assert_int_equal(id_of(t, "a"), 1);
	assert_int_equal(id_of(t, "b"), 2);
	assert_int_equal(id_of(t, "a"), 1);
	assert_int_equal(id_of(t, "aa"), 3);
	assert_int_equal(id_of(t, "b"), 2);
	assert_int_equal(intern_count(t), 3);
	intern_free(t);
	intern_free(NULL);
}

static void many_entries_keep_their_ids(void **state)
{
	enum { COUNT = 50000 };
	struct intern *t = intern_new();
	uint32_t id;

	(void)state;
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < COUNT; i++) {
			assert_true(intern_add(t, &i, sizeof(i), &id));
			assert_int_equal(id, i + 1);
		}
	assert_int_equal(intern_count(t), COUNT);
	intern_free(t);
}

/* More than there is room for beside each other; numbers go around the table, too. */
static void entries_of_one_number_keep_their_ids(void **state)
{
	enum { COUNT = 6000, NUMBERS = 3 };
	struct intern *t = intern_new();
	uint32_t entry[2], id;

	(void)state;
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < COUNT; i++) {
			entry[0] = UINT32_MAX - i % NUMBERS * 100;
			entry[1] = i / NUMBERS;
			assert_true(intern_add(t, entry, sizeof(entry), &id));
			assert_int_equal(id, i + 1);
			assert_memory_equal(intern_entry(t, id).p, entry, sizeof(entry));
		}
	assert_int_equal(intern_count(t), COUNT);
	intern_free(t);
}

/* What intern_take() must give. */
static void run_is(struct intern *t, size_t first, size_t count, const char *entries)
{
	size_t a, n;
	struct view bytes = intern_take(t, &a, &n);

	assert_int_equal(a, first);
	assert_int_equal(n, count);
	assert_int_equal(view_len(bytes), strlen(entries));
	assert_memory_equal(bytes.p, entries, strlen(entries));
}

static void only_new_entries_are_encoded(void **state)
{
	struct intern *t = intern_new();

	(void)state;
	run_is(t, 1, 0, "");
	id_of(t, "a");
	id_of(t, "bc");
	id_of(t, "a");
	assert_int_equal(intern_pending(t), 3);
	run_is(t, 1, 2, "abc");
	assert_int_equal(intern_pending(t), 0);
	id_of(t, "bc");
	run_is(t, 3, 0, "");
	id_of(t, "def");
	run_is(t, 3, 1, "def");
	intern_free(t);
}

static void a_reset_starts_again_at_1(void **state)
{
	struct intern *t = intern_new();

	(void)state;
	intern_reset(t);
	id_of(t, "a");
	id_of(t, "b");
	run_is(t, 1, 2, "ab");
	id_of(t, "c");
	intern_reset(t);
	assert_int_equal(intern_count(t), 0);
	assert_int_equal(intern_pending(t), 0);
	assert_int_equal(id_of(t, "b"), 1);
	run_is(t, 1, 1, "b");
	intern_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_entries_get_equal_ids_and_new_ones_the_next),
		cmocka_unit_test(many_entries_keep_their_ids),
		cmocka_unit_test(entries_of_one_number_keep_their_ids),
		cmocka_unit_test(only_new_entries_are_encoded),
		cmocka_unit_test(a_reset_starts_again_at_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
