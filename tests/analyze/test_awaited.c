/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_awaited.c -- done when those asked for, and their peers, are over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/awaited.h"

static int begin(void **state)
{
	static struct awaited a;

	a = (struct awaited){0};
	assert_true(awaited_add(&a, 5));
	*state = &a;
	return 0;
}

static int end(void **state)
{
	awaited_release(*state);
	return 0;
}

static bool is_done_after(struct awaited *a, uint64_t conn, uint64_t peer)
{
	awaited_see(a, conn, peer);
	return awaited_is_done(a);
}

static void others_do_not_count(void **state)
{
	struct awaited *a = *state;

	assert_false(is_done_after(a, 1, 0));
	assert_false(is_done_after(a, 3, 4));
	assert_false(is_done_after(a, 4, 3));
	assert_true(is_done_after(a, 5, 0));
}

static void a_peer_may_be_over_later(void **state)
{
	struct awaited *a = *state;

	assert_false(is_done_after(a, 5, 9));
	assert_false(is_done_after(a, 8, 7));
	assert_true(is_done_after(a, 9, 5));
}

static void or_before(void **state)
{
	struct awaited *a = *state;

	assert_false(is_done_after(a, 9, 5));
	assert_true(is_done_after(a, 5, 9));
}

static void both_may_be_asked_for(void **state)
{
	struct awaited *a = *state;

	assert_true(awaited_add(a, 9));
	assert_false(is_done_after(a, 5, 9));
	assert_true(is_done_after(a, 9, 5));
}

static void nobody_is_asked_for(void **state)
{
	struct awaited all = {0};

	(void)state;
	awaited_see(&all, 1, 2);
	assert_false(awaited_is_done(&all));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(others_do_not_count, begin, end),
		cmocka_unit_test_setup_teardown(a_peer_may_be_over_later, begin, end),
		cmocka_unit_test_setup_teardown(or_before, begin, end),
		cmocka_unit_test_setup_teardown(both_may_be_asked_for, begin, end),
		cmocka_unit_test(nobody_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
