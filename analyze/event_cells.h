/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * event_cells.h -- the values of any event as cells, by what its schema says about them
 * and nothing else: names for enumerations, "0x..." for pointers, text for addresses.
 */
#ifndef ANALYZE_EVENT_CELLS_H
#define ANALYZE_EVENT_CELLS_H

#include "analyze/arena.h"
#include "analyze/table.h"
#include "format/event.h"
#include "format/section.h"

struct event_cells {
	struct cell fields; /* CELL_OBJECT: the fields of the kernel's format file */
	struct cell extra;  /* CELL_OBJECT: what the recorder added */
	struct cell known;  /* CELL_OBJECT: all of these, but null only where it is a surprise */
};

/* The value of field `index`. Lent as the event and the arena are. CELL_NULL also
 * without memory. */
struct cell event_cell(const struct event *ev, int index, const struct section *s, struct arena *a);
/* All of them. 0 or ERR_NOMEM. */
int event_cells_fill(const struct event *ev, const struct section *s, struct arena *a,
		     struct event_cells *out, struct error *err);

#endif
