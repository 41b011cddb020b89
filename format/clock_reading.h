/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * clock_reading.h -- which times of several clocks belong together. Implements docs/FORMAT.md
 * section 8.
 */
#ifndef FORMAT_CLOCK_READING_H
#define FORMAT_CLOCK_READING_H

#include "format/bytes.h"
#include "format/error.h"

/* The same instant on several clocks, nanoseconds. ts_ns is the tape's clock. */
struct clock_reading {
	uint64_t ts_ns;
	uint64_t monotonic_ns;
	uint64_t boottime_ns;
	uint64_t realtime_ns; /* since 1970-01-01 UTC */
};

void clock_encode(const struct clock_reading *c, struct buf *out);
/* Take one record of a CLOCK block. ERR_CORRUPT when it is cut short. */
int clock_decode(struct view *in, struct clock_reading *out, struct error *err);

#endif
