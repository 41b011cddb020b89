/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_address_range.c -- what is an address, and which addresses a range has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/address_range.h"

static bool has(const char *range_text, const char *addr_text)
{
	struct address_range range, addr;

	assert_true(address_range_parse(range_text, strlen(range_text), &range));
	assert_true(address_range_parse(addr_text, strlen(addr_text), &addr));
	return address_range_has(&range, addr.addr);
}

static void a_range_has_what_shares_its_bits(void **state)
{
	(void)state;
	assert_true(has("10.0.0.1", "10.0.0.1"));
	assert_false(has("10.0.0.1", "10.0.0.2"));
	assert_true(has("10.0.0.0/8", "10.255.0.1"));
	assert_false(has("10.0.0.0/8", "11.0.0.1"));
	assert_true(has("10.128.0.0/9", "10.200.0.1"));
	assert_false(has("10.128.0.0/9", "10.127.0.1"));
	assert_true(has("0.0.0.0/0", "255.1.2.3"));
	assert_false(has("0.0.0.0/0", "::1"));
	assert_true(has("::/0", "10.0.0.1"));
	assert_true(has("fd00::/8", "fd12::1"));
	assert_true(has("::ffff:10.0.0.1", "10.0.0.1"));
}

static bool is_range(const char *text)
{
	struct address_range range;

	return address_range_parse(text, strlen(text), &range);
}

static void other_texts_are_refused(void **state)
{
	(void)state;
	assert_false(is_range(""));
	assert_false(is_range("/8"));
	assert_false(is_range("10.0.0"));
	assert_false(is_range("10.0.0.0/"));
	assert_false(is_range("10.0.0.0/33"));
	assert_false(is_range("10.0.0.0/8x"));
	assert_false(is_range("10.0.0.0/0008"));
	assert_false(is_range("::1/129"));
	assert_true(is_range("::1/128"));
	assert_false(is_range("1234:1234:1234:1234:1234:1234:1234:1234:1234:1234:1234"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_range_has_what_shares_its_bits),
		cmocka_unit_test(other_texts_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
