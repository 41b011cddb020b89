/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_clock_reading.c -- readings come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/clock_reading.h"
#include "tests/format/forge.h"

static const struct clock_reading a_clock = {.ts_ns = 1,
					     .monotonic_ns = 2,
					     .boottime_ns = UINT64_MAX,
					     .realtime_ns = UINT64_C(1700000000000000000)};

static void a_clock_reading_comes_back(void **state)
{
	struct clock_reading out = {0};
	struct buf b = {0};
	struct view in;

	(void)state;
	clock_encode(&a_clock, &b);
	in = view_of(b.data, b.len);
	assert_int_equal(clock_decode(&in, &out, NULL), 0);
	assert_int_equal(view_len(in), 0);
	assert_memory_equal(&out, &a_clock, sizeof(out));
	buf_release(&b);
}

static void cut_anywhere_it_is_refused_and_nothing_is_written(void **state)
{
	struct clock_reading out = {.ts_ns = 77};
	struct buf b = {0};

	(void)state;
	clock_encode(&a_clock, &b);
	for (size_t len = 0; len < b.len; len++) {
		uint8_t *exact = forge_exact(b.data, len);
		struct view in = view_of(exact, len);

		assert_int_equal(clock_decode(&in, &out, NULL), ERR_CORRUPT);
		free(exact);
	}
	assert_int_equal(out.ts_ns, 77);
	buf_release(&b);
}

static void a_longer_record_is_read_as_far_as_it_is_known(void **state)
{
	struct clock_reading out;
	struct buf b = {0};
	struct view in;

	(void)state;
	forge_record(&b, 9, 3);
	forge_record(&b, 4, 4);
	forge_record(&b, 3, 5);
	in = view_of(b.data, b.len);
	assert_int_equal(clock_decode(&in, &out, NULL), 0);
	assert_int_equal(out.realtime_ns, 3);
	assert_int_equal(clock_decode(&in, &out, NULL), 0);
	assert_int_equal(out.realtime_ns, 4);
	assert_int_equal(clock_decode(&in, &out, NULL), ERR_CORRUPT);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_reading_comes_back),
		cmocka_unit_test(cut_anywhere_it_is_refused_and_nothing_is_written),
		cmocka_unit_test(a_longer_record_is_read_as_far_as_it_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
