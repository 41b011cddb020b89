/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * times.h -- the time column as it was written first, by paced.h's idea but without the
 * pace: no writer makes it any more. Implements docs/FORMAT.md section 7.9.
 */
#ifndef FORMAT_TIMES_H
#define FORMAT_TIMES_H

#include <stdint.h>

#include "format/bytes.h"
#include "format/error.h"
#include "format/lanes.h"

/* The rows' other hot columns, which prediction rests on. */
struct time_lanes {
	const struct lanes *lanes;
	uint64_t base; /* time before the first row of each CPU: the block's min_ts */
	const uint32_t *schema;
};

/* ERR_CORRUPT unless both streams end with the last row. */
int times_decode(const struct time_lanes *rows, struct view symbols, struct view low, uint64_t *ts,
		 struct error *err);

#endif
