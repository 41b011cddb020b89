/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_outage.c -- what could not be written is counted, by type and CPU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "format/outage.h"

static int setup(void **state)
{
	*state = outage_new();
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	outage_free(*state);
	outage_free(NULL);
	return 0;
}

static void add(struct outage *o, uint32_t schema, uint32_t cpu, uint64_t ts, uint64_t count)
{
	struct loss loss = {.from_ns = ts,
			    .to_ns = ts + 1,
			    .cpu = cpu,
			    .schema = schema,
			    .count = count,
			    .cause = LOSS_WRITE};

	outage_add(o, &loss);
}

/* The records, decoded, into all[]; returns their number. */
static size_t take(const struct outage *o, struct loss *all, size_t size)
{
	struct buf raw = {0};
	uint32_t said = outage_encode(o, &raw);
	struct view in = view_of(raw.data, raw.len);
	size_t n = 0;

	assert_false(raw.is_failed);
	for (; view_len(in) > 0; n++) {
		assert_true(n < size);
		assert_int_equal(loss_decode(&in, &all[n], NULL), 0);
	}
	assert_int_equal(n, said);
	buf_release(&raw);
	return n;
}

static void nothing_lost_is_no_record(void **state)
{
	struct loss none;

	assert_true(outage_is_empty(*state));
	assert_int_equal(outage_events(*state), 0);
	assert_int_equal(take(*state, &none, 1), 0);
}

static void each_type_on_each_cpu_has_its_count_and_span(void **state)
{
	struct loss all[4];

	add(*state, 1, 0, 50, 1);
	add(*state, 1, 1, 60, 2);
	add(*state, 2, 0, 70, 4);
	add(*state, 1, 0, 10, 8);
	add(*state, 1, 0, 90, 16);
	add(*state, 1, 0, 40, 32);
	assert_false(outage_is_empty(*state));
	assert_int_equal(outage_events(*state), 63);
	assert_int_equal(take(*state, all, 4), 3);
	assert_int_equal(all[0].count, 57);
	assert_int_equal(all[0].from_ns, 10);
	assert_int_equal(all[0].to_ns, 91);
	assert_int_equal(all[0].cause, LOSS_WRITE);
	assert_int_equal(all[1].count, 2);
	assert_int_equal(all[1].cpu, 1);
	assert_int_equal(all[1].from_ns, 60);
	assert_int_equal(all[2].count, 4);
	assert_int_equal(all[2].schema, 2);
}

static void other_causes_are_not_mixed(void **state)
{
	struct loss ring = {.count = 5, .schema = 1, .cause = LOSS_RING_FULL}, all[3];

	add(*state, 1, 0, 0, 1);
	outage_add(*state, &ring);
	assert_int_equal(take(*state, all, 3), 2);
	assert_int_equal(all[0].cause, LOSS_WRITE);
	assert_int_equal(all[1].cause, LOSS_RING_FULL);
	assert_int_equal(all[1].count, 5);
}

/* Twice as many kinds as have a place: the last record is for the rest, and the sum holds. */
static void kinds_beyond_the_limit_are_counted_together(void **state)
{
	struct loss *all = calloc(OUTAGE_MAX_KINDS, sizeof(*all));
	uint64_t sum = 0;

	for (unsigned round = 0; round < 2; round++)
		for (uint32_t kind = 0; kind < 2 * OUTAGE_MAX_KINDS; kind++)
			add(*state, 1 + kind % 64, kind / 64, 1000 + kind, kind + 1);
	assert_int_equal(take(*state, all, OUTAGE_MAX_KINDS), OUTAGE_MAX_KINDS);
	for (uint32_t kind = 0; kind < OUTAGE_MAX_KINDS; kind++)
		sum += all[kind].count;
	for (uint32_t kind = 0; kind < OUTAGE_MAX_KINDS - 1; kind++) {
		assert_int_equal(all[kind].schema, 1 + kind % 64);
		assert_int_equal(all[kind].cpu, kind / 64);
		assert_int_equal(all[kind].count, 2 * (kind + 1));
	}
	assert_int_equal(all[OUTAGE_MAX_KINDS - 1].schema, 0);
	assert_int_equal(all[OUTAGE_MAX_KINDS - 1].cpu, LOSS_ANY_CPU);
	assert_int_equal(all[OUTAGE_MAX_KINDS - 1].cause, LOSS_UNKNOWN);
	assert_int_equal(all[OUTAGE_MAX_KINDS - 1].from_ns, 1000 + OUTAGE_MAX_KINDS - 1);
	assert_int_equal(all[OUTAGE_MAX_KINDS - 1].to_ns, 1000 + 2 * OUTAGE_MAX_KINDS);
	assert_int_equal(sum, outage_events(*state));
	assert_int_equal(sum, 2 * OUTAGE_MAX_KINDS * (2 * (uint64_t)OUTAGE_MAX_KINDS + 1));
	free(all);
}

static void an_unknown_number_is_still_a_record(void **state)
{
	struct loss all[1];

	add(*state, 3, LOSS_ANY_CPU, 5, 0);
	assert_false(outage_is_empty(*state));
	assert_int_equal(outage_events(*state), 0);
	assert_int_equal(take(*state, all, 1), 1);
	assert_int_equal(all[0].cpu, LOSS_ANY_CPU);
}

static void a_new_outage_knows_nothing_of_the_last(void **state)
{
	struct loss all[1];

	add(*state, 1, 0, 10, 5);
	outage_clear(*state);
	nothing_lost_is_no_record(state);
	add(*state, 1, 0, 20, 1);
	assert_int_equal(take(*state, all, 1), 1);
	assert_int_equal(all[0].from_ns, 20);
	assert_int_equal(all[0].count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_lost_is_no_record),
		TEST(each_type_on_each_cpu_has_its_count_and_span),
		TEST(other_causes_are_not_mixed),
		TEST(kinds_beyond_the_limit_are_counted_together),
		TEST(an_unknown_number_is_still_a_record),
		TEST(a_new_outage_knows_nothing_of_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
