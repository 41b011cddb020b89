/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * open_tape.h -- the sample tape of 100 events through the public interface, for the cmocka
 * tests of tape*.c: what goes wrong fails the test.
 */
#ifndef TESTS_FORMAT_OPEN_TAPE_H
#define TESTS_FORMAT_OPEN_TAPE_H

#include "format/tcptape.h"
#include "tests/format/sample_tape.h"

struct open_tape {
	struct sample *sample;
	struct tcptape *t; /* reads sample->data */
};

/* Fixture of a test: *state is a struct open_tape. */
int open_tape_setup(void **state);
int open_tape_teardown(void **state);

/* Up to the next item of this kind; what comes before it does not matter. */
void open_tape_go_to(struct tcptape *t, int kind);
/* To the next event of this name in which the field has, or has not, a value. Its handle. */
uint64_t open_tape_go_to_value(struct tcptape *t, const char *event, const char *field,
			       bool exists);

#endif
