/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * item.h -- what a cursor yields, one after the other.
 */
#ifndef FORMAT_ITEM_H
#define FORMAT_ITEM_H

#include "format/clock_reading.h"
#include "format/event.h"
#include "format/gap.h"
#include "format/loss.h"
#include "format/section.h"

enum item_kind {
	ITEM_SECTION = 1, /* a section begins: rebind; event and schema pointers of the last die */
	ITEM_EVENT,
	ITEM_LOSS,
	ITEM_CLOCK,
	ITEM_SCHEMA, /* more schemas or facts became known in this section */
	ITEM_GAP,    /* bytes that could not be read were skipped here */
	ITEM_END,    /* the section's End block: it was closed in order */
};

struct section_end {
	char reason[64]; /* "stop", "signal", ... */
	uint64_t rows;   /* events the writer says it wrote */
	uint64_t lost;   /* events the writer says were lost */
};

struct item {
	enum item_kind kind;
	const struct section *section; /* current; lent until the next section begins */
	union {
		struct event event;
		struct loss loss;
		struct clock_reading clock;
		struct gap gap;
		struct section_end end;
	};
};

#endif
