/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * row_groups.h -- how often each combination of cells came. Memory is bounded: of groups
 * beyond ROW_GROUPS_MAX, or ROW_GROUPS_BYTES, only the rows are counted.
 */
#ifndef ANALYZE_ROW_GROUPS_H
#define ANALYZE_ROW_GROUPS_H

#include "analyze/arena.h"
#include "analyze/table.h"

enum { ROW_GROUPS_MAX = 1 << 17, ROW_GROUPS_BYTES = 16 << 20 };

struct row_group; /* row_groups.c */

/* Start with {.cell_count = cells of a row}. */
struct row_groups {
	size_t cell_count;
	uint64_t rest; /* rows of groups that there was no room for */
	/* row_groups.c's own */
	struct buf bytes;      /* of all groups */
	struct row_group *all; /* in order of appearance; owned */
	size_t count, cap;
	uint32_t *slots; /* index + 1 in `all`; 0 = free; owned */
	size_t size;     /* a power of two, or 0 */
};

void row_groups_release(struct row_groups *g);
/* Count one row more. False without memory. */
bool row_groups_add(struct row_groups *g, const struct cell *cells);
/* Take group *at, from 0, and its number of rows; cells are lent by *g and the arena. False
 * after the last, and without memory (a->is_failed). */
bool row_groups_next(const struct row_groups *g, size_t *at, struct cell *cells, uint64_t *rows,
		     struct arena *a);

#endif
