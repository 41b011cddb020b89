/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * end_totals.h -- what an END block says of its section, before the index. Implements docs/FORMAT.md
 * section 9.
 */
#ifndef FORMAT_END_TOTALS_H
#define FORMAT_END_TOTALS_H

#include "format/bytes.h"
#include "format/error.h"

struct end_totals {
	struct view reason; /* "stop", "signal", ...; lent */
	uint64_t rows;      /* events on the tape, as the writer says */
	uint64_t lost;      /* events lost, as the writer says */
	struct view facts;  /* encoded; lent */
};

void end_totals_encode(const struct end_totals *t, struct buf *out);
/* *in moves behind them, to the index. ERR_CORRUPT when they are cut short. */
int end_totals_decode(struct view *in, struct end_totals *out, struct error *err);

#endif
