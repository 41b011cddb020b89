/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * view_states.c -- every state change, with the time spent in the state left.
 */
#include <inttypes.h>
#include <stdio.h>

#include "analyze/chosen.h"
#include "analyze/eventful.h"
#include "analyze/life_text.h"
#include "analyze/scope.h"
#include "analyze/units.h"
#include "analyze/watch.h"

enum {
	COL_TS,
	COL_CONN,
	COL_PROCESS,
	COL_LOCAL,
	COL_REMOTE,
	COL_LADDR,
	COL_LPORT,
	COL_RADDR,
	COL_RPORT,
	COL_FROM,
	COL_TO,
	COL_FROM_SHORT,
	COL_TO_SHORT,
	COL_DURATION,
	COL_TIME,
	COL_AT_LEAST,
	COL_PID,
	COL_COMM,
	COL_REMARK,
	COL_COUNT
};

/* clang-format off */
static const struct column columns[COL_COUNT] = {
	[COL_TS] = {.key = "ts_ns", .title = "time", .doc = "when it changed", .unit = UNIT_TIME, .align = ALIGN_RIGHT},
	[COL_CONN] = {.key = "conn", .title = "conn", .doc = "number of the socket life", .align = ALIGN_RIGHT},
	[COL_PROCESS] = {.title = "process", .made_of = "pid,comm", .doc = "owner"},
	[COL_LOCAL] = {.title = "local", .made_of = "laddr,lport", .doc = "local address and port"},
	[COL_REMOTE] = {.title = "remote", .made_of = "raddr,rport", .doc = "remote address and port"},
	[COL_LADDR] = {.key = "laddr", .doc = "local address"},
	[COL_LPORT] = {.key = "lport", .doc = "local port; null while the kernel has not chosen one"},
	[COL_RADDR] = {.key = "raddr", .doc = "remote address"},
	[COL_RPORT] = {.key = "rport", .doc = "remote port"},
	[COL_FROM] = {.key = "from", .doc = "the state left"},
	[COL_TO] = {.key = "to", .doc = "the state entered"},
	[COL_FROM_SHORT] = {.title = "from", .made_of = "from", .doc = "the state left"},
	[COL_TO_SHORT] = {.title = "to", .made_of = "to", .doc = "the state entered"},
	[COL_DURATION] = {.key = "duration_ns", .doc = "time spent in the state left; null when it was never this socket's", .unit = UNIT_NS},
	[COL_TIME] = {.title = "after", .made_of = "duration_ns", .doc = "time spent in the state left", .align = ALIGN_RIGHT},
	[COL_AT_LEAST] = {.key = "at_least", .doc = "the state left began before the tape; duration_ns counts from the tape's beginning"},
	[COL_PID] = {.key = "pid", .doc = "process that owns the socket, as far as known then"},
	[COL_COMM] = {.key = "comm", .doc = "its command name"},
	[COL_REMARK] = {.title = "", .doc = "what the change means", .wraps = true},
};
/* clang-format on */

const struct table states_table = {"states", columns, COL_COUNT};

struct states {
	const struct view_input *in;
	struct tracker *tracker;
	struct chosen chosen;
	struct eventful eventful;
	struct address_text laddr, raddr;
	uint64_t changes, shown;
};

static struct cell state_cell(enum tcp_state state)
{
	struct cell c;

	if (state == STATE_UNKNOWN)
		return cell_null();
	c = cell_name(tcp_state_name(state), (uint64_t)state);
	c.is_own = true;
	return c;
}

static struct cell short_cell(enum tcp_state state)
{
	return state == STATE_UNKNOWN ? cell_null() : cell_word(tcp_state_short(state));
}

static struct cell time_cell(const struct life_change *c, char out[UNITS_LEAST + UNITS_MAX])
{
	if (!c->has_duration)
		return cell_null();
	units_duration((int64_t)c->duration_ns, units_at_least(c->is_at_least, out));
	return cell_word(out);
}

static const char *remark(const struct life *l, const struct life_change *c)
{
	if (c->to != STATE_CLOSE)
		return "";
	if (l->is_stillborn)
		return "never a connection";
	if (l->is_time_wait)
		return "TIME_WAIT begins";
	if (l->is_orphan)
		return "orphan: waits on unseen";
	switch ((enum life_end)l->end) {
	case LIFE_RESET:
	case LIFE_REFUSED:
	case LIFE_TIMEOUT:
	case LIFE_ABORTED:
		return life_end_name((enum life_end)l->end);
	default:
		return "";
	}
}

/* Texts that the cells of one row point to. */
struct row_text {
	struct life_text life;
	char time[UNITS_LEAST + UNITS_MAX];
};

/* What only people are shown. */
static void fill_text(struct cell *cells, const struct life *l, const struct life_change *c,
		      struct row_text *t)
{
	life_text_name(&t->life, l);
	cells[COL_PROCESS] = cell_nonempty(t->life.process);
	cells[COL_LOCAL] = cell_word(t->life.local);
	cells[COL_REMOTE] = t->life.has_remote ? cell_word(t->life.remote) : cell_null();
	cells[COL_FROM_SHORT] = short_cell(c->from);
	cells[COL_TO_SHORT] = short_cell(c->to);
	cells[COL_TIME] = time_cell(c, t->time);
	cells[COL_REMARK] = cell_word(remark(l, c));
}

static void print_change(struct states *v, uint64_t ts_ns, const struct sighting *seen)
{
	const struct life *l = seen->life;
	const struct life_change *c = &seen->change;
	struct row_text t;
	struct cell cells[COL_COUNT] = {
		[COL_TS] = cell_uint(ts_ns),
		[COL_CONN] = view_number(v->in, l->conn),
		[COL_LPORT] = cell_nonzero(l->tuple.local.port),
		[COL_FROM] = state_cell(c->from),
		[COL_TO] = state_cell(c->to),
		[COL_AT_LEAST] = cell_bool(c->is_at_least),
		[COL_PID] = cell_nonzero(l->owner.pid),
		[COL_COMM] = cell_nonempty(l->owner.comm),
	};

	cells[COL_LADDR] = address_cell(&v->laddr, l->tuple.local.addr);
	if (life_text_has_remote(l)) {
		cells[COL_RADDR] = address_cell(&v->raddr, l->tuple.remote.addr);
		cells[COL_RPORT] = cell_uint(l->tuple.remote.port);
	}
	if (c->has_duration)
		cells[COL_DURATION] = cell_uint(c->duration_ns);
	if (v->in->format == RENDER_TEXT)
		fill_text(cells, l, c, &t);
	render_row(v->in->renderer, cells);
	v->shown++;
}

static void take_change(struct states *v, uint64_t ts_ns, const struct sighting *seen)
{
	v->changes++;
	if (selection_has_time(v->in->selection, ts_ns, tracker_origin_ns(v->tracker)) &&
	    chosen_has(&v->chosen, v->in, seen->life) &&
	    eventful_has(&v->eventful, v->in, seen->life))
		print_change(v, ts_ns, seen);
}

static void explain_nothing(const struct states *v)
{
	char text[160];

	if (view_explain_empty(v->in, tracker_event_count(v->tracker),
			       "no state change on this tape is selected"))
		return;
	if (v->changes)
		snprintf(text, sizeof(text),
			 "none of the %" PRIu64 " state changes on this tape is selected",
			 v->changes);
	else
		snprintf(text, sizeof(text),
			 "no state change recorded; %" PRIu64 " TCP socket lives seen",
			 tracker_life_count(v->tracker));
	render_note(v->in->renderer, text);
}

/* --event may ask for any event. */
static int next(struct states *v, struct item *item, struct sighting *seen, struct error *err)
{
	if (!eventful_is_watching(&v->eventful))
		return watch_next(v->in, v->tracker, item, seen, err);
	TRY(watch_item(v->in, v->tracker, item, err));
	TRY(tracker_feed(v->tracker, item, seen, err));
	return eventful_see(&v->eventful, v->in, v->tracker, item, seen, err);
}

static int read_all(struct states *v, struct error *err)
{
	struct sighting seen;
	struct item item;
	int rc;

	TRY(chosen_prepare(&v->chosen, v->in, CHOSEN_LIVES, err));
	TRY(watch_begin(v->in, v->tracker, err));
	TRY(eventful_prepare(&v->eventful, v->in, err));
	tracker_forgo(v->tracker, FORGO_TRAFFIC | FORGO_PEERS | FORGO_ENDS |
					  (eventful_is_watching(&v->eventful) ? 0 : FORGO_PACKETS));
	render_begin(v->in->renderer, &states_table);
	while ((rc = next(v, &item, &seen, err)) == 0)
		if (seen.has_change)
			take_change(v, item.event.ts_ns, &seen);
	if (rc < 0)
		return rc;
	if (!v->shown)
		explain_nothing(v);
	return 0;
}

int view_states(const struct view_input *in, struct error *err)
{
	struct states v = {.in = in, .tracker = scope_tracker(in->scope)};
	int rc = v.tracker ? read_all(&v, err) : error_nomem(err);

	tracker_free(v.tracker);
	chosen_release(&v.chosen);
	eventful_release(&v.eventful);
	return rc;
}
