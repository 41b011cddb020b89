/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cell_order.h -- which of two cells comes first: numbers by size, texts by their bytes
 * but with the numbers in them by size (10.0.0.9 before 10.0.0.10), what is unknown last.
 */
#ifndef ANALYZE_CELL_ORDER_H
#define ANALYZE_CELL_ORDER_H

#include "analyze/table.h"

/* -1, 0 or 1. Objects and lists are equal to each other, and come after the rest. */
int cell_order(const struct cell *a, const struct cell *b);

#endif
