/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* On the running kernel; skipped where it has no BTF. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "record/btf_enums.h"

static int set_up(void **state)
{
	struct btf_enums *b = NULL;

	if (access("/sys/kernel/btf/vmlinux", R_OK) == 0)
		assert_int_equal(btf_enums_open(&b, NULL), OK);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	btf_enums_close(*state);
	return 0;
}

static struct btf_enums *enums_of(void **state)
{
	if (!*state)
		skip();
	return *state;
}

static void btf_enums_know_the_value_of_an_anonymous_enums_member(void **state)
{
	const struct btf_enums *b = enums_of(state);
	int64_t value = 0;

	assert_true(btf_enums_value(b, "TCP_ESTABLISHED", &value));
	assert_int_equal(value, 1);
	assert_true(btf_enums_value(b, "TCP_CLOSING", &value));
	assert_int_equal(value, 11);
	assert_false(btf_enums_value(b, "TCP_NO_SUCH_STATE", &value));
	assert_int_equal(value, 11);
}

static void btf_enums_list_the_tcp_states_around_one_of_them(void **state)
{
	const struct btf_enums *b = enums_of(state);
	struct enumeration *e = NULL;

	assert_int_equal(btf_enums_list_around(b, "TCP_ESTABLISHED", "tcp_state", NULL, &e, NULL),
			 OK);
	assert_string_equal(e->name, "tcp_state");
	assert_string_equal(enumeration_name(e, 7), "TCP_CLOSE");
	assert_string_equal(enumeration_name(e, 10), "TCP_LISTEN");
	enumeration_free(e);
	assert_int_equal(btf_enums_list_around(b, "TCP_NO_SUCH", "x", NULL, &e, NULL), END);
}

static void btf_enums_list_a_named_enum_without_its_prefix(void **state)
{
	const struct btf_enums *b = enums_of(state);
	struct enumeration *e = NULL;

	assert_int_equal(btf_enums_list(b, "tcp_ca_state", "TCP_CA_", &e, NULL), OK);
	assert_string_equal(enumeration_name(e, 0), "Open");
	assert_string_equal(enumeration_name(e, 4), "Loss");
	assert_null(enumeration_name(e, 99));
	enumeration_free(e);
}

static void btf_enums_list_says_when_there_is_no_such_enum(void **state)
{
	struct enumeration *e = NULL;

	assert_int_equal(btf_enums_list(enums_of(state), "no_such_enum", NULL, &e, NULL), END);
	assert_null(e);
}

static void btf_enums_know_which_tracepoints_have_types(void **state)
{
	const struct btf_enums *b = enums_of(state);
	char long_name[300];

	memset(long_name, 'a', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	assert_true(btf_enums_has_tracepoint(b, "inet_sock_set_state"));
	assert_int_equal(btf_enums_tracepoint_args(b, "inet_sock_set_state"), 3);
	assert_false(btf_enums_has_tracepoint(b, "no_such_tracepoint"));
	assert_false(btf_enums_has_tracepoint(b, long_name));
	assert_int_equal(btf_enums_tracepoint_args(b, "no_such_tracepoint"), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(btf_enums_know_the_value_of_an_anonymous_enums_member),
		TEST(btf_enums_list_the_tcp_states_around_one_of_them),
		TEST(btf_enums_list_a_named_enum_without_its_prefix),
		TEST(btf_enums_list_says_when_there_is_no_such_enum),
		TEST(btf_enums_know_which_tracepoints_have_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
