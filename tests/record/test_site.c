/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bpf/wire.h"
#include "record/site.h"

static void the_one_word_that_is_the_address_is_found(void **state)
{
	uint64_t words[WIRE_SITE_WORDS] = {0};

	(void)state;
	words[WIRE_SITE_BELOW + 3] = 0xffffffff81e3517f;
	words[WIRE_SITE_BELOW + 9] = 0xffffffff81e35180;
	assert_int_equal(site_of(words, 0xffffffff81e3517f), 24);
	words[0] = 0x1234;
	assert_int_equal(site_of(words, 0x1234), -WIRE_SITE_BELOW * 8);
}

static void what_is_there_twice_or_never_is_not_found(void **state)
{
	uint64_t words[WIRE_SITE_WORDS] = {0};

	(void)state;
	assert_int_equal(site_of(words, 0x1234), 0);
	words[WIRE_SITE_BELOW + 1] = words[WIRE_SITE_WORDS - 1] = 0x1234;
	assert_int_equal(site_of(words, 0x1234), 0);
	assert_int_equal(site_of(words, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_one_word_that_is_the_address_is_found),
		cmocka_unit_test(what_is_there_twice_or_never_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
