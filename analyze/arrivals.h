/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * arrivals.h -- when which byte of a stream arrived, as long as it has not been read: how
 * long data waited for its reader. Positions are those of stream.h.
 */
#ifndef ANALYZE_ARRIVALS_H
#define ANALYZE_ARRIVALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ARRIVALS_MAX = 8 };

/* Start with {0}. Beyond ARRIVALS_MAX the last two become one that arrived when the later did. */
struct arrivals {
	struct {
		int64_t end; /* position behind its last byte */
		uint64_t ts_ns;
	} list[ARRIVALS_MAX];
	size_t count;
};

/* Everything before position `end` is here at ts. */
void arrivals_add(struct arrivals *a, int64_t end, uint64_t ts_ns);
/* Everything before `end` has been read: when did the last byte of it arrive? False when that is
 * not known. */
bool arrivals_take(struct arrivals *a, int64_t end, uint64_t *ts_ns);

#endif
