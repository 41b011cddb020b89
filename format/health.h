/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * health.h -- what reading a tape found of damage and of its end, summed up over all of it, with a
 * sentence for the first trouble.
 */
#ifndef FORMAT_HEALTH_H
#define FORMAT_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "format/gap.h"

/* Start with {0}. */
struct health {
	uint64_t sections;
	uint64_t blocks;         /* whole and sound */
	uint64_t damaged_blocks; /* skipped: checksum, structure, missing numbers */
	uint64_t skipped_bytes;
	uint64_t unreadable_events; /* of a schema that damage took away */
	uint64_t late_events;       /* delivered out of order: the tape broke its order contract */
	bool is_complete;           /* every section was closed in order, nothing after the last */
	bool is_cut;                /* the file ends inside a block or without an End block */
	bool is_abandoned;          /* a pipe was not read to its end: no block in SCAN_PATIENCE */
	char first_problem[200];    /* a sentence, or "" */
};

/* Bytes were skipped. */
void health_note_gap(struct health *h, const struct gap *g);
/* Of so many blocks a part turned out damaged after some of their events were delivered. */
void health_note_parts(struct health *h, unsigned blocks);
/* `reason`: how one knows. */
void health_note_cut(struct health *h, const char *reason);
/* All was read: is_complete becomes known. */
void health_settle(struct health *h);
/* Nothing but the end is missing: a tape that is not called damaged. */
static inline bool health_is_only_cut(const struct health *h)
{
	return h->is_cut && h->damaged_blocks == 0;
}

#endif
