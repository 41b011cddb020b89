/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * view_resets.c -- every RST: who sent it, why, and how far its connection had come.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/absence.h"
#include "analyze/blindspots.h"
#include "analyze/chosen.h"
#include "analyze/counts.h"
#include "analyze/life_text.h"
#include "analyze/reset.h"
#include "analyze/rsts.h"
#include "analyze/scope.h"
#include "analyze/watch.h"

enum {
	COL_TS,
	COL_CONN,
	COL_PEER,
	COL_DIRECTION,
	COL_REASON,
	COL_STATE,
	COL_STAGE,
	COL_BY,
	COL_LOCAL,
	COL_REMOTE,
	COL_LADDR,
	COL_LPORT,
	COL_RADDR,
	COL_RPORT,
	COL_PID,
	COL_COMM,
	COL_SENT,
	COL_RECEIVED,
	COL_CAUSE,
	COL_EVIDENCE,
	COL_UNCERTAIN,
	COL_REMARK,
	COL_COUNT
};

/* clang-format off */
static const struct column columns[COL_COUNT] = {
	[COL_TS] = {.key = "ts_ns", .title = "time", .doc = "when either end told of it first", .unit = UNIT_TIME, .align = ALIGN_RIGHT},
	[COL_CONN] = {.key = "conn", .title = "conn", .doc = "number of the socket life that sent it, else of the one that received it", .align = ALIGN_RIGHT},
	[COL_PEER] = {.key = "peer", .doc = "number of the one that received it, when conn sent it"},
	[COL_DIRECTION] = {.key = "direction", .title = "RST", .doc = "sent or received by conn"},
	[COL_REASON] = {.key = "reason", .title = "reason", .doc = "the sending kernel's name of the reason; null before Linux 6.10, or when the sender is not on the tape"},
	[COL_STATE] = {.key = "state", .doc = "state that conn was in; TCP_TIME_WAIT or TCP_NEW_SYN_RECV when a mini-socket sent it"},
	[COL_STAGE] = {.key = "stage", .title = "stage", .doc = "how far the connection was: syn, established (no data), request (data one way), response, closing or closed"},
	[COL_BY] = {.key = "by", .title = "by", .doc = "who decided: local or peer, application, kernel or administrator, as far as known"},
	[COL_LOCAL] = {.title = "local", .doc = "local address and port"},
	[COL_REMOTE] = {.title = "remote", .doc = "remote address and port"},
	[COL_LADDR] = {.key = "laddr", .doc = "local address"},
	[COL_LPORT] = {.key = "lport", .doc = "local port"},
	[COL_RADDR] = {.key = "raddr", .doc = "remote address"},
	[COL_RPORT] = {.key = "rport", .doc = "remote port"},
	[COL_PID] = {.key = "pid", .doc = "process that owns the socket"},
	[COL_COMM] = {.key = "comm", .doc = "its command name"},
	[COL_SENT] = {.key = "sent_ns", .doc = "when it was sent, if that is on the tape", .unit = UNIT_TIME},
	[COL_RECEIVED] = {.key = "received_ns", .doc = "when it was received, if that is on the tape", .unit = UNIT_TIME},
	[COL_CAUSE] = {.key = "cause", .doc = "what it was sent for, where that is known: destroyed (from outside: ss -K), data after close, unread data at close, accept queue full, never accepted, or keepalive unanswered"},
	[COL_EVIDENCE] = {.key = "evidence", .doc = "what the cause rests on"},
	[COL_UNCERTAIN] = {.key = "uncertain", .doc = "events were lost at that moment"},
	[COL_REMARK] = {.title = "", .doc = "what else is worth knowing", .wraps = true},
};
/* clang-format on */

const struct table resets_table = {"resets", columns, COL_COUNT};

struct resets {
	const struct view_input *in;
	struct tracker *tracker;
	struct chosen chosen;
	struct counts counts;
	struct absence absence;
	struct rsts rsts;
	uint64_t shown;
};

static const struct rst_end *teller(const struct rst *r)
{
	return r->sender.conn || !r->receiver.conn ? &r->sender : &r->receiver;
}

static const char *direction(const struct rst *r)
{
	return teller(r) == &r->sender && r->sent_ns ? "sent" : "received";
}

static const char *decided_by(const struct rst *r)
{
	static const char *const local[] = {"local", "local application", "local kernel",
					    "local administrator"};
	static const char *const peer[] = {"peer", "peer application", "peer kernel",
					   "peer administrator"};

	return (teller(r) == &r->sender && r->sent_ns ? local : peer)[r->author];
}

/* What the cause rests on may have been preceded by what was lost. */
static bool is_uncertain(const struct resets *v, const struct rst *r)
{
	return blindspots_overlap(tracker_blindspots(v->tracker), r->ts_ns - RESET_MOMENT_NS,
				  r->ts_ns + RESET_MOMENT_NS);
}

static const char *remark(const struct rst *r, bool is_uncertain, char *out, size_t size)
{
	const char *cause = end_cause_name((enum end_cause)r->cause);

	snprintf(out, size, "%s%s%s%s", cause ? cause : "", cause ? ": " : "", r->evidence,
		 is_uncertain ? cause ? ", uncertain" : "uncertain: events lost" : "");
	return out;
}

struct row_text {
	char remark[128];
	char laddr[ADDRESS_MAX], raddr[ADDRESS_MAX];
	char local[ENDPOINT_MAX], remote[ENDPOINT_MAX];
};

static void fill_ends(struct cell *cells, const struct tuple *t, struct row_text *text)
{
	if (!t->local.port && !t->remote.port)
		return;
	cells[COL_LOCAL] = cell_string(endpoint_format(&t->local, text->local));
	cells[COL_LADDR] = cell_string(address_format(t->local.addr, text->laddr));
	cells[COL_LPORT] = cell_nonzero(t->local.port);
	if (!t->remote.port)
		return;
	cells[COL_REMOTE] = cell_string(endpoint_format(&t->remote, text->remote));
	cells[COL_RADDR] = cell_string(address_format(t->remote.addr, text->raddr));
	cells[COL_RPORT] = cell_uint(t->remote.port);
}

static void print_rst(struct resets *v, const struct rst *r)
{
	const struct rst_end *end = teller(r);
	bool is_doubtful = is_uncertain(v, r);
	struct cell cells[COL_COUNT] = {{0}};
	struct row_text text;

	fill_ends(cells, &end->tuple, &text);
	cells[COL_TS] = cell_uint(r->ts_ns);
	cells[COL_CONN] = view_number(v->in, end->conn);
	cells[COL_PEER] = view_number(v->in, end == &r->sender ? r->receiver.conn : 0);
	cells[COL_DIRECTION] = cell_string(direction(r));
	cells[COL_REASON] = cell_nonempty(r->reason);
	cells[COL_STATE] = cell_string(tcp_state_name((enum tcp_state)end->state));
	cells[COL_STAGE] = cell_string(reset_stage_name((enum reset_stage)end->stage));
	cells[COL_BY] = cell_string(decided_by(r));
	cells[COL_PID] = cell_nonzero(end->owner.pid);
	cells[COL_COMM] = cell_nonempty(end->owner.comm);
	cells[COL_SENT] = cell_nonzero(r->sent_ns);
	cells[COL_RECEIVED] = cell_nonzero(r->received_ns);
	cells[COL_CAUSE] = cell_string(end_cause_name((enum end_cause)r->cause));
	cells[COL_EVIDENCE] = cell_nonempty(r->evidence);
	cells[COL_UNCERTAIN] = cell_bool(is_doubtful);
	cells[COL_REMARK] = cell_string(remark(r, is_doubtful, text.remark, sizeof(text.remark)));
	render_row(v->in->renderer, cells);
}

static int count_rst(struct resets *v, const struct rst *r, struct error *err)
{
	const struct rst_end *end = teller(r);
	struct counted thing = {
		.ts_ns = r->ts_ns,
		.origin_ns = tracker_origin_ns(v->tracker),
		.conn = end->conn,
		.tuple = &end->tuple,
	};
	const char *text = NULL;

	if (v->counts.by == COUNTS_REASON)
		text = r->reason;
	else if (v->counts.by == COUNTS_STAGE)
		text = reset_stage_name((enum reset_stage)end->stage);
	else if (v->counts.by == COUNTS_DIRECTION)
		text = direction(r);
	thing.text = tally_text(text).text;
	return counts_add(&v->counts, &thing, err);
}

/* Those that waited long enough at now_ns. */
static int tell(struct resets *v, uint64_t now_ns, struct error *err)
{
	struct rst *r;
	int rc = 0;

	while (rc == 0 && (r = rsts_next(&v->rsts, now_ns))) {
		v->shown += r->is_chosen;
		if (r->is_chosen && v->counts.by)
			rc = count_rst(v, r, err);
		else if (r->is_chosen)
			print_rst(v, r);
		free(r);
	}
	return rc;
}

static int take_event(struct resets *v, const struct item *item, const struct sighting *seen,
		      struct error *err)
{
	struct rst *r;

	if (rsts_see(&v->rsts, item, seen, &r))
		return error_nomem(err);
	if (r && chosen_has_event(&v->chosen, v->in, v->tracker, &item->event, seen))
		r->is_chosen = true;
	return 0;
}

static int read_all(struct resets *v, struct error *err)
{
	struct sighting seen;
	struct item item;
	int rc;

	tracker_forgo(v->tracker, FORGO_ENDS);
	TRY(chosen_prepare(&v->chosen, v->in, CHOSEN_LIVES, err));
	TRY(watch_begin(v->in, v->tracker, err));
	counts_begin(&v->counts, v->in, &resets_table);
	while ((rc = watch_item(v->in, v->tracker, &item, err)) == 0) {
		TRY(tracker_feed(v->tracker, &item, &seen, err));
		absence_see(&v->absence, v->tracker, &item);
		if (item.kind == ITEM_SECTION)
			TRY(tell(v, UINT64_MAX, err));
		if (item.kind == ITEM_EVENT)
			TRY(tell(v, item.event.ts_ns, err));
		if (seen.bound)
			TRY(take_event(v, &item, &seen, err));
	}
	if (rc < 0)
		return rc;
	TRY(tell(v, UINT64_MAX, err));
	if (v->counts.by && v->shown)
		counts_print(&v->counts);
	v->absence.found = v->rsts.found;
	if (!v->shown)
		absence_explain(&v->absence, v->in, v->tracker);
	return 0;
}

int view_resets(const struct view_input *in, struct error *err)
{
	struct resets v = {
		.in = in,
		.tracker = scope_tracker(in->scope),
		.absence = {.what = "reset",
			    .event = "tcp:tcp_send_reset",
			    .kind = EVENT_SEND_RESET},
	};
	int rc;

	v.rsts.tracker = v.tracker;
	rc = v.tracker ? read_all(&v, err) : error_nomem(err);

	tracker_free(v.tracker);
	chosen_release(&v.chosen);
	counts_release(&v.counts);
	rsts_release(&v.rsts);
	return rc;
}
