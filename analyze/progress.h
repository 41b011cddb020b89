/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * progress.h -- how far a long read has come, in one line on a terminal that is written over
 * and cleared at the end. Says nothing in the first second.
 */
#ifndef ANALYZE_PROGRESS_H
#define ANALYZE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct source; /* format/source.h */

struct progress {
	FILE *to; /* NULL: nobody wants to know */
	uint64_t items;
	uint64_t began_ns, shown_ns; /* 0 = not yet */
	bool is_visible;
};

enum { PROGRESS_STEP = 1 << 16 }; /* items between two looks at the clock */

/* Start with {.to = ...}. The state at now_ns, if it is time to tell; bytes_all is UINT64_MAX where that is not known. */
void progress_show(struct progress *p, uint64_t now_ns, uint64_t bytes_read, uint64_t bytes_all);
/* Leave the line empty. */
void progress_clear(struct progress *p);
/* PROGRESS_STEP items more were read. */
void progress_look(struct progress *p, const struct source *source);

/* So many items were read. */
static inline void progress_count(struct progress *p, const struct source *source, uint64_t items)
{
	uint64_t before = p->items;

	if (!p->to)
		return;
	p->items += items;
	if (before / PROGRESS_STEP != p->items / PROGRESS_STEP)
		progress_look(p, source);
}

#endif
