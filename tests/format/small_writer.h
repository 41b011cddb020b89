/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * small_writer.h -- a writer to memory with one dictionary and one event, and what a
 * reader makes of its tape. For cmocka tests: what goes wrong fails the test.
 */
#ifndef TESTS_FORMAT_SMALL_WRITER_H
#define TESTS_FORMAT_SMALL_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "format/writer.h"

enum { SMALL_SALT = 7 };

struct small_writer {
	struct sink *sink;
	struct writer *writer;
	uint32_t dict;  /* one STRING attribute */
	uint32_t event; /* a STRING bound to it; one STRING and one INT of its own */
};

struct small_writer *small_writer_new(struct writer_options opt);
void small_writer_free(struct small_writer *w);
/* The same as fixtures of a test. */
int small_writer_setup(void **state);
int small_writer_teardown(void **state);

/* An event that refers to entry `id`; its number is its time. Returns a status. */
int small_writer_add(struct small_writer *w, uint64_t ts, uint32_t id, const char *text,
		     size_t len);
int small_writer_intern(struct small_writer *w, const char *text, size_t len, uint32_t *id);
void small_writer_end(struct small_writer *w);

/* What a reader makes of the tape, which must be sound and complete. */
struct tally {
	uint64_t events, losses, clocks;
	uint64_t nulls;   /* values */
	uint64_t bytes;   /* of all byte and string values */
	uint64_t numbers; /* sum of all integers */
	size_t facts;
};

struct tally small_writer_read(struct small_writer *w);

#endif
