/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * blindspots.h -- when the tape did not see: losses and damage, as merged intervals of
 * time. What overlaps one is uncertain.
 */
#ifndef ANALYZE_BLINDSPOTS_H
#define ANALYZE_BLINDSPOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BLINDSPOTS_MAX = 256 };

struct blindspot {
	uint64_t from_ns, to_ns; /* inclusive */
};

struct blindspots {
	struct blindspot spots[BLINDSPOTS_MAX]; /* ascending, apart from each other */
	size_t count;
};

/* When there are too many, the two nearest neighbours become one. */
void blindspots_add(struct blindspots *b, uint64_t from_ns, uint64_t to_ns);
bool blindspots_overlap(const struct blindspots *b, uint64_t from_ns, uint64_t to_ns);
/* How much of that time they are. */
uint64_t blindspots_within(const struct blindspots *b, uint64_t from_ns, uint64_t to_ns);

#endif
