/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sorter.h -- rows that wait to be printed in another order than they came. Memory is
 * bounded: of many rows the first ones of the order are kept if a limit is set, else they
 * wait, sorted, in a temporary file. Equal rows keep the order they came in.
 */
#ifndef ANALYZE_SORTER_H
#define ANALYZE_SORTER_H

#include "analyze/table.h"
#include "format/error.h"

enum { SORTER_KEYS = 16, SORTER_BYTES = 16 << 20 /* in memory */ };

struct sorter; /* opaque */

/* Sort by key_count keys; of `limit` rows, if it is not 0, all that follow are dropped. Arrays
 * are copied. NULL without memory. */
struct sorter *sorter_new(const bool *is_descending, size_t key_count, size_t cell_count,
			  uint64_t limit);
void sorter_free(struct sorter *s);
/* A row: the cells to sort by, and those to print. 0, ERR_NOMEM or ERR_IO. */
int sorter_add(struct sorter *s, const struct cell *keys, const struct cell *cells,
	       struct error *err);
/* The rows in order; nothing may be added any more. *cells is lent until the next call. 0, END,
 * ERR_NOMEM or ERR_IO. */
int sorter_next(struct sorter *s, const struct cell **cells, struct error *err);

#endif
