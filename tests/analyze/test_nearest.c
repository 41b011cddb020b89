/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_nearest.c -- slips of the finger are recognised, other words are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analyze/nearest.h"

static const char *meant(const char *word)
{
	static const char *const words[] = {"info", "replay", "conns", "states", "timeline"};
	struct nearest n = nearest_to(word);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		nearest_offer(&n, words[i]);
	return n.best;
}

static void one_slip_is_near(void **state)
{
	(void)state;
	assert_string_equal(meant("inof"), "info");
	assert_string_equal(meant("inf"), "info");
	assert_string_equal(meant("conn"), "conns");
	assert_string_equal(meant("replya"), "replay");
	assert_string_equal(meant("staets"), "states");
}

static void a_beginning_is_near(void **state)
{
	(void)state;
	assert_string_equal(meant("time"), "timeline");
}

static void other_words_are_far(void **state)
{
	(void)state;
	assert_null(meant("xyzzy"));
	assert_null(meant(""));
	assert_null(meant("a-word-that-is-far-longer-than-any-command-can-be"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_slip_is_near),
		cmocka_unit_test(a_beginning_is_near),
		cmocka_unit_test(other_words_are_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
