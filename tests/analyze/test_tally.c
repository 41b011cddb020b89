/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_tally.c -- keys are counted, in bounded memory and an order that does not vary. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/tally.h"

static void keys_are_counted_with_first_and_last_time(void **state)
{
	struct tally t;
	struct tally_group *a;

	(void)state;
	tally_init(&t, sizeof(uint64_t));
	a = tally_count(&t, tally_text("a"), 20);
	*(uint64_t *)a->own += 7;
	tally_count(&t, tally_text("b"), 10);
	assert_ptr_equal(tally_count(&t, tally_text("a"), 15), a);
	*(uint64_t *)a->own += 7;
	assert_int_equal(t.count, 2);
	assert_string_equal(a->text, "a");
	assert_int_equal(a->count, 2);
	assert_int_equal(a->first_ns, 15);
	assert_int_equal(a->last_ns, 20);
	assert_int_equal(*(uint64_t *)a->own, 14);
	assert_null(t.rest);
	tally_release(&t);
}

static void number_and_text_both_make_the_key(void **state)
{
	static const char text[] = "x\0y";
	struct tally t;

	(void)state;
	tally_init(&t, 0);
	tally_count(&t, tally_number(1), 0);
	tally_count(&t, tally_number(2), 0);
	tally_count(&t, tally_text(NULL), 0);
	tally_count(&t, tally_number(0), 0);
	tally_count(&t, (struct tally_key){1, view_of(text, 3)}, 0);
	tally_count(&t, (struct tally_key){1, view_of(text, 1)}, 0);
	assert_int_equal(t.count, 4);
	tally_release(&t);
}

static void most_come_first_and_equals_by_key(void **state)
{
	static const char *const words[] = {"c", "b", "a", "b", "d", "d", "d"};
	struct tally t;

	(void)state;
	tally_init(&t, 0);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		tally_count(&t, tally_text(words[i]), i);
	tally_sort(&t, TALLY_BY_COUNT);
	assert_string_equal(t.groups[0]->text, "d");
	assert_string_equal(t.groups[1]->text, "b");
	assert_string_equal(t.groups[2]->text, "a");
	assert_string_equal(t.groups[3]->text, "c");
	tally_release(&t);
}

static void seconds_can_be_put_in_order(void **state)
{
	struct tally t;

	(void)state;
	tally_init(&t, 0);
	for (uint64_t i = 0; i < 100; i++)
		tally_count(&t, tally_number(i * 37 % 100), i);
	tally_sort(&t, TALLY_BY_KEY);
	for (uint64_t i = 0; i < 100; i++)
		assert_int_equal(t.groups[i]->number, i);
	tally_release(&t);
}

static void keys_beyond_the_limit_are_counted_together(void **state)
{
	struct tally t;
	const uint64_t more = 100;

	(void)state;
	tally_init(&t, 0);
	for (uint64_t i = 0; i < TALLY_MAX_GROUPS + more; i++)
		assert_non_null(tally_count(&t, tally_number(i), i));
	assert_int_equal(t.count, TALLY_MAX_GROUPS);
	assert_int_equal(t.rest->count, more);
	assert_int_equal(t.rest->first_ns, TALLY_MAX_GROUPS);
	assert_int_equal(tally_count(&t, tally_number(5), 0)->count, 2);
	tally_release(&t);
}

static void texts_beyond_the_limit_are_counted_together(void **state)
{
	struct tally t;
	char *big = malloc(TALLY_MAX_BYTES);

	(void)state;
	memset(big, 'x', TALLY_MAX_BYTES);
	tally_init(&t, 0);
	tally_count(&t, tally_text("a"), 0);
	tally_count(&t, (struct tally_key){0, view_of(big, TALLY_MAX_BYTES)}, 0);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.rest->count, 1);
	free(big);
	tally_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_counted_with_first_and_last_time),
		cmocka_unit_test(number_and_text_both_make_the_key),
		cmocka_unit_test(most_come_first_and_equals_by_key),
		cmocka_unit_test(seconds_can_be_put_in_order),
		cmocka_unit_test(keys_beyond_the_limit_are_counted_together),
		cmocka_unit_test(texts_beyond_the_limit_are_counted_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
