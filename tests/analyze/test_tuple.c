/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_tuple.c -- endpoints compare, hash and are spelled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/tuple.h"
#include "tests/analyze/endpoint_at.h"

static void ipv4_is_spelled_with_dots_and_ipv6_in_brackets(void **state)
{
	struct endpoint four = endpoint_at("192.0.2.7", 80), six = endpoint_at("2001:db8::1", 443);
	char text[ENDPOINT_MAX];

	(void)state;
	assert_string_equal(endpoint_format(&four, text), "192.0.2.7:80");
	assert_string_equal(endpoint_format(&six, text), "[2001:db8::1]:443");
}

static void mapped_address_is_the_ipv4_one(void **state)
{
	struct endpoint mapped = endpoint_at("::ffff:192.0.2.7", 80),
			four = endpoint_at("192.0.2.7", 80);

	(void)state;
	assert_memory_equal(mapped.addr, four.addr, 16);
	assert_true(address_is_ipv4(mapped.addr));
}

static void unknown_port_is_a_question_mark(void **state)
{
	struct endpoint e = endpoint_at("127.0.0.1", 0);
	char text[ENDPOINT_MAX];

	(void)state;
	assert_string_equal(endpoint_format(&e, text), "127.0.0.1:?");
}

static void any_address_is_known_in_both_families(void **state)
{
	struct endpoint four = endpoint_at("0.0.0.0", 1), six = endpoint_at("::", 1),
			other = endpoint_at("::1", 1);

	(void)state;
	assert_true(address_is_any(four.addr));
	assert_true(address_is_any(six.addr));
	assert_false(address_is_any(other.addr));
}

static void loopback_is_a_network_of_ipv4_and_an_address_of_ipv6(void **state)
{
	static const char *const loopback[] = {"127.0.0.1", "127.255.0.2", "::1"};
	static const char *const other[] = {"128.0.0.1", "0.0.0.127", "::2", "::", "7f00::1"};

	(void)state;
	for (size_t i = 0; i < sizeof(loopback) / sizeof(loopback[0]); i++)
		assert_true(address_is_loopback(endpoint_at(loopback[i], 1).addr));
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		assert_false(address_is_loopback(endpoint_at(other[i], 1).addr));
}

static void reversing_twice_gives_the_same_tuple(void **state)
{
	struct tuple t = {endpoint_at("127.0.0.1", 40112), endpoint_at("127.0.0.1", 8080)};
	struct tuple r = tuple_reversed(&t), back = tuple_reversed(&r);

	(void)state;
	assert_false(tuple_equal(&t, &r));
	assert_true(tuple_equal(&t, &back));
}

static void both_directions_have_one_hash(void **state)
{
	struct tuple t = {endpoint_at("127.0.0.1", 40112), endpoint_at("127.0.0.1", 8080)};
	struct tuple r = tuple_reversed(&t),
		     other = {endpoint_at("127.0.0.1", 8080), endpoint_at("127.0.0.1", 8080)};

	(void)state;
	assert_int_equal(tuple_hash(&t), tuple_hash(&r));
	assert_int_not_equal(tuple_hash(&t), tuple_hash(&other));
	other.remote.port = 40113;
	assert_int_not_equal(tuple_hash(&t), tuple_hash(&other));
}

static void tuple_is_complete_with_both_ports(void **state)
{
	struct tuple t = {endpoint_at("127.0.0.1", 0), endpoint_at("127.0.0.1", 8080)};

	(void)state;
	assert_false(tuple_is_complete(&t));
	t.local.port = 1;
	assert_true(tuple_is_complete(&t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_is_spelled_with_dots_and_ipv6_in_brackets),
		cmocka_unit_test(mapped_address_is_the_ipv4_one),
		cmocka_unit_test(unknown_port_is_a_question_mark),
		cmocka_unit_test(any_address_is_known_in_both_families),
		cmocka_unit_test(loopback_is_a_network_of_ipv4_and_an_address_of_ipv6),
		cmocka_unit_test(reversing_twice_gives_the_same_tuple),
		cmocka_unit_test(both_directions_have_one_hash),
		cmocka_unit_test(tuple_is_complete_with_both_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
