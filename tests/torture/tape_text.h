/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tape_text.h -- what the programs make of a tape in memory: exit status of `verify`, the
 * event lines of `replay -f canonical`, and the tape `recover` makes of it.
 */
#ifndef TESTS_TORTURE_TAPE_TEXT_H
#define TESTS_TORTURE_TAPE_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Exit status of `tcptape verify`. */
int tape_verify(const void *tape, size_t len);

struct tape_text {
	int status;    /* exit status of `tcptape replay -f canonical` */
	char *text;    /* owned */
	char **events; /* owned; the lines that begin with "event ", each ended by a NUL */
	size_t count, cap;
	uint64_t unreadable; /* events whose schema is missing */
};

/* Complains and ends the program when memory is short. */
struct tape_text tape_text(const void *tape, size_t len);
void tape_text_release(struct tape_text *t);

struct recovered {
	int status;    /* exit status of `tcptape recover` */
	uint8_t *tape; /* owned */
	size_t len;
};

struct recovered tape_recover(const void *tape, size_t len);

#endif
