/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analyze/progress.h"

static const uint64_t SECOND = 1000000000, T0 = 5000000000;

struct said {
	char *text;
	size_t len;
	struct progress progress;
};

static void begin(struct said *s)
{
	*s = (struct said){0};
	s->progress.to = open_memstream(&s->text, &s->len);
	assert_non_null(s->progress.to);
	progress_show(&s->progress, T0, 0, 1000);
}

static void expect(struct said *s, const char *text)
{
	fflush(s->progress.to);
	assert_string_equal(s->text, text);
	fclose(s->progress.to);
	free(s->text);
}

static void nothing_is_said_in_the_first_second(void **state)
{
	struct said s;

	(void)state;
	begin(&s);
	progress_show(&s.progress, T0 + SECOND - 1, 500, 1000);
	progress_clear(&s.progress);
	expect(&s, "");
}

static void then_how_far_it_is_five_times_a_second(void **state)
{
	struct said s;

	(void)state;
	begin(&s);
	s.progress.items = 12300000;
	progress_show(&s.progress, T0 + 2 * SECOND, 430, 1000);
	progress_show(&s.progress, T0 + 2 * SECOND + SECOND / 10, 440, 1000);
	expect(&s, "\rtcptape:  43 %, 12.3 million events, 6.2 million a second ");
}

static void a_pipe_has_no_end_to_tell(void **state)
{
	struct said s;

	(void)state;
	begin(&s);
	s.progress.items = 3000000;
	progress_show(&s.progress, T0 + 3 * SECOND, 430, UINT64_MAX);
	expect(&s, "\rtcptape: 3.0 million events, 1.0 million a second ");
}

static void the_line_is_empty_afterwards(void **state)
{
	struct said s;
	const char *last;

	(void)state;
	begin(&s);
	progress_show(&s.progress, T0 + 2 * SECOND, 1, 2);
	progress_clear(&s.progress);
	fflush(s.progress.to);
	last = strrchr(s.text, '\r');
	assert_non_null(last);
	assert_string_equal(last, "\r");
	fclose(s.progress.to);
	free(s.text);
}

static void nobody_is_told_who_does_not_want_to_know(void **state)
{
	struct progress p = {0};

	(void)state;
	for (int i = 0; i < 2 * PROGRESS_STEP; i++)
		progress_count(&p, NULL, 1);
	progress_clear(&p);
	assert_int_equal(p.items, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_said_in_the_first_second),
		cmocka_unit_test(then_how_far_it_is_five_times_a_second),
		cmocka_unit_test(a_pipe_has_no_end_to_tell),
		cmocka_unit_test(the_line_is_empty_afterwards),
		cmocka_unit_test(nobody_is_told_who_does_not_want_to_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
