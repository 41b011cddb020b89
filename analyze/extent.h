/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * extent.h -- how much of a file each section takes: a second look at the blocks, where
 * the tape is not a pipe.
 */
#ifndef ANALYZE_EXTENT_H
#define ANALYZE_EXTENT_H

#include "format/health.h"
#include "format/scan.h"

struct extent_walk {
	struct scan scan;
	bool is_possible; /* the source can be read twice */
	bool is_over;
	bool has_next; /* `next` is the first block of a section */
	struct scan_item next;
	struct health damage; /* met so far; only what is said of damage */
};

struct extent {
	uint64_t bytes;  /* with the damage inside it */
	uint64_t blocks; /* sound ones */
};

void extent_init(struct extent_walk *w, struct source *source);
/* The extent of the next section with this salt. 0 with *out; 1 when it is not known;
 * or a negative status. */
int extent_next(struct extent_walk *w, uint64_t salt, struct extent *out, struct error *err);

#endif
