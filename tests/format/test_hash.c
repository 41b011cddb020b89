/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "format/hash.h"

enum { MAX_LEN = 40, SLOTS = 1024 };

/* How many of SLOTS are used by the 512 keys of `len` bytes that are zero but for nine bits:
 * byte `at` and the lowest bit of byte `also`. */
static unsigned slots_used(size_t len, size_t at, size_t also)
{
	bool is_used[SLOTS] = {false};
	uint8_t key[MAX_LEN] = {0};
	unsigned used = 0;

	for (unsigned i = 0; i < 512; i++) {
		size_t slot;

		key[also] = (uint8_t)(i >> 8);
		key[at] = (uint8_t)i;
		slot = (size_t)hash_bytes(key, len, 0) % SLOTS;
		used += !is_used[slot];
		is_used[slot] = true;
	}
	return used;
}

/* Ports, addresses and counters differ in two bytes, in whichever byte order. 512 keys
 * that fall by chance use about 400 of 1024 slots. */
static void keys_that_differ_in_two_bytes_anywhere_spread(void **state)
{
	(void)state;
	for (size_t len = 2; len <= MAX_LEN; len++)
		for (size_t at = 0; at < len; at++) {
			size_t also = at ? at - 1 : 1;
			unsigned used = slots_used(len, at, also);

			if (used < 300)
				fail_msg("%zu bytes, of which %zu and %zu differ: %u slots", len,
					 also, at, used);
		}
}

static void length_and_seed_are_part_of_it(void **state)
{
	static const uint8_t zeros[16];

	(void)state;
	assert_true(hash_bytes(zeros, 3, 0) != hash_bytes(zeros, 4, 0));
	assert_true(hash_bytes(zeros, 8, 0) != hash_bytes(zeros, 16, 0));
	assert_true(hash_bytes(zeros, 8, 0) != hash_bytes(zeros, 8, 1));
	assert_true(hash_bytes(zeros, 0, 0) != hash_bytes(zeros, 0, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_that_differ_in_two_bytes_anywhere_spread),
		cmocka_unit_test(length_and_seed_are_part_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
