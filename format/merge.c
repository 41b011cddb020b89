/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * merge.c -- one order from blocks that overlap.
 *
 * Up to MERGE_MAX_OPEN DATA blocks are open. A row may go out when no later block can
 * hold an earlier one: below the watermark of the last block read, or when there are no
 * more blocks. Looking at all that waits takes longer than the row: as long as nothing
 * else can be next, rows of one block go out in a run.
 */
#include "format/merge.h"

#include <stdlib.h>
#include <string.h>

enum {
	MAX_PENDING = 1 << 18,
	ROOM_BYTES = 128 << 20, /* open blocks and their old dictionaries */
};

struct open_batch {
	struct batch *batch;
	uint32_t row;  /* next to deliver */
	uint32_t last; /* row */
};

/* A loss or clock reading that waits for its time; times never go back. */
struct pending {
	uint64_t due_ns;
	enum item_kind kind;
	union {
		struct loss loss;
		struct clock_reading clock;
	};
};

struct merge {
	struct open_batch open[MERGE_MAX_OPEN];
	unsigned open_count;
	struct run run;            /* may go out; never with the last row of a block */
	struct open_batch *run_of; /* whose rows these are; NULL: there is no run */
	uint64_t run_count;
	struct batch *spent;     /* freed at the next call: the last event points into it */
	struct pending *pending; /* losses and clock readings, in order */
	size_t pending_count, pending_cap, pending_at;
	uint64_t watermark;
	uint64_t last_ts;
	uint64_t from_ns, to_ns;
	unsigned damaged;
};

struct merge *merge_new(void)
{
	struct merge *m = calloc(1, sizeof(*m));

	if (m)
		m->to_ns = UINT64_MAX;
	return m;
}

static void forget_batch(struct merge *m, struct batch *batch)
{
	if (batch && batch_is_damaged(batch))
		m->damaged++;
	batch_free(batch);
}

void merge_free(struct merge *m)
{
	if (!m)
		return;
	batch_free(m->spent);
	for (unsigned i = 0; i < m->open_count; i++)
		batch_free(m->open[i].batch);
	free(m->pending);
	free(m);
}

/* Rows of the run that went out are no longer open. */
static void end_run(struct merge *m)
{
	if (m->run_of && m->run.at > m->run_of->row) {
		m->run_of->row = m->run.at;
		m->last_ts = batch_ts(m->run.batch, m->run.at - 1);
	}
	m->run = (struct run){0};
	m->run_of = NULL;
}

void merge_limit_time(struct merge *m, uint64_t from_ns, uint64_t to_ns)
{
	end_run(m);
	m->from_ns = from_ns;
	m->to_ns = to_ns;
}

void merge_restart(struct merge *m)
{
	end_run(m);
	m->watermark = 0;
	m->last_ts = 0;
}

void merge_watermark(struct merge *m, uint64_t watermark)
{
	if (watermark > m->watermark)
		m->watermark = watermark;
}

void merge_add(struct merge *m, struct batch *batch)
{
	end_run(m);
	m->open[m->open_count++] = (struct open_batch){batch, 0, batch_rows(batch) - 1};
}

/* Make room where delivered ones lie: some may always be waiting. */
static void forget_delivered(struct merge *m)
{
	size_t left = m->pending_count - m->pending_at;

	if (left > 0 && m->pending_at < MAX_PENDING / 2)
		return;
	if (left > 0)
		memmove(m->pending, m->pending + m->pending_at, left * sizeof(*m->pending));
	m->pending_count = left;
	m->pending_at = 0;
}

static int push_pending(struct merge *m, struct pending p, struct error *err)
{
	void *pending;

	end_run(m);
	forget_delivered(m);
	pending = m->pending;
	if (m->pending_count >= MAX_PENDING)
		return error_set(err, ERR_CORRUPT, "more than %d losses and clock readings at once",
				 MAX_PENDING);
	if (!array_grow(&pending, &m->pending_cap, m->pending_count + 1, sizeof(*m->pending)))
		return error_nomem(err);
	m->pending = pending;
	if (m->pending_count > 0 && p.due_ns < m->pending[m->pending_count - 1].due_ns)
		p.due_ns = m->pending[m->pending_count - 1].due_ns;
	m->pending[m->pending_count++] = p;
	return 0;
}

int merge_add_loss(struct merge *m, const struct loss *loss, struct error *err)
{
	struct pending p = {.kind = ITEM_LOSS, .due_ns = loss->from_ns, .loss = *loss};

	return push_pending(m, p, err);
}

int merge_add_clock(struct merge *m, const struct clock_reading *clock, struct error *err)
{
	struct pending p = {.kind = ITEM_CLOCK, .due_ns = clock->ts_ns, .clock = *clock};

	return push_pending(m, p, err);
}

enum { STEPPED_OVER = 2 };

/* Index of the open batch with the earliest row, or open_count. */
static unsigned earliest(const struct merge *m)
{
	unsigned best = m->open_count;
	uint64_t best_ts = UINT64_MAX;

	for (unsigned i = 0; i < m->open_count; i++) {
		uint64_t ts = batch_ts(m->open[i].batch, m->open[i].row);

		if (best == m->open_count || ts < best_ts) {
			best = i;
			best_ts = ts;
		}
	}
	return best;
}

static void drop_open(struct merge *m, unsigned i)
{
	end_run(m);
	forget_batch(m, m->spent);
	m->spent = m->open[i].batch;
	memmove(&m->open[i], &m->open[i + 1], (--m->open_count - i) * sizeof(m->open[0]));
}

/* Rows of no wanted time, of an unknown schema, or past the end are stepped over. */
static bool settle_row(struct merge *m, unsigned i, struct event *out, struct health *health)
{
	struct open_batch *o = &m->open[i];
	uint64_t ts = batch_ts(o->batch, o->row);
	bool is_known = batch_event(o->batch, o->row, out);

	o->row++;
	if (o->row == batch_rows(o->batch))
		drop_open(m, i);
	if (ts < m->from_ns || ts >= m->to_ns)
		return false;
	health->unreadable_events += !is_known;
	return is_known;
}

/* Open blocks, and dictionaries of epochs that only they still need. */
static bool is_crowded(const struct merge *m, const struct dict_set *current)
{
	const struct dict_set *seen = current;
	size_t bytes = 0;

	for (unsigned i = 0; i < m->open_count; i++) {
		const struct dict_set *dicts = batch_dicts(m->open[i].batch);

		bytes += batch_bytes(m->open[i].batch);
		if (dicts != seen && dicts != current)
			bytes += dict_set_memory(dicts);
		seen = dicts;
	}
	return m->open_count == MERGE_MAX_OPEN || bytes > ROOM_BYTES;
}

/* The first row behind `row` that is not before end_ns, or `last`: near ones are found fastest. */
static uint32_t find_end(const struct batch *b, uint32_t row, uint32_t last, uint64_t end_ns)
{
	uint32_t step = 1, end;

	while (step < last - row && batch_ts(b, row + step) < end_ns) {
		row += step;
		step *= 2;
	}
	end = step < last - row ? row + step : last;
	while (row < end) {
		uint32_t middle = row + (end - row) / 2;

		if (batch_ts(b, middle) < end_ns)
			row = middle + 1;
		else
			end = middle;
	}
	return row;
}

/* A row of an open batch went out: how many of those behind it come next, whatever happens? */
static void begin_run(struct merge *m, unsigned i, bool is_draining)
{
	uint64_t end_ns = is_draining || m->to_ns < m->watermark ? m->to_ns : m->watermark;
	struct open_batch *o = &m->open[i];

	if (m->pending_at < m->pending_count && m->pending[m->pending_at].due_ns < end_ns)
		end_ns = m->pending[m->pending_at].due_ns;
	for (unsigned n = 0; n < m->open_count; n++) {
		uint64_t ts = n == i ? end_ns : batch_ts(m->open[n].batch, m->open[n].row);

		end_ns = ts < end_ns ? ts : end_ns;
	}
	m->run_of = o;
	m->run = (struct run){.batch = o->batch,
			      .at = o->row,
			      .end = find_end(o->batch, o->row, o->last, end_ns),
			      .number = ++m->run_count};
}

struct run *merge_run(struct merge *m)
{
	return &m->run;
}

bool merge_next_in_run(struct merge *m, struct item *out)
{
	if (!run_next(&m->run, &out->event))
		return false;
	out->kind = ITEM_EVENT;
	return true;
}

/* The next row that may go out. END when more blocks must be read first, STEPPED_OVER
 * when the row is none to deliver: what waits for its time comes before the next. */
static int next_row(struct merge *m, bool is_draining, const struct dict_set *current,
		    struct item *out, struct health *health)
{
	unsigned i = earliest(m);
	uint64_t ts;

	if (i == m->open_count)
		return END;
	ts = batch_ts(m->open[i].batch, m->open[i].row);
	if (!is_draining && ts >= m->watermark && !is_crowded(m, current))
		return END;
	out->kind = ITEM_EVENT;
	if (!settle_row(m, i, &out->event, health))
		return STEPPED_OVER;
	if (ts < m->last_ts) {
		health->late_events++;
		return 0;
	}
	m->last_ts = ts;
	if (!m->spent)
		begin_run(m, i, is_draining);
	return 0;
}

static void deliver_pending(const struct pending *p, struct item *out)
{
	out->kind = p->kind;
	if (p->kind == ITEM_LOSS)
		out->loss = p->loss;
	else
		out->clock = p->clock;
}

/* A loss or clock reading goes out before the first event that is not earlier. */
static bool next_pending(struct merge *m, bool is_draining, struct item *out)
{
	unsigned i = earliest(m);
	uint64_t limit = m->watermark;

	if (m->pending_at == m->pending_count)
		return false;
	if (i < m->open_count)
		limit = batch_ts(m->open[i].batch, m->open[i].row);
	else if (is_draining)
		limit = UINT64_MAX;
	if (m->pending[m->pending_at].due_ns > limit)
		return false;
	deliver_pending(&m->pending[m->pending_at++], out);
	return true;
}

int merge_next(struct merge *m, bool is_draining, const struct dict_set *current, struct item *out,
	       struct health *health)
{
	int rc;

	if (merge_next_in_run(m, out))
		return 0;
	end_run(m);
	forget_batch(m, m->spent);
	m->spent = NULL;
	do {
		if (next_pending(m, is_draining, out))
			return 0;
		rc = next_row(m, is_draining, current, out, health);
	} while (rc == STEPPED_OVER);
	return rc;
}

unsigned merge_take_damaged(struct merge *m)
{
	unsigned damaged = m->damaged;

	m->damaged = 0;
	return damaged;
}
