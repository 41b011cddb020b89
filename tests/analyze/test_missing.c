/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_missing.c -- losses are kept, joined and named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/missing.h"

static void one_loss_of_many_types_is_joined(void **state)
{
	struct loss loss = {.from_ns = 5, .to_ns = 9, .cpu = 1, .count = 2, .schema = 1};
	struct missing m = {0};

	(void)state;
	assert_int_equal(missing_join(&m, &loss, NULL), 0);
	loss.cpu = 2;
	assert_int_equal(missing_join(&m, &loss, NULL), 0);
	loss.cpu = 1;
	loss.schema = 7;
	assert_int_equal(missing_join(&m, &loss, NULL), 0);
	assert_int_equal(m.count, 2);
	assert_int_equal(m.losses[0].count, 4);
	assert_int_equal(m.losses[0].schema, 0);
	assert_int_equal(missing_add(&m, &loss, NULL), 0);
	assert_int_equal(m.count, 3);
	missing_release(&m);
}

static void one_outage_of_the_output_is_joined(void **state)
{
	struct loss loss = {.from_ns = 5, .to_ns = 9, .cpu = 1, .count = 2, .cause = LOSS_WRITE};
	struct missing m = {0};

	(void)state;
	assert_int_equal(missing_join(&m, &loss, NULL), 0);
	loss = (struct loss){.from_ns = 7, .to_ns = 12, .cpu = 2, .count = 3, .cause = LOSS_WRITE};
	assert_int_equal(missing_join(&m, &loss, NULL), 0);
	assert_int_equal(m.count, 1);
	assert_int_equal(m.losses[0].from_ns, 5);
	assert_int_equal(m.losses[0].to_ns, 12);
	assert_int_equal(m.losses[0].count, 5);
	assert_true(m.losses[0].cpu == LOSS_ANY_CPU);
	loss.from_ns = loss.to_ns = 13;
	assert_int_equal(missing_join(&m, &loss, NULL), 0);
	assert_int_equal(m.count, 2);
	missing_release(&m);
}

static void too_many_become_one_and_none_is_forgotten(void **state)
{
	struct loss loss = {.cpu = 3, .count = 1, .cause = LOSS_WRITE};
	struct missing m = {0};
	uint64_t sum = 0;

	(void)state;
	for (uint64_t i = 0; i < MISSING_MAX + 10; i++) {
		loss.from_ns = loss.to_ns = i;
		loss.cpu = i % 2 ? 3 : 4;
		assert_int_equal(missing_join(&m, &loss, NULL), 0);
	}
	assert_int_equal(m.count, MISSING_MAX);
	for (size_t i = 0; i < m.count; i++)
		sum += m.losses[i].count;
	assert_int_equal(sum, MISSING_MAX + 10);
	assert_int_equal(m.losses[m.count - 1].to_ns, MISSING_MAX + 9);
	assert_int_equal(m.losses[m.count - 1].cpu, LOSS_ANY_CPU);
	assert_int_equal(m.losses[m.count - 1].cause, LOSS_WRITE);
	missing_release(&m);
}

static void check(const struct loss *loss, const char *want)
{
	char text[200];

	loss_sentence(loss, 1000000, text, sizeof(text));
	assert_string_equal(text, want);
}

static void a_sentence_never_has_times_before_the_first_event(void **state)
{
	struct loss loss = {.from_ns = 1000000, .to_ns = 2000000, .cpu = 1, .count = 3};

	(void)state;
	check(&loss, "3 events lost on CPU 1 between 0.000000 s and 0.001000 s");
	loss.from_ns--;
	check(&loss, "3 events lost on CPU 1 between the beginning and 0.001000 s");
	loss.to_ns = 999999;
	loss.cause = LOSS_RING_FULL;
	loss.cpu = LOSS_ANY_CPU;
	loss.count = 1;
	check(&loss, "1 event lost between the beginning and the first event (the kernel-side "
		     "buffer was full)");
}

static void a_number_that_is_not_known_is_not_told_as_none(void **state)
{
	struct loss loss = {.from_ns = 1000000,
			    .to_ns = 2000000,
			    .cpu = LOSS_ANY_CPU,
			    .cause = LOSS_DAMAGE};

	(void)state;
	check(&loss, "an unknown number of events lost between 0.000000 s and 0.001000 s (the tape "
		     "was damaged)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_loss_of_many_types_is_joined),
		cmocka_unit_test(one_outage_of_the_output_is_joined),
		cmocka_unit_test(too_many_become_one_and_none_is_forgotten),
		cmocka_unit_test(a_sentence_never_has_times_before_the_first_event),
		cmocka_unit_test(a_number_that_is_not_known_is_not_told_as_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
