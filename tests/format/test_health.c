/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_health.c -- troubles add up, and the first one is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/health.h"

static void gaps_add_up_and_the_first_is_told(void **state)
{
	struct gap first = {.offset = 96, .bytes = 40, .blocks = 1, .reason = "a wrong checksum"};
	struct gap second = {.offset = 500, .bytes = 2, .reason = "no block"};
	struct health h = {.sections = 1};

	(void)state;
	health_note_gap(&h, &first);
	health_note_gap(&h, &second);
	health_note_parts(&h, 2);
	health_settle(&h);
	assert_int_equal(h.damaged_blocks, 3);
	assert_int_equal(h.skipped_bytes, 42);
	assert_string_equal(h.first_problem, "at byte 96: a wrong checksum");
	assert_false(h.is_complete);
}

static void a_tape_without_its_end_is_cut_and_not_damaged(void **state)
{
	struct health h = {.sections = 1};

	(void)state;
	health_note_cut(&h, "no end");
	assert_true(health_is_only_cut(&h));
	health_settle(&h);
	assert_false(h.is_complete);
	assert_string_equal(h.first_problem, "no end");
	health_note_parts(&h, 1);
	assert_false(health_is_only_cut(&h));
}

static void no_damaged_part_is_no_problem(void **state)
{
	struct health h = {.sections = 1};

	(void)state;
	health_note_parts(&h, 0);
	health_settle(&h);
	assert_true(h.is_complete);
	assert_string_equal(h.first_problem, "");
}

static void what_has_no_section_is_never_complete(void **state)
{
	struct health h = {0};

	(void)state;
	health_settle(&h);
	assert_false(h.is_complete);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gaps_add_up_and_the_first_is_told),
		cmocka_unit_test(a_tape_without_its_end_is_cut_and_not_damaged),
		cmocka_unit_test(no_damaged_part_is_no_problem),
		cmocka_unit_test(what_has_no_section_is_never_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
