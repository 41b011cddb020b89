/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_lexicon.c -- each text once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <stdio.h>

#include "analyze/lexicon.h"

static struct view text(const char *s)
{
	return view_of(s, strlen(s));
}

static void equal_texts_are_one(void **state)
{
	struct lexicon n = {0};
	char copy[] = "skb:consume_skb";
	const char *first = lexicon_keep(&n, text("skb:consume_skb"));

	(void)state;
	assert_ptr_equal(lexicon_keep(&n, text(copy)), first);
	assert_string_equal(first, "skb:consume_skb");
	assert_string_equal(lexicon_keep(&n, text("")), "");
	assert_string_equal(lexicon_keep(&n, (struct view){0}), "");
	lexicon_release(&n);
}

static void text_ends_at_its_first_nul(void **state)
{
	struct lexicon n = {0};

	(void)state;
	assert_string_equal(lexicon_keep(&n, view_of("ab\0cd", 5)), "ab");
	lexicon_release(&n);
}

static void growing_keeps_what_was_lent(void **state)
{
	struct lexicon n = {0};
	const char *kept[300];
	char name[16];

	(void)state;
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "name %d", i);
		kept[i] = lexicon_keep(&n, text(name));
	}
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "name %d", i);
		assert_string_equal(kept[i], name);
		assert_ptr_equal(lexicon_keep(&n, text(name)), kept[i]);
	}
	lexicon_release(&n);
}

static void more_than_the_limit_is_not_kept(void **state)
{
	struct lexicon n = {0};
	size_t len = LEXICON_MAX_BYTES + 1;
	char *big = malloc(len);

	(void)state;
	memset(big, 'x', len);
	assert_string_equal(lexicon_keep(&n, view_of(big, len)), "...");
	assert_string_equal(lexicon_keep(&n, text("small")), "small");
	free(big);
	lexicon_release(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_texts_are_one),
		cmocka_unit_test(text_ends_at_its_first_nul),
		cmocka_unit_test(growing_keeps_what_was_lent),
		cmocka_unit_test(more_than_the_limit_is_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
