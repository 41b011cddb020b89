/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_lane.c -- two lanes fit their columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/lane.h"

static size_t columns(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void left_text_begins_at_the_margin_and_right_text_after_the_gap(void **state)
{
	struct lane_lines out;

	(void)state;
	lane_put(&out, LANE_LEFT, "connects: SYN_SENT");
	assert_int_equal(out.count, 1);
	assert_string_equal(out.lines[0], "connects: SYN_SENT");
	lane_put(&out, LANE_RIGHT, "listens");
	assert_int_equal(strspn(out.lines[0], " "), LANE_COLUMNS + LANE_GAP);
	assert_string_equal(out.lines[0] + LANE_COLUMNS + LANE_GAP, "listens");
}

static void long_text_wraps_at_spaces(void **state)
{
	struct lane_lines out;

	(void)state;
	lane_put(
		&out, LANE_LEFT,
		"closed: CLOSE; TIME_WAIT begins on this side (60 s by design; its end is not traced)");
	assert_int_equal(out.count, 3);
	assert_string_equal(out.lines[0], "closed: CLOSE; TIME_WAIT begins on");
	assert_string_equal(out.lines[1], "  this side (60 s by design; its end");
	assert_string_equal(out.lines[2], "  is not traced)");
}

static void text_without_spaces_is_broken_between_characters(void **state)
{
	struct lane_lines out;
	char text[3 * 100 + 1];

	(void)state;
	for (size_t i = 0; i < 100; i++)
		memcpy(text + 3 * i, "─", 3);
	text[300] = '\0';
	lane_put(&out, LANE_RIGHT, text);
	assert_int_equal(out.count, 3);
	assert_int_equal(columns(out.lines[0]), 2 * LANE_COLUMNS + LANE_GAP);
	assert_int_equal(columns(out.lines[1]), 2 * LANE_COLUMNS + LANE_GAP);
}

static void endless_text_is_cut(void **state)
{
	struct lane_lines out;
	char text[4000];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	lane_put(&out, LANE_LEFT, text);
	assert_int_equal(out.count, LANE_LINES);
	lane_heads(&out, text, text);
	assert_int_equal(columns(out.lines[0]), 2 * LANE_COLUMNS + LANE_GAP);
}

static void arrow_spans_both_lanes_in_either_direction(void **state)
{
	struct lane_lines out;

	(void)state;
	lane_arrow(&out, LANE_RIGHT, "SYN");
	assert_int_equal(columns(out.lines[0]), 2 * LANE_COLUMNS + LANE_GAP);
	assert_memory_equal(out.lines[0], "── SYN ─", strlen("── SYN ─"));
	lane_arrow(&out, LANE_LEFT, "SYN ACK");
	assert_int_equal(columns(out.lines[0]), 2 * LANE_COLUMNS + LANE_GAP);
	assert_memory_equal(out.lines[0], "◀──", strlen("◀──"));
}

static void label_longer_than_the_arrow_is_cut(void **state)
{
	struct lane_lines out;
	char label[300];

	(void)state;
	memset(label, 'y', sizeof(label));
	label[sizeof(label) - 1] = '\0';
	lane_arrow(&out, LANE_RIGHT, label);
	assert_int_equal(columns(out.lines[0]), 2 * LANE_COLUMNS + LANE_GAP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(left_text_begins_at_the_margin_and_right_text_after_the_gap),
		cmocka_unit_test(long_text_wraps_at_spaces),
		cmocka_unit_test(text_without_spaces_is_broken_between_characters),
		cmocka_unit_test(endless_text_is_cut),
		cmocka_unit_test(arrow_spans_both_lanes_in_either_direction),
		cmocka_unit_test(label_longer_than_the_arrow_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
