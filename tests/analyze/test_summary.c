/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_summary.c -- what a recording adds up to outlives the section it was read from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/summary.h"
#include "format/source.h"
#include "tests/format/sample_tape.h"

static void summarise(struct summary *s)
{
	struct sample *sample = sample_new(100, 40);
	struct source *source;
	struct cursor *c;
	struct error err;
	struct item item;

	assert_int_equal(source_open_memory(sample->data, sample->len, &source, &err), 0);
	assert_int_equal(cursor_open(source, &c, &err), 0);
	while (cursor_next(c, &item, &err) == 0)
		assert_int_equal(summary_take(s, &item, &err), 0);
	cursor_close(c);
	source_close(source);
	sample_free(sample);
}

static void counts_times_and_facts_are_kept(void **state)
{
	struct summary s = {0};
	uint64_t v;

	(void)state;
	summarise(&s);
	assert_int_equal(s.events_total, 100);
	assert_int_equal(summary_lost(&s), 5);
	assert_int_equal(summary_duration_ns(&s), 99000);
	assert_true(s.is_closed);
	assert_string_equal(s.end_reason, "stop");
	assert_string_equal(summary_fact(&s, "host"), "sample");
	assert_true(summary_number(&s, "cpu_ns", &v));
	assert_int_equal(v, 1234);
	assert_true(summary_start(&s, &v));
	assert_true(v == UINT64_C(1700000000000000000));
	summary_release(&s);
}

static void losses_know_their_event(void **state)
{
	struct summary s = {0};

	(void)state;
	summarise(&s);
	assert_int_equal(s.loss_count, 1);
	assert_string_equal(summary_event_name(&s, s.losses[0].schema), "sample:note");
	assert_string_equal(summary_cause_name(s.losses[0].cause), "ring_full");
	assert_string_equal(summary_cause_name(LOSS_DAMAGE), "damage");
	assert_string_equal(summary_cause_name(LOSS_NESTED), "nested");
	assert_null(summary_cause_name(99));
	summary_release(&s);
}

static void event_names_end_at_the_last_schema(void **state)
{
	struct summary s = {0};

	(void)state;
	summarise(&s);
	assert_null(summary_event_name(&s, 0));
	assert_non_null(summary_event_name(&s, (uint32_t)s.event_count));
	assert_null(summary_event_name(&s, (uint32_t)s.event_count + 1));
	summary_release(&s);
}

static void a_fact_that_is_no_number_is_not_known(void **state)
{
	struct summary s = {0};
	uint64_t v = 42;

	(void)state;
	summarise(&s);
	assert_false(summary_number(&s, "host", &v));
	assert_false(summary_number(&s, "missing", &v));
	assert_int_equal(v, 42);
	summary_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_times_and_facts_are_kept),
		cmocka_unit_test(losses_know_their_event),
		cmocka_unit_test(event_names_end_at_the_last_schema),
		cmocka_unit_test(a_fact_that_is_no_number_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
