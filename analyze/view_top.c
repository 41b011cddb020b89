/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * view_top.c -- what each connection moved in each interval, those that moved most first. Only
 * connections that are not over are remembered, and of an interval those that moved something.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/chosen.h"
#include "analyze/conn_map.h"
#include "analyze/eventful.h"
#include "analyze/life_text.h"
#include "analyze/meter.h"
#include "analyze/scope.h"
#include "analyze/units.h"
#include "analyze/view.h"

enum { PAGE_ROWS = 20 /* of one interval, for people */ };

enum {
	COL_TS,
	COL_INTERVAL,
	COL_CONN,
	COL_PID,
	COL_COMM,
	COL_PROCESS,
	COL_LOCAL,
	COL_REMOTE,
	COL_LADDR,
	COL_LPORT,
	COL_RADDR,
	COL_RPORT,
	COL_TX_BYTES,
	COL_RX_BYTES,
	COL_RETRANSMITS,
	COL_UNCERTAIN,
	COL_REMARK,
	COL_COUNT
};

/* clang-format off */
static const struct column columns[COL_COUNT] = {
	[COL_TS] = {.key = "ts_ns", .title = "time", .doc = "when the interval begins", .unit = UNIT_TIME, .align = ALIGN_RIGHT},
	[COL_INTERVAL] = {.key = "interval_ns", .doc = "how long it is; the last one ends with the tape, or with --until", .unit = UNIT_NS},
	[COL_CONN] = {.key = "conn", .title = "conn", .doc = "number of the socket life", .align = ALIGN_RIGHT},
	[COL_PID] = {.key = "pid", .doc = "process that owns the socket, as far as known then"},
	[COL_COMM] = {.key = "comm", .doc = "its command name"},
	[COL_PROCESS] = {.title = "process", .made_of = "pid,comm", .doc = "owner"},
	[COL_LOCAL] = {.title = "local", .made_of = "laddr,lport", .doc = "local address and port"},
	[COL_REMOTE] = {.title = "remote", .made_of = "raddr,rport", .doc = "remote address and port"},
	[COL_LADDR] = {.key = "laddr", .doc = "local address"},
	[COL_LPORT] = {.key = "lport", .doc = "local port"},
	[COL_RADDR] = {.key = "raddr", .doc = "remote address"},
	[COL_RPORT] = {.key = "rport", .doc = "remote port"},
	[COL_TX_BYTES] = {.key = "tx_bytes", .title = "sent", .doc = "bytes sent in the interval", .unit = UNIT_BYTES, .align = ALIGN_RIGHT},
	[COL_RX_BYTES] = {.key = "rx_bytes", .title = "received", .doc = "bytes received in it", .unit = UNIT_BYTES, .align = ALIGN_RIGHT},
	[COL_RETRANSMITS] = {.key = "retransmits", .title = "resent", .doc = "how often segments were sent again in it; of a listener, SYN-ACKs", .align = ALIGN_RIGHT},
	[COL_UNCERTAIN] = {.key = "uncertain", .doc = "events were lost while the connection lived"},
	[COL_REMARK] = {.title = "", .doc = "what else is worth knowing", .wraps = true},
};
/* clang-format on */

const struct table top_table = {"top", columns, COL_COUNT};

/* A connection that is not over. */
struct flow_meter {
	struct meter meter;
	struct meter_reading told; /* before this interval */
	bool is_active;            /* it may have moved in this interval */
	size_t place;              /* in top.active, if so */
};

struct top_row {
	uint64_t conn;
	struct meter_reading moved;
	struct tuple tuple;
	struct owner owner;
	uint8_t role;
	bool is_uncertain;
};

struct top {
	const struct view_input *in;
	struct tracker *tracker;
	struct chosen chosen;
	struct eventful eventful;
	struct conn_map meters;     /* -> struct flow_meter; owned */
	struct flow_meter **active; /* owned */
	size_t active_count, active_cap;
	struct top_row *rows; /* of connections that ended in this interval, then of all; owned */
	size_t row_count, row_cap;
	bool is_open, is_hidden;        /* an interval has begun; outside --since and --until */
	bool has_base, has_retransmits; /* of the section */
	uint64_t base_ns;               /* intervals begin so many intervals later */
	uint64_t from_ns, to_ns;
	uint64_t seen, shown; /* rows that any selection would have, and that were printed */
};

/* ---- rows ---- */

static uint64_t volume(const struct meter_reading *r)
{
	return r->tx_bytes + r->rx_bytes;
}

static int by_volume(const void *a, const void *b)
{
	const struct top_row *x = a, *y = b;

	if (volume(&x->moved) != volume(&y->moved))
		return volume(&x->moved) > volume(&y->moved) ? -1 : 1;
	return x->conn < y->conn ? -1 : x->conn > y->conn;
}

static uint64_t more(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

/* What moved since the last interval; from here on it is told. */
static struct meter_reading take_moved(struct flow_meter *m, bool is_over)
{
	struct meter_reading now = meter_read(&m->meter, is_over);
	struct meter_reading moved = {
		.tx_bytes = more(now.tx_bytes, m->told.tx_bytes),
		.rx_bytes = more(now.rx_bytes, m->told.rx_bytes),
		.retransmits = more(now.retransmits, m->told.retransmits),
	};

	m->told.tx_bytes += moved.tx_bytes;
	m->told.rx_bytes += moved.rx_bytes;
	m->told.retransmits += moved.retransmits;
	return moved;
}

static int add_row(struct top *v, struct flow_meter *m, bool is_over, struct error *err)
{
	const struct life *l = m->meter.life;
	struct meter_reading moved = take_moved(m, is_over);
	void *rows = v->rows;

	if (v->is_hidden || (!volume(&moved) && !moved.retransmits))
		return 0;
	v->seen++;
	if (!chosen_has(&v->chosen, v->in, l) || !eventful_has(&v->eventful, v->in, l))
		return 0;
	if (!array_grow(&rows, &v->row_cap, v->row_count + 1, sizeof(*v->rows)))
		return error_nomem(err);
	v->rows = rows;
	v->rows[v->row_count++] = (struct top_row){
		.conn = l->conn,
		.moved = moved,
		.tuple = l->tuple,
		.owner = l->owner,
		.role = l->role,
		.is_uncertain = tracker_has_holes(v->tracker, l),
	};
	return 0;
}

static void print_row(const struct top *v, const struct top_row *row, uint64_t interval_ns)
{
	const struct life life = {.tuple = row->tuple, .owner = row->owner, .role = row->role};
	struct life_text text;
	struct cell cells[COL_COUNT] = {
		[COL_TS] = cell_uint(v->from_ns),
		[COL_INTERVAL] = cell_uint(interval_ns),
		[COL_CONN] = view_number(v->in, row->conn),
		[COL_PID] = cell_nonzero(row->owner.pid),
		[COL_COMM] = cell_nonempty(row->owner.comm),
		[COL_LPORT] = cell_nonzero(row->tuple.local.port),
		[COL_TX_BYTES] = cell_uint(row->moved.tx_bytes),
		[COL_RX_BYTES] = cell_uint(row->moved.rx_bytes),
		[COL_UNCERTAIN] = cell_bool(row->is_uncertain),
		[COL_REMARK] = cell_string(row->is_uncertain ? "uncertain: events lost" : ""),
	};

	life_text_fill(&text, &life);
	cells[COL_PROCESS] = cell_nonempty(text.process);
	cells[COL_LOCAL] = cell_string(text.local);
	cells[COL_REMOTE] = cell_nonempty(text.remote);
	cells[COL_LADDR] = cell_string(text.laddr);
	cells[COL_RADDR] = cell_nonempty(text.raddr);
	if (text.has_remote)
		cells[COL_RPORT] = cell_uint(row->tuple.remote.port);
	if (v->has_retransmits)
		cells[COL_RETRANSMITS] = cell_uint(row->moved.retransmits);
	render_row(v->in->renderer, cells);
}

static void note_others(const struct top *v, size_t printed)
{
	char text[160], sent[UNITS_MAX], received[UNITS_MAX];
	struct meter_reading sum = {0};

	for (size_t i = printed; i < v->row_count; i++) {
		sum.tx_bytes += v->rows[i].moved.tx_bytes;
		sum.rx_bytes += v->rows[i].moved.rx_bytes;
	}
	snprintf(text, sizeof(text),
		 "and %zu more connections: %s sent, %s received; -f json has them",
		 v->row_count - printed, units_bytes(sum.tx_bytes, sent),
		 units_bytes(sum.rx_bytes, received));
	render_note(v->in->renderer, text);
}

static void print_rows(struct top *v, uint64_t interval_ns)
{
	size_t count = v->row_count;

	if (v->in->is_page && count > PAGE_ROWS)
		count = PAGE_ROWS;
	if (v->row_count)
		qsort(v->rows, v->row_count, sizeof(*v->rows), by_volume);
	for (size_t i = 0; i < count; i++)
		print_row(v, &v->rows[i], interval_ns);
	if (count < v->row_count)
		note_others(v, count);
	v->shown += v->row_count;
	v->row_count = 0;
}

/* ---- intervals ---- */

/* The interval at hand ends at `end_ns`. */
static int end_interval(struct top *v, uint64_t end_ns, struct error *err)
{
	if (!v->is_open)
		return 0;
	for (size_t i = 0; i < v->active_count; i++) {
		v->active[i]->is_active = false;
		TRY(add_row(v, v->active[i], false, err));
	}
	v->active_count = 0;
	print_rows(v, end_ns > v->from_ns ? end_ns - v->from_ns : 1);
	v->is_open = false;
	return 0;
}

/* The interval that ts lies in; what lies before --since, or after --until, is one. */
static void begin_interval(struct top *v, uint64_t ts)
{
	uint64_t since, until, base, interval = v->in->interval_ns;

	selection_span(v->in->selection, tracker_origin_ns(v->tracker), &since, &until);
	if (!v->has_base)
		v->base_ns = ts;
	v->has_base = v->is_open = true;
	v->has_retransmits = tracker_binding(v->tracker)->has_kind[EVENT_RETRANSMIT];
	v->is_hidden = ts < since || ts >= until;
	v->from_ns = ts;
	v->to_ns = ts < since ? since : UINT64_MAX;
	if (v->is_hidden)
		return;
	base = v->base_ns > since ? v->base_ns : since;
	if (ts >= base)
		v->from_ns = base + (ts - base) / interval * interval;
	v->to_ns = v->from_ns < UINT64_MAX - interval ? v->from_ns + interval : UINT64_MAX;
	if (v->to_ns > until)
		v->to_ns = until;
}

/* The tape, or its section, ends within the interval at hand. */
static uint64_t last_of(const struct top *v)
{
	uint64_t last_ns = tracker_last_ns(v->tracker);

	return last_ns < v->to_ns ? last_ns : v->to_ns;
}

/* ---- connections ---- */

static struct flow_meter *meter_of(struct top *v, const struct life *l)
{
	struct flow_meter *m = conn_map_find(&v->meters, l->conn);

	if (m)
		return m;
	m = calloc(1, sizeof(*m));
	if (m && !conn_map_set(&v->meters, l->conn, m)) {
		free(m);
		return NULL;
	}
	if (m)
		m->meter.life = l;
	return m;
}

static bool activate(struct top *v, struct flow_meter *m)
{
	void *active = v->active;

	if (m->is_active)
		return true;
	if (!array_grow(&active, &v->active_cap, v->active_count + 1, sizeof(struct flow_meter *)))
		return false;
	v->active = active;
	m->is_active = true;
	m->place = v->active_count;
	v->active[v->active_count++] = m;
	return true;
}

static int take_event(struct top *v, const struct event *ev, const struct sighting *seen,
		      struct error *err)
{
	struct flow_meter *m;

	if (!seen->life || !meter_moves(seen->bound->kind))
		return 0;
	m = meter_of(v, seen->life);
	if (!m || !activate(v, m))
		return error_nomem(err);
	meter_see(&m->meter, ev, seen);
	return 0;
}

static void deactivate(struct top *v, struct flow_meter *m)
{
	struct flow_meter *last;

	if (!m->is_active)
		return;
	last = v->active[--v->active_count];
	v->active[m->place] = last;
	last->place = m->place;
	m->is_active = false;
}

static int take_ended(struct top *v, struct error *err)
{
	const struct life *l;

	while ((l = tracker_take(v->tracker))) {
		struct flow_meter *m = conn_map_find(&v->meters, l->conn);
		int rc;

		if (!m)
			continue;
		deactivate(v, m);
		rc = add_row(v, m, true, err);
		conn_map_remove(&v->meters, l->conn);
		free(m);
		if (rc)
			return rc;
	}
	return 0;
}

/* ---- the view ---- */

static void explain_nothing(const struct top *v)
{
	char text[160];

	if (view_explain_empty(v->in, tracker_event_count(v->tracker),
			       "nothing that moved on this tape is selected"))
		return;
	if (v->seen || tracker_life_count(v->tracker))
		snprintf(text, sizeof(text), "%s; %" PRIu64 " TCP socket lives seen",
			 v->seen ? "no connection that moved data is selected" : "no data moved",
			 tracker_life_count(v->tracker));
	else
		snprintf(text, sizeof(text), "no TCP socket on this tape");
	render_note(v->in->renderer, text);
}

/* Every life of the section before is over; the clock may be another one. */
static int begin_section(struct top *v, const struct item *item, struct error *err)
{
	uint64_t last_ns = v->is_open ? last_of(v) : 0;
	struct sighting seen;

	TRY(tracker_feed(v->tracker, item, &seen, err));
	TRY(take_ended(v, err));
	v->has_base = false;
	return end_interval(v, last_ns, err);
}

/* An interval ends before the first event that is not in it is looked at. */
static int take_item(struct top *v, const struct item *item, struct error *err)
{
	uint64_t ts = item->event.ts_ns;
	struct sighting seen;

	if (item->kind == ITEM_SECTION)
		return begin_section(v, item, err);
	if (item->kind == ITEM_EVENT && v->is_open && ts >= v->to_ns)
		TRY(end_interval(v, v->to_ns, err));
	TRY(tracker_feed(v->tracker, item, &seen, err));
	if (item->kind == ITEM_EVENT && !v->is_open)
		begin_interval(v, ts);
	TRY(eventful_see(&v->eventful, v->in, v->tracker, item, &seen, err));
	if (seen.bound)
		TRY(take_event(v, &item->event, &seen, err));
	return take_ended(v, err);
}

static int read_all(struct top *v, struct error *err)
{
	struct item item;
	int rc;

	TRY(chosen_prepare(&v->chosen, v->in, CHOSEN_LIVES, err));
	TRY(eventful_prepare(&v->eventful, v->in, err));
	render_begin(v->in->renderer, &top_table);
	while ((rc = view_next(v->in, &item, err)) == 0)
		TRY(take_item(v, &item, err));
	if (rc < 0)
		return rc;
	tracker_stop(v->tracker);
	TRY(take_ended(v, err));
	TRY(end_interval(v, last_of(v), err));
	if (!v->shown)
		explain_nothing(v);
	return 0;
}

int view_top(const struct view_input *in, struct error *err)
{
	struct top v = {.in = in, .tracker = scope_tracker(in->scope)};
	int rc = v.tracker ? read_all(&v, err) : error_nomem(err);

	for (size_t i = 0; i < v.meters.size; i++)
		if (v.meters.entries[i].conn)
			free(v.meters.entries[i].value);
	conn_map_release(&v.meters);
	free(v.active);
	free(v.rows);
	tracker_free(v.tracker);
	chosen_release(&v.chosen);
	eventful_release(&v.eventful);
	return rc;
}
