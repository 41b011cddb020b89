/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * run.h -- rows of one block that come next, whatever else waits, and values of them: what
 * cursor_next() and event.h do when nothing needs to be looked at but the block, without a
 * call for each.
 */
#ifndef FORMAT_RUN_H
#define FORMAT_RUN_H

#include "format/batch_data.h"

struct run {
	struct batch *batch; /* lent; NULL: there are no rows */
	uint32_t at, end;    /* rows in the order of time */
};

/* The next of them, lent until whoever lent the run is asked for more. False when there is none,
 * or one that is none to deliver. */
static inline bool run_next(struct run *r, struct event *out)
{
	if (r->at == r->end || !batch_row_event(r->batch, r->at, out))
		return false;
	r->at++;
	return true;
}

/* As event_ref(), of a ref that the schema has. */
static inline uint32_t run_ref(const struct event *ev, int ref)
{
	const struct batch *b = ev->batch;
	uint32_t number = b->slots[ev->slot].refs[ref - 1], id;

	if (number == NO_COLUMN || b->columns[number].state != COLUMN_READY)
		return event_ref(ev, ref);
	id = column_id(&b->columns[number], ev->schema_row);
	return id < UINT32_MAX ? id : 0;
}

/* As event_int(), of a field that the schema has. */
static inline bool run_int(const struct event *ev, int index, uint64_t *out)
{
	const struct reader *r = &ev->batch->slots[ev->slot].readers[index];

	return reader_is_ready(r) ? reader_int(r, ev->schema_row, out) : event_int(ev, index, out);
}

/* As event_epoch(). */
static inline uint32_t run_epoch(const struct event *ev)
{
	return ev->batch->epoch;
}

#endif
