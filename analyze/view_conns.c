/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * view_conns.c -- one row per socket life. Rows of small tapes wait to be printed in
 * order of their numbers; beyond ROWS_MAX lives they are printed as the lives end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/budget_row.h"
#include "analyze/conn_row.h"
#include "analyze/eventful.h"
#include "analyze/ledgers.h"
#include "analyze/life_pack.h"
#include "analyze/scope.h"
#include "analyze/watch.h"

enum { ROWS_MAX = 1 << 16 };

struct waiting {
	uint64_t conn;
	size_t at;        /* of the life in `packed` */
	uint64_t *budget; /* owned; NULL: not asked for */
};

struct conns {
	const struct view_input *in;
	struct tracker *tracker;
	struct ledgers ledgers;
	struct eventful eventful;
	struct waiting *rows; /* owned; waiting to be sorted */
	size_t count, cap;
	struct buf packed; /* their lives */
	bool is_streaming;
	uint64_t shown;
};

static void print_life(const struct conns *c, const struct life *l, const uint64_t *budget)
{
	const struct conn_row row = {
		.in = c->in,
		.tracker = c->tracker,
		.life = l,
	};

	if (budget)
		budget_row_render(&row, budget);
	else
		conn_row_render(&row);
}

static int by_conn(const void *a, const void *b)
{
	const struct waiting *x = a, *y = b;

	return x->conn < y->conn ? -1 : x->conn > y->conn;
}

static void print_waiting(struct conns *c)
{
	if (c->count)
		qsort(c->rows, c->count, sizeof(*c->rows), by_conn);
	for (size_t i = 0; i < c->count; i++) {
		const struct waiting *row = &c->rows[i];
		struct view packed = view_of(c->packed.data + row->at, c->packed.len - row->at);
		struct life_past past;
		struct life life;

		if (life_unpack(&packed, &life, &past))
			print_life(c, &life, row->budget);
		free(row->budget);
	}
	c->count = 0;
	buf_release(&c->packed);
}

/* Any moment of the life lies within --since and --until. */
static bool is_in_time(const struct conns *c, const struct life *l)
{
	const struct selection *s = c->in->selection;
	uint64_t origin = tracker_origin_ns(c->tracker), end = l->from_ns + life_duration(l);

	return selection_has_time(s, l->from_ns, origin) || selection_has_time(s, end, origin) ||
	       (s->has_since && (int64_t)(l->from_ns - origin) < s->since_ns &&
		(int64_t)(end - origin) >= s->since_ns);
}

static bool has_role(const struct conns *c, const struct life *l)
{
	return !c->in->role || strcmp(c->in->role, life_role_name((enum life_role)l->role)) == 0;
}

/* Let the life wait. */
static int put_row(struct conns *c, const struct life *l, const uint64_t *budget, struct error *err)
{
	struct waiting row = {.conn = l->conn, .at = c->packed.len};
	void *rows = c->rows;

	life_pack(l, &c->packed);
	if (c->packed.is_failed || !array_grow(&rows, &c->cap, c->count + 1, sizeof(*c->rows)))
		return error_nomem(err);
	c->rows = rows;
	if (budget) {
		row.budget = malloc(LEDGER_COUNT * sizeof(*budget));
		if (!row.budget)
			return error_nomem(err);
		memcpy(row.budget, budget, LEDGER_COUNT * sizeof(*budget));
	}
	c->rows[c->count++] = row;
	return 0;
}

static int keep_life(struct conns *c, const struct life *l, struct error *err)
{
	struct selection_subject subject = life_subject(l);
	uint64_t items[LEDGER_COUNT], *budget = c->in->has_budget ? items : NULL;

	if (budget)
		ledgers_take(&c->ledgers, l, items);
	if (!selection_has(c->in->selection, &subject) || !is_in_time(c, l) || !has_role(c, l) ||
	    !eventful_has(&c->eventful, c->in, l) || (budget && l->role == LIFE_LISTENER))
		return 0;
	c->shown++;
	if (c->is_streaming) {
		print_life(c, l, budget);
		return 0;
	}
	TRY(put_row(c, l, budget, err));
	if (c->count == ROWS_MAX) {
		print_waiting(c);
		c->is_streaming = true;
	}
	return 0;
}

static int keep_ended(struct conns *c, struct error *err)
{
	const struct life *l;

	while ((l = tracker_take(c->tracker)))
		TRY(keep_life(c, l, err));
	return 0;
}

static void explain_nothing(const struct conns *c)
{
	uint64_t lives = tracker_life_count(c->tracker);
	char text[160];

	if (view_explain_empty(c->in, tracker_event_count(c->tracker),
			       "no socket life on this tape is selected"))
		return;
	if (lives)
		snprintf(text, sizeof(text),
			 "none of the %" PRIu64 " socket lives on this tape is selected", lives);
	else
		snprintf(text, sizeof(text),
			 "no TCP socket on this tape: none of its %" PRIu64 " events is about one",
			 tracker_event_count(c->tracker));
	render_note(c->in->renderer, text);
}

/* Budgets are made of each event, and --event may ask for any. */
static int next(struct conns *c, struct item *item, struct error *err)
{
	struct sighting seen;

	if (!c->in->has_budget && !eventful_is_watching(&c->eventful))
		return watch_next(c->in, c->tracker, item, &seen, err);
	TRY(watch_item(c->in, c->tracker, item, err));
	TRY(tracker_feed(c->tracker, item, &seen, err));
	TRY(eventful_see(&c->eventful, c->in, c->tracker, item, &seen, err));
	if (item->kind == ITEM_EVENT && c->in->has_budget && seen.bound)
		return ledgers_see(&c->ledgers, c->tracker, &seen, &item->event, err);
	return 0;
}

static int read_all(struct conns *c, struct error *err)
{
	struct item item;
	int rc;

	TRY(watch_begin(c->in, c->tracker, err));
	TRY(eventful_prepare(&c->eventful, c->in, err));
	while ((rc = next(c, &item, err)) == 0)
		TRY(keep_ended(c, err));
	if (rc < 0)
		return rc;
	tracker_stop(c->tracker);
	TRY(keep_ended(c, err));
	print_waiting(c);
	if (!c->shown)
		explain_nothing(c);
	return 0;
}

int view_conns(const struct view_input *in, struct error *err)
{
	struct conns c = {.in = in, .tracker = scope_tracker(in->scope)};
	int rc;

	render_begin(in->renderer, in->has_budget ? &budget_table : &conns_table);
	if (c.tracker)
		tracker_forgo(c.tracker, FORGO_CHANGES);
	rc = c.tracker ? read_all(&c, err) : error_nomem(err);
	tracker_free(c.tracker);
	for (size_t i = 0; i < c.count; i++)
		free(c.rows[i].budget);
	free(c.rows);
	buf_release(&c.packed);
	ledgers_release(&c.ledgers);
	eventful_release(&c.eventful);
	return rc;
}
