/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_hole.c -- what headers and numbers tell of missing blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/hole.h"
#include "format/loss.h"

static struct block_header data_block(uint64_t seq, uint32_t rows, uint64_t from, uint64_t to)
{
	return (struct block_header){.type = BLOCK_DATA,
				     .seq = seq,
				     .rows = rows,
				     .min_ts = from,
				     .max_ts = to};
}

/* The records that the hole becomes. */
static uint32_t losses(const struct hole *o, struct loss out[2])
{
	struct buf bytes = {0};
	uint32_t count = hole_encode(o, 100, 200, &bytes);
	struct view in = view_of(bytes.data, bytes.len);

	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(loss_decode(&in, &out[i], NULL), 0);
	assert_int_equal(view_len(in), 0);
	buf_release(&bytes);
	return count;
}

static void nothing_missing_is_no_loss(void **state)
{
	const struct block_header h = {.type = BLOCK_DICT};
	struct hole o = {0};
	struct loss l[2];

	(void)state;
	assert_int_equal(losses(&o, l), 0);
	hole_add(&o, &h); /* names, but no events */
	assert_int_equal(losses(&o, l), 0);
}

static void sound_headers_tell_times_and_number(void **state)
{
	const struct block_header a = data_block(3, 40, 150, 180), b = data_block(4, 2, 140, 160);
	struct hole o = {0};
	struct loss l[2];

	(void)state;
	hole_add(&o, &a);
	hole_add(&o, &b);
	assert_int_equal(losses(&o, l), 1);
	assert_int_equal(l[0].from_ns, 140);
	assert_int_equal(l[0].to_ns, 180);
	assert_int_equal(l[0].count, 42);
	assert_int_equal(l[0].cause, LOSS_DAMAGE);
	assert_true(l[0].cpu == LOSS_ANY_CPU);
	assert_int_equal(l[0].schema, 0);
}

static void skipped_numbers_are_an_unknown_number_of_events(void **state)
{
	struct hole o = {0};
	struct loss l[2];

	(void)state;
	assert_int_equal(hole_skip(&o, 3), 3);
	assert_int_equal(losses(&o, l), 1);
	assert_int_equal(l[0].from_ns, 100);
	assert_int_equal(l[0].to_ns, 200);
	assert_int_equal(l[0].count, 0);
}

static void a_suspect_is_one_of_the_skipped_numbers(void **state)
{
	const struct block_header h = data_block(3, 40, 150, 180);
	struct hole o = {0};
	struct loss l[2];

	(void)state;
	hole_suspect(&o, &h);
	assert_int_equal(hole_skip(&o, 1), 0);
	assert_int_equal(losses(&o, l), 1);
	assert_int_equal(l[0].count, 40);
	hole_suspect(&o, &h);
	assert_int_equal(hole_skip(&o, 2), 1);
	assert_int_equal(losses(&o, l), 2);
	assert_int_equal(l[0].count, 0);
	assert_int_equal(l[1].count, 80);
}

static void a_suspect_that_turns_up_is_not_missing(void **state)
{
	const struct block_header h = data_block(3, 40, 150, 180);
	struct hole o = {0};
	struct loss l[2];

	(void)state;
	hole_suspect(&o, &h);
	hole_settle(&o, 3);
	hole_end(&o, false);
	assert_int_equal(losses(&o, l), 0);
}

static void at_the_end_a_suspect_is_missing_and_other_bytes_are_unknown(void **state)
{
	const struct block_header h = data_block(3, 40, 150, 180);
	struct hole o = {0};
	struct loss l[2];

	(void)state;
	hole_suspect(&o, &h);
	hole_end(&o, true);
	assert_int_equal(losses(&o, l), 1);
	assert_int_equal(l[0].count, 40);
	o = (struct hole){0};
	hole_end(&o, true);
	assert_int_equal(losses(&o, l), 1);
	assert_int_equal(l[0].count, 0);
}

static void times_that_contradict_each_other_do_not_run_backwards(void **state)
{
	const struct block_header h = data_block(3, 40, 180, 150);
	struct hole o = {0};
	struct loss l[2];

	(void)state;
	hole_add(&o, &h);
	assert_int_equal(losses(&o, l), 1);
	assert_int_equal(l[0].to_ns, 180);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_missing_is_no_loss),
		cmocka_unit_test(sound_headers_tell_times_and_number),
		cmocka_unit_test(skipped_numbers_are_an_unknown_number_of_events),
		cmocka_unit_test(a_suspect_is_one_of_the_skipped_numbers),
		cmocka_unit_test(a_suspect_that_turns_up_is_not_missing),
		cmocka_unit_test(at_the_end_a_suspect_is_missing_and_other_bytes_are_unknown),
		cmocka_unit_test(times_that_contradict_each_other_do_not_run_backwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
