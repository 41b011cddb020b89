/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * times.h -- the time column: each row's distance to the previous row of its CPU,
 * predicted by what kinds of rows came before it there. Implements docs/FORMAT.md
 * section 7.4.
 *
 * The kernel runs the same code between the same two events, so the sequence of
 * schemas on a CPU says about how long it takes. What remains is noise: a symbol for
 * its size, which entropy coding shrinks, and its low bits, which nothing can.
 */
#ifndef FORMAT_TIMES_H
#define FORMAT_TIMES_H

#include <stddef.h>
#include <stdint.h>

#include "format/bytes.h"
#include "format/error.h"
#include "format/lanes.h"

/* The rows' other hot columns, which prediction rests on; each has `count` values. */
struct time_rows {
	size_t count;
	uint64_t base; /* time before the first row of each CPU: the block's min_ts */
	const uint64_t *cpu;
	const uint64_t *schema;
};

/* Append a byte per row to *symbols, the rest to *low. A failed allocation shows in
 * their is_failed, or as false. */
bool times_encode(const struct time_rows *rows, const uint64_t *ts, struct buf *symbols,
		  struct buf *low);

/* The same for a reader. */
struct time_lanes {
	const struct lanes *lanes;
	uint64_t base;
	const uint32_t *schema;
};

/* ERR_CORRUPT unless both streams end with the last row. */
int times_decode(const struct time_lanes *rows, struct view symbols, struct view low, uint64_t *ts,
		 struct error *err);

#endif
