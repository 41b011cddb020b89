/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * shaper.h -- stands between views and the format: leaves out, counts, sorts and cuts rows as
 * a query asks, and picks their columns. Only render.c uses it:
 *
 *	shaper_begin(s, &table, &shown); shaper_take(s, cells, ...)...; shaper_next(s, ...)...
 */
#ifndef ANALYZE_SHAPER_H
#define ANALYZE_SHAPER_H

#include "analyze/query.h"
#include "analyze/table.h"
#include "format/error.h"

struct shaper; /* opaque */

/* The query is lent. NULL without memory. */
struct shaper *shaper_new(const struct query *query, bool is_text);
void shaper_free(struct shaper *s);
/* Rows of table `t` follow. *shown is what is to be printed of them, lent until another
 * table begins. A table without keys passes as it is. 0, ERR_USAGE when it has no such
 * column, ERR_NOMEM. */
int shaper_begin(struct shaper *s, const struct table *t, const struct table **shown,
		 struct error *err);
/* A row of t, with instants counted from origin_ns. 0: print *shown, lent until the next call.
 * END: it is left out, or waits. */
int shaper_take(struct shaper *s, const struct cell *cells, uint64_t origin_ns,
		const struct cell **shown, struct error *err);
/* Nothing follows: the next of the rows that waited; 0 or END. */
int shaper_next(struct shaper *s, const struct cell **shown, struct error *err);
/* Forget what waits: it is no whole answer. */
void shaper_discard(struct shaper *s);
/* Would --where leave this row out? Cells of columns that it does not name do not matter. */
bool shaper_refuses(struct shaper *s, const struct cell *cells, uint64_t origin_ns);
/* False when the cell of this column of t is of no use to anyone. */
bool shaper_needs(const struct shaper *s, size_t column);
/* Rows may wait: what stands between them has no place. */
bool shaper_keeps(const struct shaper *s);
/* As many rows were shown as are asked for. */
bool shaper_is_full(const struct shaper *s);
/* Another tape: --limit counts from the beginning. */
void shaper_restart(struct shaper *s);

/* Rows of the table that came, and that --where left; rows that could not be counted. */
struct shaper_counts {
	uint64_t rows, passed, uncounted;
};
struct shaper_counts shaper_counts(const struct shaper *s);

#endif
