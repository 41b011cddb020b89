/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * view_retransmits.c -- everything that TCP sent again, or could not: what made it, and whether
 * it was needed. A row waits until that is known.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyze/absence.h"
#include "analyze/chosen.h"
#include "analyze/counts.h"
#include "analyze/end_cause.h"
#include "analyze/life_text.h"
#include "analyze/linux_errno.h"
#include "analyze/resends.h"
#include "analyze/scope.h"
#include "analyze/units.h"
#include "analyze/watch.h"

enum {
	COL_TS,
	COL_CONN,
	COL_KIND,
	COL_STATE,
	COL_SHORT_STATE,
	COL_CAUSE,
	COL_PROOF,
	COL_SEQ,
	COL_END_SEQ,
	COL_BYTES,
	COL_ATTEMPT,
	COL_GAP,
	COL_SILENT,
	COL_LOCAL,
	COL_REMOTE,
	COL_CA_STATE,
	COL_ERROR,
	COL_LADDR,
	COL_LPORT,
	COL_RADDR,
	COL_RPORT,
	COL_PID,
	COL_COMM,
	COL_SEGS,
	COL_QUEUE,
	COL_QUEUE_EVIDENCE,
	COL_REMARK,
	COL_COUNT
};

/* clang-format off */
static const struct column columns[COL_COUNT] = {
	[COL_TS] = {.key = "ts_ns", .title = "time", .doc = "when it was sent again", .unit = UNIT_TIME, .align = ALIGN_RIGHT},
	[COL_CONN] = {.key = "conn", .title = "conn", .doc = "number of the socket life; of a SYN-ACK, the listener's", .align = ALIGN_RIGHT},
	[COL_KIND] = {.key = "kind", .title = "kind", .doc = "syn, synack, fast, rto, tlp, rejected (a packet was too large, or the data in a SYN was not taken), spurious (it was not needed), failed (it could not be sent) or unknown"},
	[COL_STATE] = {.key = "state", .doc = "state of the socket"},
	[COL_SHORT_STATE] = {.title = "state", .doc = "the same, short"},
	[COL_CAUSE] = {.key = "cause", .doc = "what made TCP send it: syn, synack, fast, rto, tlp or rejected; null when not known"},
	[COL_PROOF] = {.key = "proof", .doc = "of a spurious one, what tells"},
	[COL_SEQ] = {.key = "seq", .doc = "first sequence number"},
	[COL_END_SEQ] = {.key = "end_seq", .doc = "the one after the last"},
	[COL_BYTES] = {.key = "payload_bytes", .title = "bytes", .doc = "between these; a FIN counts as one", .unit = UNIT_BYTES, .align = ALIGN_RIGHT},
	[COL_ATTEMPT] = {.key = "attempt", .doc = "1: these bytes were sent again for the first time, 2: for the second, ..."},
	[COL_GAP] = {.key = "gap_ns", .doc = "time since the attempt before; null for the first", .unit = UNIT_NS},
	[COL_SILENT] = {.key = "silent_ns", .title = "silence", .doc = "time since anything came from the peer", .unit = UNIT_NS, .align = ALIGN_RIGHT},
	[COL_LOCAL] = {.title = "local", .doc = "local address and port"},
	[COL_REMOTE] = {.title = "remote", .doc = "remote address and port"},
	[COL_CA_STATE] = {.key = "ca_state", .doc = "congestion state"},
	[COL_ERROR] = {.key = "err", .doc = "why it could not be sent, such as EBUSY; null when it was"},
	[COL_LADDR] = {.key = "laddr", .doc = "local address"},
	[COL_LPORT] = {.key = "lport", .doc = "local port"},
	[COL_RADDR] = {.key = "raddr", .doc = "remote address"},
	[COL_RPORT] = {.key = "rport", .doc = "remote port"},
	[COL_PID] = {.key = "pid", .doc = "process that owns the socket"},
	[COL_COMM] = {.key = "comm", .doc = "its command name"},
	[COL_SEGS] = {.key = "segs", .doc = "segments that it consists of; null when the tape does not tell"},
	[COL_QUEUE] = {.key = "queue", .doc = "why it was not answered, where the listener is on the tape: its accept queue full, when the SYN was sent that this one repeats; of a SYN-ACK, now"},
	[COL_QUEUE_EVIDENCE] = {.key = "queue_evidence", .doc = "what that rests on"},
	[COL_REMARK] = {.title = "", .doc = "what else is worth knowing", .wraps = true},
};
/* clang-format on */

const struct table retransmits_table = {"retransmits", columns, COL_COUNT};

struct retransmits {
	const struct view_input *in;
	struct tracker *tracker;
	struct chosen chosen;
	struct counts counts;
	struct resends resends; /* those that are selected, and the evidence of all */
	struct absence absence;
	uint64_t shown;
};

struct row_text {
	char laddr[ADDRESS_MAX], raddr[ADDRESS_MAX];
	char local[ENDPOINT_MAX], remote[ENDPOINT_MAX];
	char error[ERRNO_MAX], remark[96];
	char evidence[END_EVIDENCE_MAX];
};

static void fill_ends(struct cell *cells, const struct tuple *t, struct row_text *text)
{
	cells[COL_LOCAL] = cell_string(endpoint_format(&t->local, text->local));
	cells[COL_LADDR] = cell_string(address_format(t->local.addr, text->laddr));
	cells[COL_LPORT] = cell_nonzero(t->local.port);
	if (!t->remote.port)
		return;
	cells[COL_REMOTE] = cell_string(endpoint_format(&t->remote, text->remote));
	cells[COL_RADDR] = cell_string(address_format(t->remote.addr, text->raddr));
	cells[COL_RPORT] = cell_uint(t->remote.port);
}

static uint32_t payload_of(const struct resend *r)
{
	uint32_t bytes = r->has_seq ? r->end_seq - r->seq : 0;

	return r->state == STATE_SYN_SENT && bytes ? bytes - 1 : bytes;
}

static const char *remark(const struct resend *r, struct row_text *text)
{
	const char *cause = resend_cause_name((enum resend_cause)r->cause);
	const char *queue = end_cause_name(end_cause_of_queue((enum queue_trouble)r->queue));
	char *out = text->remark;
	size_t size = sizeof(text->remark), len = 0;

	out[0] = '\0';
	if (!resend_is_sent(r))
		len += (size_t)snprintf(out, size, "%s", text->error);
	else if (r->proof)
		len += (size_t)snprintf(out, size, "%s%s%s", cause ? cause : "", cause ? ": " : "",
					resend_proof_text((enum resend_proof)r->proof));
	if (r->segs > 1)
		len += (size_t)snprintf(out + len, size - len, "%s%" PRIu32 " segments",
					len ? ", " : "", r->segs);
	if (r->attempt > 1)
		len += (size_t)snprintf(out + len, size - len, "%sattempt %" PRIu32,
					len ? ", " : "", r->attempt);
	if (queue)
		snprintf(out + len, size - len, "%s%s", len ? ", " : "", queue);
	return out;
}

static void fill_resend(struct cell *cells, const struct resend *r, struct row_text *text)
{
	enum end_cause queue = end_cause_of_queue((enum queue_trouble)r->queue);

	cells[COL_TS] = cell_uint(r->ts_ns);
	cells[COL_KIND] = cell_string(resend_kind(r));
	cells[COL_STATE] = cell_string(tcp_state_name((enum tcp_state)r->state));
	cells[COL_SHORT_STATE] = cell_string(tcp_state_short((enum tcp_state)r->state));
	cells[COL_CAUSE] = cell_string(resend_cause_name((enum resend_cause)r->cause));
	cells[COL_PROOF] = cell_string(resend_proof_text((enum resend_proof)r->proof));
	cells[COL_CA_STATE] = cell_string(cong_state_name((enum cong_state)r->cong));
	if (r->has_seq) {
		cells[COL_SEQ] = cell_uint(r->seq);
		cells[COL_END_SEQ] = cell_uint(r->end_seq);
		cells[COL_BYTES] = cell_uint(payload_of(r));
	}
	cells[COL_ATTEMPT] = cell_nonzero(r->attempt);
	if (r->has_gap)
		cells[COL_GAP] = cell_uint(r->gap_ns);
	if (r->has_silent)
		cells[COL_SILENT] = cell_uint(r->silent_ns);
	if (!resend_is_sent(r))
		cells[COL_ERROR] = cell_string(linux_errno_format(r->err, text->error));
	cells[COL_SEGS] = cell_nonzero(r->segs);
	cells[COL_QUEUE] = cell_string(end_cause_name(queue));
	cells[COL_QUEUE_EVIDENCE] = cell_string(end_cause_evidence(queue, NULL, text->evidence));
	cells[COL_REMARK] = cell_string(remark(r, text));
}

static void print_row(struct retransmits *v, const struct resent *r)
{
	struct cell cells[COL_COUNT] = {{0}};
	struct row_text text;

	fill_resend(cells, &r->resend, &text);
	if (r->conn)
		fill_ends(cells, &r->tuple, &text);
	cells[COL_CONN] = view_number(v->in, r->conn);
	cells[COL_PID] = cell_nonzero(r->owner.pid);
	cells[COL_COMM] = cell_nonempty(r->owner.comm);
	render_row(v->in->renderer, cells);
}

static struct view property_of(struct retransmits *v, const struct resent *r, char *out)
{
	const char *text = NULL;

	if (v->counts.by == COUNTS_KIND)
		text = resend_kind(&r->resend);
	else if (v->counts.by == COUNTS_PEER && r->tuple.remote.port)
		text = address_format(r->tuple.remote.addr, out);
	else if (v->counts.by == COUNTS_SERVICE && r->service.endpoint.port)
		text = service_format(&r->service, out);
	return tally_text(text).text;
}

/* What could not be sent was not sent again: only the kinds tell of it. */
static int count_row(struct retransmits *v, const struct resent *r, struct error *err)
{
	char text[ENDPOINT_MAX];
	struct counted thing = {
		.ts_ns = r->resend.ts_ns,
		.origin_ns = tracker_origin_ns(v->tracker),
		.bytes = payload_of(&r->resend),
		.text = property_of(v, r, text),
		.conn = r->conn,
		.tuple = &r->tuple,
	};

	if (!resend_is_sent(&r->resend) && v->counts.by != COUNTS_KIND)
		return 0;
	return counts_add(&v->counts, &thing, err);
}

static int tell(struct retransmits *v, bool is_end, struct error *err)
{
	struct resent *r;
	int rc = 0;

	while (rc == 0 && (r = resends_take(&v->resends, is_end))) {
		if (r->is_chosen) {
			v->shown++;
			if (v->counts.by)
				rc = count_row(v, r, err);
			else
				print_row(v, r);
		}
		free(r);
	}
	return rc;
}

static int take_event(struct retransmits *v, const struct item *item, const struct sighting *seen,
		      struct error *err)
{
	size_t before = v->resends.count;

	TRY(resends_see(&v->resends, item, seen, err));
	if (v->resends.count == before)
		return 0;
	v->absence.found++;
	v->resends.last->is_chosen = chosen_has_event(&v->chosen, v->in, v->tracker, &item->event,
						      seen);
	return 0;
}

static int end_lives(struct retransmits *v, struct error *err)
{
	const struct life *l;

	while ((l = tracker_take(v->tracker)))
		resends_end(&v->resends, l);
	return tell(v, false, err);
}

static int read_all(struct retransmits *v, struct error *err)
{
	struct sighting seen;
	struct item item;
	int rc;

	TRY(chosen_prepare(&v->chosen, v->in, CHOSEN_LIVES, err));
	TRY(watch_begin(v->in, v->tracker, err));
	counts_begin(&v->counts, v->in, &retransmits_table);
	while ((rc = watch_item(v->in, v->tracker, &item, err)) == 0) {
		TRY(tracker_feed(v->tracker, &item, &seen, err));
		absence_see(&v->absence, v->tracker, &item);
		if (seen.bound)
			TRY(take_event(v, &item, &seen, err));
		TRY(end_lives(v, err));
	}
	if (rc < 0)
		return rc;
	tracker_stop(v->tracker);
	TRY(end_lives(v, err));
	TRY(tell(v, true, err));
	if (v->counts.by && v->shown)
		counts_print(&v->counts);
	if (!v->shown)
		absence_explain(&v->absence, v->in, v->tracker);
	return 0;
}

int view_retransmits(const struct view_input *in, struct error *err)
{
	struct retransmits v = {
		.in = in,
		.tracker = scope_tracker(in->scope),
		.absence = {.what = "retransmit",
			    .event = "tcp:tcp_retransmit_skb",
			    .kind = EVENT_RETRANSMIT},
	};
	int rc = v.tracker ? read_all(&v, err) : error_nomem(err);

	tracker_free(v.tracker);
	chosen_release(&v.chosen);
	counts_release(&v.counts);
	resends_release(&v.resends);
	return rc;
}
