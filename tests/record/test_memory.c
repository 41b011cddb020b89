/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "record/memory.h"

static const uint64_t MIB = 1 << 20;

static void without_a_limit_nothing_changes(void **state)
{
	(void)state;
	assert_int_equal(memory_buffer(0, 32 * MIB), 32 * MIB);
	assert_int_equal(memory_dict_limit(0, 32 * MIB), 0);
	assert_int_equal(memory_block_rows(0, 32 * MIB), 0);
	assert_int_equal(memory_check(0, 1024 * MIB, NULL), 0);
}

static void the_parts_fit_into_every_limit(void **state)
{
	(void)state;
	for (uint64_t limit = 31 * MIB; limit < 300 * MIB; limit += MIB) {
		uint64_t buffer = memory_buffer(limit, 32 * MIB);
		uint64_t entries = memory_dict_limit(limit, buffer);
		uint64_t blocks = memory_block_rows(limit, buffer) ? 0 : 16 * MIB;

		assert_int_equal(memory_check(limit, 0, NULL), 0);
		assert_true(buffer >= MIB && buffer <= 32 * MIB);
		assert_int_equal(buffer & (buffer - 1), 0);
		assert_true(entries == 0 || entries >= 2048);
		if (entries == 0)
			entries = 65536;
		assert_true(buffer + 28 * MIB + blocks + entries * 1024 <= limit);
	}
	assert_int_equal(memory_buffer(128 * MIB, 32 * MIB), 32 * MIB);
	assert_int_equal(memory_dict_limit(140 * MIB, 32 * MIB), 0);
	assert_int_equal(memory_block_rows(31 * MIB, MIB), 8192);
	assert_int_equal(memory_block_rows(64 * MIB, 16 * MIB), 0);
}

static void what_cannot_be_is_refused_with_the_number_that_can(void **state)
{
	struct error err = {0};

	(void)state;
	assert_int_equal(memory_buffer(30 * MIB, 32 * MIB), 0);
	assert_int_equal(memory_check(30 * MIB, 0, &err), ERR_USAGE);
	assert_string_equal(err.text, "--max-memory: 30 MiB are too little, a buffer of 1024 KiB "
				      "and the recorder itself need 31 MiB");
	assert_int_equal(memory_check(64 * MIB, 64 * MIB, &err), ERR_USAGE);
	assert_string_equal(err.text, "--max-memory: 64 MiB are too little, a buffer of 65536 KiB "
				      "and the recorder itself need 94 MiB");
	assert_int_equal(memory_check(94 * MIB, 64 * MIB, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_limit_nothing_changes),
		cmocka_unit_test(the_parts_fit_into_every_limit),
		cmocka_unit_test(what_cannot_be_is_refused_with_the_number_that_can),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
