/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * paced_column.h -- the time column: each row's distance to the previous row of its CPU, where
 * paced.h expected it (docs/FORMAT.md section 7.4). paced_encoder.c writes it.
 */
#ifndef FORMAT_PACED_COLUMN_H
#define FORMAT_PACED_COLUMN_H

#include "format/times.h"

/* ERR_CORRUPT unless both streams end with the last row. */
int paced_decode(const struct time_lanes *rows, struct view symbols, struct view low, uint64_t *ts,
		 struct error *err);

#endif
