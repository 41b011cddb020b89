/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* open_tape.c -- the sample tape, opened. */
#include "tests/format/open_tape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

int open_tape_setup(void **state)
{
	struct open_tape *f = calloc(1, sizeof(*f));

	f->sample = sample_new(100, 10);
	assert_int_equal(tcptape_open_memory(f->sample->data, f->sample->len, &f->t, NULL), 0);
	*state = f;
	return 0;
}

int open_tape_teardown(void **state)
{
	struct open_tape *f = *state;

	tcptape_close(f->t);
	sample_free(f->sample);
	free(f);
	return 0;
}

void open_tape_go_to(struct tcptape *t, int kind)
{
	int got;

	do {
		got = tcptape_next(t, NULL);
		assert_true(got > 0);
	} while (got != kind);
}

uint64_t open_tape_go_to_value(struct tcptape *t, const char *event, const char *field, bool exists)
{
	uint64_t handle;

	do {
		open_tape_go_to(t, TCPTAPE_EVENT);
		handle = tcptape_field_find(t, tcptape_event_schema(t), field);
	} while (strcmp(tcptape_schema_name(t, tcptape_event_schema(t)), event) != 0 ||
		 tcptape_value_exists(t, handle) != exists);
	return handle;
}
