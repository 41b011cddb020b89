/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * conn_row.c -- the columns of `conns`, and how each is filled.
 */
#include "analyze/conn_row.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyze/end_cause.h"
#include "analyze/life_text.h"
#include "analyze/units.h"

enum {
	COL_CONN,
	COL_PEER,
	COL_ROLE,
	COL_FAMILY,
	COL_PROCESS,
	COL_LOCAL,
	COL_REMOTE,
	COL_LADDR,
	COL_LPORT,
	COL_RADDR,
	COL_RPORT,
	COL_PID,
	COL_COMM,
	COL_NETNS,
	COL_START,
	COL_DURATION,
	COL_TIME,
	COL_TX_BYTES,
	COL_RX_BYTES,
	COL_SENT,
	COL_RECEIVED,
	COL_TX_MSGS,
	COL_RX_MSGS,
	COL_RETRANSMITS,
	COL_DROPS,
	COL_SRTT,
	COL_STATES,
	COL_ENDED,
	COL_END,
	COL_UNCERTAIN,
	COL_FIRST,
	COL_END_NS,
	COL_ERROR,
	COL_TIME_WAIT,
	COL_OWNER_FROM,
	COL_COOKIE,
	COL_MIN_RTT,
	COL_CWND,
	COL_SEGS_OUT,
	COL_SEGS_IN,
	COL_DELIVERY_RATE,
	COL_BUSY,
	COL_RWND_LIMITED,
	COL_SNDBUF_LIMITED,
	COL_CONNECT,
	COL_HANDSHAKE,
	COL_ACCEPT_WAIT,
	COL_ACCEPTED,
	COL_BACKLOG,
	COL_MAX_BACKLOG,
	COL_END_CAUSE,
	COL_END_EVIDENCE,
	COL_RETRANS_SEGS,
	COL_BACKLOG_LAST,
	COL_BACKLOG_PEAK,
	COL_LISTEN_DROPS,
	COL_QUEUE,
	COL_QUEUE_EVIDENCE,
	COL_REMARK,
	COL_COUNT
};

/* clang-format off */
static const struct column columns[COL_COUNT] = {
	[COL_CONN] = {.key = "conn", .title = "conn", .doc = "number of the socket life, in order of first appearance", .align = ALIGN_RIGHT},
	[COL_PEER] = {.key = "peer", .title = "peer", .doc = "number of the other side, when the tape holds it", .align = ALIGN_RIGHT},
	[COL_ROLE] = {.key = "role", .title = "role", .doc = "client, server, listener or unknown"},
	[COL_FAMILY] = {.key = "family", .doc = "AF_INET or AF_INET6, as the socket was made"},
	[COL_PROCESS] = {.title = "process", .made_of = "pid,comm", .doc = "owner"},
	[COL_LOCAL] = {.title = "local", .made_of = "laddr,lport", .doc = "local address and port"},
	[COL_REMOTE] = {.title = "remote", .made_of = "raddr,rport", .doc = "remote address and port"},
	[COL_LADDR] = {.key = "laddr", .doc = "local address"},
	[COL_LPORT] = {.key = "lport", .doc = "local port"},
	[COL_RADDR] = {.key = "raddr", .doc = "remote address"},
	[COL_RPORT] = {.key = "rport", .doc = "remote port"},
	[COL_PID] = {.key = "pid", .doc = "process that owns the socket"},
	[COL_COMM] = {.key = "comm", .doc = "its command name"},
	[COL_NETNS] = {.key = "netns", .doc = "network namespace (inode number)"},
	[COL_START] = {.key = "start_ns", .doc = "when it began; null when that is before the tape", .unit = UNIT_TIME},
	[COL_DURATION] = {.key = "duration_ns", .doc = "from its start, or the tape's, to its end, or the tape's", .unit = UNIT_NS},
	[COL_TIME] = {.title = "time", .made_of = "duration_ns", .doc = "how long it lived", .align = ALIGN_RIGHT},
	[COL_TX_BYTES] = {.key = "tx_bytes", .doc = "bytes sent by the application", .unit = UNIT_BYTES},
	[COL_RX_BYTES] = {.key = "rx_bytes", .doc = "bytes received by the application", .unit = UNIT_BYTES},
	[COL_SENT] = {.title = "sent", .made_of = "tx_bytes", .doc = "the same for people; at least so many where events are missing", .align = ALIGN_RIGHT},
	[COL_RECEIVED] = {.title = "received", .made_of = "rx_bytes", .doc = "likewise", .align = ALIGN_RIGHT},
	[COL_TX_MSGS] = {.key = "tx_msgs", .doc = "send calls that sent something"},
	[COL_RX_MSGS] = {.key = "rx_msgs", .doc = "receive calls that received something"},
	[COL_RETRANSMITS] = {.key = "retransmits", .doc = "how often something was sent again, of one segment or several; of a listener, SYN-ACKs"},
	[COL_DROPS] = {.key = "drops", .doc = "packets of this connection that were dropped, housekeeping apart"},
	[COL_SRTT] = {.key = "srtt_us", .doc = "smoothed round-trip time, last value, microseconds"},
	[COL_STATES] = {.key = "states", .doc = "time spent in each state", .unit = UNIT_NS},
	[COL_ENDED] = {.title = "end", .made_of = "end,time_wait", .doc = "how it ended; tw: and that is the beginning of TIME_WAIT"},
	[COL_END] = {.key = "end", .doc = "fin, reset, refused, timeout, aborted or open; null for a closed listener or when not seen"},
	[COL_UNCERTAIN] = {.key = "uncertain", .doc = "start or end not seen, or events lost meanwhile"},
	[COL_FIRST] = {.key = "first_ns", .doc = "when it was first seen", .unit = UNIT_TIME},
	[COL_END_NS] = {.key = "end_ns", .doc = "when it ended; null while open", .unit = UNIT_TIME},
	[COL_ERROR] = {.key = "sk_err", .doc = "the socket's error when it closed, as Linux errno; 0 = none"},
	[COL_TIME_WAIT] = {.key = "time_wait", .doc = "its end is the beginning of TIME_WAIT"},
	[COL_OWNER_FROM] = {.key = "owner_from", .doc = "how the owner is known: caller, snapshot, reader, closer or listener"},
	[COL_COOKIE] = {.key = "cookie", .doc = "the kernel's socket cookie"},
	[COL_MIN_RTT] = {.key = "min_rtt_us", .doc = "least round-trip time, microseconds; this and the next seven: from the socket's beginning to its end, as TCP counted"},
	[COL_CWND] = {.key = "cwnd", .doc = "congestion window at its end, segments"},
	[COL_SEGS_OUT] = {.key = "segs_out", .doc = "segments sent"},
	[COL_SEGS_IN] = {.key = "segs_in", .doc = "segments received"},
	[COL_DELIVERY_RATE] = {.key = "delivery_rate", .doc = "the last that was measured, bytes a second"},
	[COL_BUSY] = {.key = "busy_ns", .doc = "time in which there was data to send; the next two are part of it", .unit = UNIT_NS},
	[COL_RWND_LIMITED] = {.key = "rwnd_limited_ns", .doc = "of it, limited by the peer's receive window", .unit = UNIT_NS},
	[COL_SNDBUF_LIMITED] = {.key = "sndbuf_limited_ns", .doc = "of it, limited by the send buffer", .unit = UNIT_NS},
	[COL_CONNECT] = {.key = "connect_ns", .doc = "of a client: SYN_SENT to ESTABLISHED", .unit = UNIT_NS},
	[COL_HANDSHAKE] = {.key = "handshake_ns", .doc = "of a server: SYN_RECV to ESTABLISHED", .unit = UNIT_NS},
	[COL_ACCEPT_WAIT] = {.key = "accept_wait_ns", .doc = "of a server: ESTABLISHED to the application's first call, at most so long until accept(); of a listener, the longest of its connections", .unit = UNIT_NS},
	[COL_ACCEPTED] = {.key = "accepted", .doc = "of a listener: connections that the application has called on; null when others share its port, and it is not known who accepted"},
	[COL_BACKLOG] = {.key = "backlog", .doc = "of a listener: connections not accepted yet when the tape began"},
	[COL_MAX_BACKLOG] = {.key = "max_backlog", .doc = "of a listener: how many there may be"},
	[COL_END_CAUSE] = {.key = "end_cause", .doc = "why it ended so, where that is known: destroyed (from outside: ss -K), unreachable, accept queue full, never accepted, given up, no local port, keepalive unanswered, data after close, or unread data at close"},
	[COL_END_EVIDENCE] = {.key = "end_evidence", .doc = "what that rests on"},
	[COL_RETRANS_SEGS] = {.key = "retrans_segs", .doc = "of a connection that has ended: segments sent again, as TCP counted from the socket's beginning; one retransmit may be several"},
	[COL_BACKLOG_LAST] = {.key = "backlog_last", .doc = "of a listener: connections not accepted when that was last told; the queue is full when there are more than max_backlog"},
	[COL_BACKLOG_PEAK] = {.key = "backlog_peak", .doc = "of a listener: the most that was told"},
	[COL_LISTEN_DROPS] = {.key = "listen_drops", .doc = "of a listener: packets that it did not take while the tape ran, for whatever reason (sk_drops)"},
	[COL_QUEUE] = {.key = "queue", .doc = "accept queue full, of a listener: at some time; of a client: when a SYN that was not answered was sent, or its handshake was to end; of a listener also SYN queue full; null when not known to be"},
	[COL_QUEUE_EVIDENCE] = {.key = "queue_evidence", .doc = "what that rests on"},
	[COL_REMARK] = {.title = "", .doc = "what else is worth knowing", .wraps = true},
};
/* clang-format on */

const struct table conns_table = {"conns", columns, COL_COUNT};

/* Texts that the cells of one row point to. */
struct row_text {
	struct life_text life;
	struct member states[STATE_COUNT];
	char time[UNITS_LEAST + UNITS_MAX];
	char sent[UNITS_LEAST + UNITS_MAX], received[UNITS_LEAST + UNITS_MAX];
	char remark[128];
	char evidence[END_EVIDENCE_MAX], queue_evidence[END_EVIDENCE_MAX];
};

static struct cell states_cell(const struct life *l, struct row_text *t)
{
	/* as a connection passes through them */
	static const enum tcp_state order[] = {
		STATE_LISTEN,      STATE_SYN_SENT,  STATE_NEW_SYN_RECV, STATE_SYN_RECV,
		STATE_ESTABLISHED, STATE_FIN_WAIT1, STATE_FIN_WAIT2,    STATE_CLOSING,
		STATE_CLOSE_WAIT,  STATE_LAST_ACK,  STATE_TIME_WAIT,
	};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		uint64_t ns = life_state_ns(l, order[i]);

		if (!ns)
			continue;
		t->states[n].key = tcp_state_name(order[i]);
		t->states[n].cell = cell_uint(ns);
		t->states[n++].cell.is_own = true;
	}
	return cell_object(t->states, n);
}

static void remark_add(char *remark, size_t size, const char *text)
{
	size_t len = strlen(remark);

	snprintf(remark + len, size - len, "%s%s", len ? ", " : "", text);
}

static void remark_count(char *remark, size_t size, uint64_t count, const char *what)
{
	char text[48];

	if (!count)
		return;
	snprintf(text, sizeof(text), "%" PRIu64 " %s%s", count, what, units_plural(count));
	remark_add(remark, size, text);
}

static uint64_t retransmits_of(const struct life *l, bool *is_known)
{
	*is_known = l->has_retransmit_events || l->traffic.has_counters;
	return l->has_retransmit_events ? l->traffic.retransmits : l->traffic.total_retrans;
}

/* A listener's own, or that of the listener that a client connects to. */
static enum end_cause trouble_of(const struct life *l)
{
	const struct accept_queue *q = life_queue(l);

	if (!q)
		return end_cause_of_queue((enum queue_trouble)l->queue);
	if (q->has_been_full)
		return q->peak > q->max ? END_QUEUE_FULL : END_QUEUE_OVERFLOW;
	return q->has_been_too_many ? END_REQUESTS_FULL : END_UNKNOWN;
}

static void remark_queue(char *remark, size_t size, const struct accept_queue *q, const char *what)
{
	char text[64];

	snprintf(text, sizeof(text), "%s", what);
	if (q)
		snprintf(text, sizeof(text), "%s (%" PRIu32 ", max_backlog %" PRIu32 ")", what,
			 q->has_been_full ? q->peak : q->requests, q->max);
	remark_add(remark, size, text);
}

static const char *remark_of(const struct conn_row *row, const struct life *l, struct row_text *t)
{
	char *out = t->remark;
	size_t size = sizeof(t->remark);
	enum end_cause cause = end_cause_of(l), queue = trouble_of(l);
	bool is_known;

	out[0] = '\0';
	if (!l->is_start_seen)
		remark_add(out, size, "start not seen");
	if (tracker_has_holes(row->tracker, l))
		remark_add(out, size, "uncertain: events lost");
	else if (l->is_start_seen && tracker_is_uncertain(row->tracker, l))
		remark_add(out, size, "end not seen");
	if (l->is_stillborn)
		remark_add(out, size, "never a connection");
	if (cause)
		remark_add(out, size, end_cause_name(cause));
	else if (queue)
		remark_queue(out, size, life_queue(l), end_cause_name(queue));
	remark_count(out, size, retransmits_of(l, &is_known), "retransmit");
	remark_count(out, size, l->traffic.drops, "drop");
	return out;
}

static struct cell duration_text(const struct life *l, struct row_text *t)
{
	units_duration((int64_t)life_duration(l), units_at_least(!l->is_start_seen, t->time));
	return cell_word(t->time);
}

static void fill_identity(struct cell *cells, const struct view_input *in, const struct life *l,
			  struct row_text *t)
{
	life_text_locate(&t->life, l);
	cells[COL_CONN] = view_number(in, l->conn);
	cells[COL_PEER] = view_number(in, l->peer);
	cells[COL_ROLE] = cell_word(life_role_name((enum life_role)l->role));
	cells[COL_FAMILY] = cell_word(l->is_ipv6 ? "AF_INET6" : "AF_INET");
	cells[COL_LADDR] = cell_word(t->life.laddr);
	cells[COL_LPORT] = cell_nonzero(l->tuple.local.port);
	cells[COL_RADDR] = t->life.raddr[0] ? cell_word(t->life.raddr) : cell_null();
	cells[COL_RPORT] = t->life.has_remote ? cell_uint(l->tuple.remote.port) : cell_null();
	cells[COL_PID] = cell_nonzero(l->owner.pid);
	cells[COL_COMM] = cell_nonempty(l->owner.comm);
	cells[COL_NETNS] = cell_nonzero(l->netns);
	cells[COL_OWNER_FROM] = cell_word(owner_source_name((enum owner_source)l->owner.source));
	cells[COL_COOKIE] = cell_nonzero(l->cookie);
}

static void fill_times(struct cell *cells, const struct life *l, struct row_text *t)
{
	if (l->is_start_seen)
		cells[COL_START] = cell_uint(l->first_ns);
	cells[COL_FIRST] = cell_uint(l->first_ns);
	if (l->is_end_seen)
		cells[COL_END_NS] = cell_uint(l->until_ns);
	cells[COL_DURATION] = cell_uint(life_duration(l));
	cells[COL_STATES] = states_cell(l, t);
}

static void fill_bytes(struct cell *cells, const struct life *l)
{
	uint64_t v;

	if (l->role == LIFE_LISTENER)
		return;
	if (life_tx_bytes(l, &v))
		cells[COL_TX_BYTES] = cell_uint(v);
	if (life_rx_bytes(l, &v))
		cells[COL_RX_BYTES] = cell_uint(v);
}

static void fill_traffic(struct cell *cells, const struct life *l)
{
	bool is_known;
	uint64_t v;

	if (l->has_call_events && l->role != LIFE_LISTENER) {
		cells[COL_TX_MSGS] = cell_uint(l->traffic.tx_msgs);
		cells[COL_RX_MSGS] = cell_uint(l->traffic.rx_msgs);
	}
	v = retransmits_of(l, &is_known);
	if (is_known)
		cells[COL_RETRANSMITS] = cell_uint(v);
	if (l->traffic.has_total_retrans && l->is_end_seen && l->role != LIFE_LISTENER)
		cells[COL_RETRANS_SEGS] = cell_uint(l->traffic.total_retrans);
	if (l->has_drop_events)
		cells[COL_DROPS] = cell_uint(l->traffic.drops);
	cells[COL_SRTT] = cell_nonzero(l->traffic.srtt_us);
}

static void fill_totals(struct cell *cells, const struct totals *t)
{
	if (!t)
		return;
	cells[COL_MIN_RTT] = cell_nonzero(t->min_rtt_us);
	cells[COL_CWND] = cell_uint(t->cwnd);
	cells[COL_SEGS_OUT] = cell_uint(t->segs_out);
	cells[COL_SEGS_IN] = cell_uint(t->segs_in);
	cells[COL_DELIVERY_RATE] = cell_uint(t->delivery_rate);
	cells[COL_BUSY] = cell_uint(t->busy_us * 1000);
	cells[COL_RWND_LIMITED] = cell_uint(t->rwnd_limited_us * 1000);
	cells[COL_SNDBUF_LIMITED] = cell_uint(t->sndbuf_limited_us * 1000);
}

static struct cell bytes_text(const struct cell *bytes, bool is_least, char *out)
{
	if (bytes->kind == CELL_NULL)
		return cell_null();
	units_bytes((uint64_t)bytes->num, units_at_least(is_least, out));
	return cell_word(out);
}

/* What only people are shown. Where events are missing, what was counted is the least it can
 * have been. */
static void fill_text(struct cell *cells, const struct conn_row *row, const struct life *l,
		      struct row_text *t)
{
	bool has_holes = tracker_has_holes(row->tracker, l);

	life_text_name(&t->life, l);
	cells[COL_PROCESS] = cell_nonempty(t->life.process);
	cells[COL_LOCAL] = cell_word(t->life.local);
	cells[COL_REMOTE] = t->life.has_remote ? cell_word(t->life.remote) : cell_null();
	cells[COL_TIME] = duration_text(l, t);
	cells[COL_SENT] = bytes_text(&cells[COL_TX_BYTES], has_holes, t->sent);
	cells[COL_RECEIVED] = bytes_text(&cells[COL_RX_BYTES], has_holes, t->received);
	/* A line more for each connection that closes first would be half of the lines. */
	cells[COL_ENDED] = l->is_time_wait ? cell_word("fin tw")
					   : cell_word(life_end_name((enum life_end)l->end));
	cells[COL_REMARK] = cell_word(remark_of(row, l, t));
}

static void fill_queue(struct cell *cells, const struct accept_queue *q)
{
	if (!q)
		return;
	cells[COL_MAX_BACKLOG] = cell_uint(q->max);
	cells[COL_BACKLOG_LAST] = cell_uint(q->len);
	cells[COL_BACKLOG_PEAK] = cell_uint(q->peak);
	if (q->has_drops)
		cells[COL_LISTEN_DROPS] = cell_uint(q->drops - q->drops_base);
}

/* Of a listener, what its snapshot and its children tell. */
static void fill_opening(struct cell *cells, const struct life *l)
{
	if (l->role == LIFE_CLIENT && l->is_start_seen && l->has_been_established)
		cells[COL_CONNECT] = cell_uint(life_state_ns(l, STATE_SYN_SENT) +
					       life_state_ns(l, STATE_SYN_RECV));
	if (l->role == LIFE_SERVER && l->is_start_seen && l->has_been_established)
		cells[COL_HANDSHAKE] = cell_uint(life_state_ns(l, STATE_SYN_RECV));
	if (l->accept_count && !l->has_strayed)
		cells[COL_ACCEPT_WAIT] = cell_uint(l->accept_wait_ns);
	if (l->role != LIFE_LISTENER)
		return;
	if (!l->has_strayed)
		cells[COL_ACCEPTED] = cell_uint(l->accept_count);
	if (l->has_backlog) {
		cells[COL_BACKLOG] = cell_uint(l->backlog);
		cells[COL_MAX_BACKLOG] = cell_uint(l->max_backlog);
	}
	fill_queue(cells, life_queue(l));
}

void conn_row_render(const struct conn_row *row)
{
	const struct life *l = row->life;
	enum end_cause cause = end_cause_of(l);
	struct cell cells[COL_COUNT] = {{0}};
	enum end_cause queue = trouble_of(l);
	struct row_text text;

	fill_identity(cells, row->in, l, &text);
	fill_times(cells, l, &text);
	fill_bytes(cells, l);
	fill_traffic(cells, l);
	fill_totals(cells, life_totals(l));
	fill_opening(cells, l);
	cells[COL_END] = cell_word(life_end_name((enum life_end)l->end));
	cells[COL_UNCERTAIN] = cell_bool(tracker_is_uncertain(row->tracker, l));
	if (l->sk_err >= 0)
		cells[COL_ERROR] = cell_int(l->sk_err);
	cells[COL_TIME_WAIT] = cell_bool(l->is_time_wait);
	cells[COL_END_CAUSE] = cell_string(end_cause_name(cause));
	cells[COL_END_EVIDENCE] = cell_string(end_cause_evidence(cause, l, text.evidence));
	cells[COL_QUEUE] = cell_string(end_cause_name(queue));
	cells[COL_QUEUE_EVIDENCE] = cell_string(end_cause_evidence(queue, l, text.queue_evidence));
	if (row->in->format == RENDER_TEXT)
		fill_text(cells, row, l, &text);
	render_row(row->in->renderer, cells);
}
