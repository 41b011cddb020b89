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
	uint64_t number;     /* no other run of this cursor has it */
};

/* Where the next row is: what is enough for rows that are passed over, without an event. */
struct run_place {
	uint64_t ts_ns;
	uint32_t slot;       /* as of an event, */
	uint32_t schema_row; /* as is this */
};

/* Where all rows are, for a loop over them: nothing that is written in it changes this. */
struct run_rows {
	const uint64_t *ts;
	const uint32_t *order, *places;
};

static inline struct run_rows run_rows(const struct run *r)
{
	const struct batch *b = r->batch;

	return (struct run_rows){b->ts, b->order, b->places};
}

static inline struct run_place run_place_at(const struct run_rows *rows, uint32_t at)
{
	uint32_t row = rows->order ? rows->order[at] : at, place = rows->places[row];

	return (struct run_place){rows->ts[row], place_slot(place), place_row(place)};
}

/* There is a next row. */
static inline struct run_place run_peek(const struct run *r)
{
	struct run_rows rows = run_rows(r);

	return run_place_at(&rows, r->at);
}

/* Of any row: where it lies, */
static inline uint32_t run_row(const struct run *r, uint32_t at)
{
	return r->batch->order ? r->batch->order[at] : at;
}

/* when it was, */
static inline uint64_t run_ts(const struct run *r, uint32_t at)
{
	return r->batch->ts[run_row(r, at)];
}

/* and the id of its schema. */
static inline uint32_t run_schema(const struct run *r, uint32_t at)
{
	const struct batch *b = r->batch;

	return b->slots[batch_slot(b, run_row(r, at))].id;
}

/* The same as an event; false when it is none to deliver. */
static inline bool run_event(const struct run *r, struct event *out)
{
	return batch_row_event(r->batch, r->at, out);
}

/* The next of them, lent until whoever lent the run is asked for more. False when there is none,
 * or one that is none to deliver. */
static inline bool run_next(struct run *r, struct event *out)
{
	if (r->at == r->end || !run_event(r, out))
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
	WILL_READ(&b->columns[number].shorts[ev->schema_row & b->columns[number].mask], NEXT_LINE);
	return id < UINT32_MAX ? id : 0;
}

/* The ids of one ref of all rows of a schema. Lent as the batch is. */
struct run_ids {
	const uint32_t *ids; /* NULL: they are not known */
	uint32_t mask;       /* of a row */
};

/* Of a ref that the schema has. */
static inline struct run_ids run_ids(const struct event *ev, int ref)
{
	const struct batch *b = ev->batch;
	uint32_t number = b->slots[ev->slot].refs[ref - 1];

	event_ref(ev, ref);
	if (number == NO_COLUMN || b->columns[number].state != COLUMN_READY)
		return (struct run_ids){NULL, 0};
	return (struct run_ids){b->columns[number].shorts, b->columns[number].mask};
}

/* As event_ref() of the row. */
static inline uint32_t run_id(const struct run_ids *ids, uint32_t schema_row)
{
	uint32_t id = ids->ids[schema_row & ids->mask];

	WILL_READ(&ids->ids[schema_row & ids->mask], NEXT_LINE);

	return id < UINT32_MAX ? id : 0;
}

/* Of all fields, by number. Lent as the event is. */
static inline const struct reader *run_readers(const struct event *ev)
{
	return ev->batch->slots[ev->slot].readers;
}

/* As event_int(), of a field that the schema has, and its reader. */
static inline bool run_int(const struct event *ev, const struct reader *r, int index, uint64_t *out)
{
	return reader_is_ready(r) ? reader_int(r, ev->schema_row, out) : event_int(ev, index, out);
}

/* As event_epoch(). */
static inline uint32_t run_epoch(const struct event *ev)
{
	return ev->batch->epoch;
}

#endif
