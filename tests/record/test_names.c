/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "record/names.h"

static struct name_list list_of(const char *const *names)
{
	struct name_list l = {0};

	for (; *names; names++)
		assert_int_equal(name_list_add(&l, *names, NULL), OK);
	return l;
}

#define LIST(...) list_of((const char *const[]){__VA_ARGS__, NULL})

static void name_list_sort_makes_equal_names_one(void **state)
{
	struct name_list l = LIST("tcp:b", "sock:a", "tcp:b", "tcp:a", "sock:a");

	(void)state;
	name_list_sort(&l);
	assert_int_equal(l.count, 3);
	assert_string_equal(l.names[0], "sock:a");
	assert_string_equal(l.names[1], "tcp:a");
	assert_string_equal(l.names[2], "tcp:b");
	assert_true(name_list_has(&l, "tcp:a"));
	assert_false(name_list_has(&l, "tcp:c"));
	name_list_release(&l);
}

static void name_list_that_is_empty_sorts_and_has_nothing(void **state)
{
	struct name_list l = {0};

	(void)state;
	name_list_sort(&l);
	assert_int_equal(l.count, 0);
	assert_false(name_list_has(&l, "tcp:a"));
	assert_null(name_list_nearest(&l, "tcp:a"));
	name_list_release(&l);
}

static void name_list_refuses_more_than_its_limit(void **state)
{
	struct name_list l = {0};
	struct error err = {0};

	(void)state;
	for (int i = 0; i < NAMES_MAX; i++)
		assert_int_equal(name_list_add(&l, "a:b", &err), OK);
	assert_int_equal(name_list_add(&l, "a:b", &err), ERR_USAGE);
	name_list_release(&l);
}

static void name_matches_whole_names_and_globs(void **state)
{
	(void)state;
	assert_true(name_matches("tcp:*", "tcp:tcp_probe"));
	assert_true(name_matches("tcp:tcp_probe", "tcp:tcp_probe"));
	assert_true(name_matches("*:*_skb", "skb:kfree_skb"));
	assert_true(name_matches("tcp:tcp_[pq]robe", "tcp:tcp_probe"));
	assert_true(name_matches("tcp:tcp_prob?", "tcp:tcp_probe"));
	assert_false(name_matches("tcp:*", "tcpx:tcp_probe"));
	assert_false(name_matches("tcp:tcp", "tcp:tcp_probe"));
	assert_false(name_matches("", "tcp:tcp_probe"));
}

static void name_matches_any_group_when_the_glob_names_none(void **state)
{
	(void)state;
	assert_true(name_matches("tcp_probe", "tcp:tcp_probe"));
	assert_true(name_matches("*_skb", "skb:kfree_skb"));
	assert_false(name_matches("skb", "skb:kfree_skb"));
}

static void name_is_chosen_unless_some_glob_leaves_it_out(void **state)
{
	struct name_list l = LIST("!skb:consume_skb", "skb:*", "tcp:*", "!tcp_probe");

	(void)state;
	assert_true(name_is_chosen(&l, "skb:kfree_skb"));
	assert_true(name_is_chosen(&l, "tcp:tcp_destroy_sock"));
	assert_false(name_is_chosen(&l, "skb:consume_skb"));
	assert_false(name_is_chosen(&l, "tcp:tcp_probe"));
	assert_false(name_is_chosen(&l, "sock:inet_sock_set_state"));
	name_list_release(&l);
}

static void name_list_nearest_finds_what_was_mistyped(void **state)
{
	struct name_list l = LIST("tcp:tcp_probe", "tcp:tcp_send_reset", "sock:sk_data_ready");

	(void)state;
	assert_string_equal(name_list_nearest(&l, "tcp:tcp_prob"), "tcp:tcp_probe");
	assert_string_equal(name_list_nearest(&l, "tcp_sned_reset"), "tcp:tcp_send_reset");
	assert_string_equal(name_list_nearest(&l, "sk_data_redy"), "sock:sk_data_ready");
	assert_null(name_list_nearest(&l, "block:block_rq_issue"));
	assert_null(name_list_nearest(&l, ""));
	name_list_release(&l);
}

static void name_list_nearest_does_not_compare_absurd_lengths(void **state)
{
	struct name_list l = LIST("tcp:tcp_probe");
	char wrong[200] = {0};

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(wrong); i++)
		wrong[i] = 't';
	assert_null(name_list_nearest(&l, wrong));
	name_list_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(name_list_sort_makes_equal_names_one),
		cmocka_unit_test(name_list_that_is_empty_sorts_and_has_nothing),
		cmocka_unit_test(name_list_refuses_more_than_its_limit),
		cmocka_unit_test(name_matches_whole_names_and_globs),
		cmocka_unit_test(name_matches_any_group_when_the_glob_names_none),
		cmocka_unit_test(name_is_chosen_unless_some_glob_leaves_it_out),
		cmocka_unit_test(name_list_nearest_finds_what_was_mistyped),
		cmocka_unit_test(name_list_nearest_does_not_compare_absurd_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
