/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_crc.c -- checksums are those of zlib, whatever the length and the alignment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <zlib.h>

#include "format/crc.h"

enum { LONGEST = 700, ALIGNMENTS = 16, MANY = 1 << 20 };

static void fill(uint8_t *bytes, size_t count)
{
	uint64_t random = 88172645463325252u;

	for (size_t i = 0; i < count; i++) {
		random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
		bytes[i] = (uint8_t)(random >> 33);
	}
}

static void check(const uint8_t *bytes, size_t count)
{
	assert_int_equal(crc_of(view_of(bytes, count)), crc32(0, bytes, (uInt)count));
}

static void the_document_names_its_value(void **state)
{
	(void)state;
	assert_int_equal(crc_of(view_of("123456789", 9)), 0xcbf43926);
	assert_int_equal(crc_of(view_of(NULL, 0)), 0);
}

static void they_are_those_of_zlib(void **state)
{
	uint8_t bytes[LONGEST + ALIGNMENTS];

	(void)state;
	fill(bytes, sizeof(bytes));
	for (size_t at = 0; at < ALIGNMENTS; at++)
		for (size_t count = 0; count <= LONGEST; count++)
			check(bytes + at, count);
}

static void long_ones_are_too(void **state)
{
	uint8_t *bytes = calloc(MANY, 1);

	(void)state;
	check(bytes, MANY);
	fill(bytes, MANY);
	for (size_t less = 0; less < 80; less++)
		check(bytes, MANY - less);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_document_names_its_value),
		cmocka_unit_test(they_are_those_of_zlib),
		cmocka_unit_test(long_ones_are_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
