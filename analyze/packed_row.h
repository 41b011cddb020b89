/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * packed_row.h -- the cells of a row as bytes, so that they can wait: cells lend what they
 * point to only until their row has been printed. In memory and temporary files of this
 * process only.
 */
#ifndef ANALYZE_PACKED_ROW_H
#define ANALYZE_PACKED_ROW_H

#include "analyze/arena.h"
#include "analyze/table.h"

/* Append; what nests deeper than any view goes is null. */
void packed_row_put(struct buf *out, const struct cell *cells, size_t count);
/* Take as many cells as were put. Texts point into *in, lists lie in the arena. False without
 * memory. */
bool packed_row_take(struct view *in, struct cell *cells, size_t count, struct arena *a);

#endif
