/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * reel.h -- the events of a tape in memory, as a writer takes them, for programs that
 * measure. What goes wrong ends the program with a sentence.
 */
#ifndef TESTS_BENCH_REEL_H
#define TESTS_BENCH_REEL_H

#include "format/section.h"
#include "format/writer.h"

/* A dictionary entry, packed as writer_intern() wants it. */
struct reel_entry {
	uint32_t dict;
	uint32_t len;
	uint8_t *packed;
};

struct reel {
	struct section names; /* with the facts known before the first event */
	struct row *rows;     /* refs[] are numbers of entries, from 1; 0 = none */
	size_t row_count, row_cap;
	struct reel_entry *entries;
	size_t entry_count, entry_cap;
	struct clock_reading *clocks;
	size_t clock_count, clock_cap;
	struct reel_memory *memory; /* of values, refs and packed entries */
};

/* The first `limit` events of the tape's first section. */
void reel_load(struct reel *r, const char *path, size_t limit);
void reel_release(struct reel *r);
/* Facts, enumerations and schemas, which get the ids they have on the tape. */
void reel_declare(const struct reel *r, struct writer *w);

#endif
