/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_remarks.c -- one sentence for each thing that must be known, and its status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/remarks.h"

static void check(const struct remarks *m, const char *want)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	remarks_print(m, "a.tape", out);
	fclose(out);
	assert_string_equal(text, want);
	free(text);
}

static void a_sound_tape_needs_no_remark(void **state)
{
	struct remarks m = {.health = {.sections = 1, .blocks = 9, .is_complete = true}};

	(void)state;
	check(&m, "");
	assert_int_equal(remarks_status(&m, true), EXIT_FINE);
}

static void losses_have_time_and_processor(void **state)
{
	struct loss loss = {.from_ns = 1200000000,
			    .to_ns = 1300000000,
			    .cpu = 1,
			    .count = 3,
			    .cause = LOSS_RING_FULL};
	struct remarks m = {.has_origin = true, .origin_ns = 1000000000};

	(void)state;
	remarks_add_loss(&m, &loss);
	check(&m, "tcptape: a.tape: 3 events lost on CPU 1 between 0.200000 s and 0.300000 s "
		  "(the kernel-side buffer was full)\n");
	assert_int_equal(remarks_status(&m, false), EXIT_FINE);
	assert_int_equal(remarks_status(&m, true), EXIT_DAMAGED);
}

static void many_losses_are_summed_up(void **state)
{
	struct loss loss = {.cpu = LOSS_ANY_CPU, .count = 1};
	struct remarks m = {.has_origin = true};
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	for (uint64_t i = 0; i < 1000; i++) {
		loss.from_ns = i;
		remarks_add_loss(&m, &loss);
	}
	remarks_print(&m, "a.tape", out);
	fclose(out);
	assert_non_null(strstr(text, "1 event lost between 0.000000 s and 0.000000 s\n"));
	assert_non_null(strstr(text, "tcptape: a.tape: 1000 events lost in all\n"));
	assert_true(len < 2000);
	free(text);
}

static void a_full_buffer_is_one_loss_of_many_types(void **state)
{
	struct loss loss = {.to_ns = 1000000, .count = 2, .cause = LOSS_RING_FULL};
	struct remarks m = {.has_origin = true};

	(void)state;
	for (loss.schema = 1; loss.schema <= 20; loss.schema++)
		remarks_add_loss(&m, &loss);
	check(&m, "tcptape: a.tape: 40 events lost on CPU 0 between 0.000000 s and 0.001000 s "
		  "(the kernel-side buffer was full)\n");
}

static void losses_that_only_the_end_tells_are_told(void **state)
{
	struct remarks m = {.lost_declared = 7};

	(void)state;
	check(&m, "tcptape: a.tape: 7 events lost in all\n");
	assert_int_equal(remarks_lost(&m), 7);
}

static void a_loss_of_unknown_size_is_a_loss(void **state)
{
	struct loss loss = {.cpu = LOSS_ANY_CPU, .cause = LOSS_DAMAGE};
	struct remarks m = {.has_origin = true};

	(void)state;
	remarks_add_loss(&m, &loss);
	assert_int_equal(remarks_status(&m, false), EXIT_FINE);
	assert_int_equal(remarks_status(&m, true), EXIT_DAMAGED);
}

static void damage_says_how_much_and_where_first(void **state)
{
	struct remarks m = {.health = {.damaged_blocks = 1,
				       .skipped_bytes = 426,
				       .first_problem = "at byte 908: checksum \033[31m"}};

	(void)state;
	check(&m, "tcptape: a.tape: damaged: 1 block, 426 bytes could not be read, the rest is "
		  "shown; first at byte 908: checksum \\x1b[31m\n");
	assert_int_equal(remarks_status(&m, false), EXIT_DAMAGED);
}

static void a_missing_end_is_cut_short_and_not_damaged(void **state)
{
	struct remarks m = {.health = {.is_cut = true, .skipped_bytes = 1}};

	(void)state;
	check(&m, "tcptape: a.tape: cut short: the recording was not closed in order; every "
		  "whole block is shown (1 byte more cannot be used)\n");
	assert_int_equal(remarks_status(&m, false), EXIT_DAMAGED);
}

static void failures_have_their_exit_status(void **state)
{
	(void)state;
	assert_int_equal(status_exit(0), 0);
	assert_int_equal(status_exit(ERR_IO), 1);
	assert_int_equal(status_exit(ERR_NOMEM), 1);
	assert_int_equal(status_exit(ERR_USAGE), 2);
	assert_int_equal(status_exit(ERR_CORRUPT), 3);
	assert_int_equal(status_exit(ERR_NOT_A_TAPE), 4);
	assert_int_equal(status_exit(ERR_UNSUPPORTED), 4);
}

static void of_several_tapes_the_gravest_counts(void **state)
{
	(void)state;
	assert_int_equal(exit_worse(EXIT_FINE, EXIT_DAMAGED), EXIT_DAMAGED);
	assert_int_equal(exit_worse(EXIT_NOT_A_TAPE, EXIT_DAMAGED), EXIT_NOT_A_TAPE);
	assert_int_equal(exit_worse(EXIT_NOT_A_TAPE, EXIT_TROUBLE), EXIT_TROUBLE);
	assert_int_equal(exit_worse(EXIT_TROUBLE, EXIT_FINE), EXIT_TROUBLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_tape_needs_no_remark),
		cmocka_unit_test(losses_have_time_and_processor),
		cmocka_unit_test(many_losses_are_summed_up),
		cmocka_unit_test(a_full_buffer_is_one_loss_of_many_types),
		cmocka_unit_test(losses_that_only_the_end_tells_are_told),
		cmocka_unit_test(a_loss_of_unknown_size_is_a_loss),
		cmocka_unit_test(damage_says_how_much_and_where_first),
		cmocka_unit_test(a_missing_end_is_cut_short_and_not_damaged),
		cmocka_unit_test(failures_have_their_exit_status),
		cmocka_unit_test(of_several_tapes_the_gravest_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
