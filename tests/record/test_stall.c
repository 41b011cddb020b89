/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_stall.c -- the beginning and the end of an outage are told once each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "record/stall.h"

/* What is said now. */
static void expect(struct stall *s, const char *reason, uint64_t unwritten, const char *want)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_true(stall_is_news(s, reason));
	stall_tell(s, reason, unwritten, f);
	fclose(f);
	assert_string_equal(text, want);
	free(text);
	assert_false(stall_is_news(s, reason));
}

static void an_outage_begins_and_ends(void **state)
{
	struct stall s = {0};

	(void)state;
	assert_false(stall_is_news(&s, NULL));
	expect(&s, "disk full", 7,
	       "tcptape-record: disk full; recording goes on, events are lost until it can be "
	       "written again\n");
	expect(&s, NULL, 107, "tcptape-record: writing goes on; 107 events could not be written\n");
	expect(&s, "disk full", 107,
	       "tcptape-record: disk full; recording goes on, events are lost until it can be "
	       "written again\n");
	expect(&s, NULL, 108, "tcptape-record: writing goes on; 1 event could not be written\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(an_outage_begins_and_ends)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
