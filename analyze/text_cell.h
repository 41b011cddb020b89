/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_cell.h -- one cell as people read it: 14.2 µs, 11 B, yes, -, key=value.
 */
#ifndef ANALYZE_TEXT_CELL_H
#define ANALYZE_TEXT_CELL_H

#include "analyze/table.h"

/* Append the cell to *out. A column's unit also holds for what is nested in its cells;
 * UNIT_TIME counts from origin_ns. */
void text_cell_put(struct buf *out, const struct cell *cell, enum unit unit, uint64_t origin_ns);

#endif
