/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * resends.c -- events of the sender and of its peer, as evidence.
 */
#include "analyze/resends.h"

#include <stdlib.h>
#include <string.h>

#include "analyze/drop.h"
#include "analyze/sock_facts.h"
#include "analyze/tcp_flags.h"

enum {
	LOOK_BACK = 256, /* how many of a life are searched for the same bytes */
};

/* A round trip below this is not told apart from the time in between two tracepoints. */
#define LEAST_RTT_NS 100000u

struct resend_life {
	struct resent *first, *last;
	struct resent *unacked; /* where to go on */
	uint64_t heard_ns;      /* a packet came from the peer; 0 = none did */
	uint64_t min_rtt_ns;    /* 0 = not known */
	uint32_t nxt;           /* snd_nxt, when a segment was last seen */
	uint32_t entry_nxt;     /* the same on entering Recovery or Loss */
	uint32_t ack;           /* acknowledged by the peer */
	uint32_t sent, dsacks, total;
	uint8_t cong; /* enum cong_state */
	bool has_nxt, has_entry_nxt, has_ack, has_totals;
	bool is_loss_new; /* Loss began, and nothing was sent again since */
	bool is_rejected; /* it began without a timer */
};

static bool seq_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

void resends_release(struct resends *rs)
{
	while (rs->first) {
		struct resent *next = rs->first->next;

		free(rs->first);
		rs->first = next;
	}
	for (size_t i = 0; i < rs->lives.size; i++)
		free(rs->lives.entries[i].conn ? rs->lives.entries[i].value : NULL);
	conn_map_release(&rs->lives);
	*rs = (struct resends){0};
}

static struct resend_life *enter(struct resends *rs, const struct life *l)
{
	struct resend_life *r = conn_map_find(&rs->lives, l->conn);

	if (r)
		return r;
	r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->cong = CONG_UNKNOWN;
	if (conn_map_set(&rs->lives, l->conn, r))
		return r;
	free(r);
	return NULL;
}

/* ---- evidence ---- */

/* The receiver dropped these bytes as a duplicate: the last resend of them was in vain. */
static void see_duplicate(struct resend_life *l, const struct bound *e, const struct event *ev)
{
	uint32_t seq = (uint32_t)bound_int32(e, ev, BOUND_SEQ, 0);
	bool has_bytes = bound_int32(e, ev, BOUND_PAYLOAD_BYTES, 0) > 0 ||
			 bound_int32(e, ev, BOUND_TCP_FLAGS, 0) & (FLAG_FIN | FLAG_SYN);
	int left = LOOK_BACK;

	if (!has_bytes) /* a keepalive's or a window's probe */
		return;
	for (struct resent *r = l->last; r && left--; r = r->before) {
		struct resend *x = &r->resend;

		if (x->proof || !x->has_seq || !resend_is_sent(x) || seq_before(seq, x->seq) ||
		    !seq_before(seq, x->end_seq))
			continue;
		x->proof = RESEND_DUPLICATE;
		return;
	}
}

static void see_ack(struct resend_life *l, const struct bound *e, const struct event *ev)
{
	uint32_t ack = (uint32_t)bound_int32(e, ev, BOUND_ACK, 0);
	struct resent *r;

	l->heard_ns = ev->ts_ns;
	if (!(bound_int32(e, ev, BOUND_TCP_FLAGS, 0) & FLAG_ACK))
		return;
	if (!l->has_ack || seq_before(l->ack, ack))
		l->ack = ack;
	l->has_ack = true;
	for (r = l->unacked; r; r = r->sibling) {
		if (!r->resend.has_seq || seq_before(ack, r->resend.end_seq))
			break;
		r->resend.acked_ns = ev->ts_ns;
	}
	l->unacked = r;
}

/* What was under way when Recovery or Loss began must be acknowledged before it ends, unless TCP
 * found that nothing had been lost. */
static void see_cong_state(struct resend_life *l, enum cong_state to)
{
	bool was_in = l->cong == CONG_RECOVERY || l->cong == CONG_LOSS;
	bool is_in = to == CONG_RECOVERY || to == CONG_LOSS;

	if (!was_in && is_in) {
		l->entry_nxt = l->nxt;
		l->has_entry_nxt = l->has_nxt;
	}
	if (was_in && (to == CONG_OPEN || to == CONG_DISORDER) && l->has_entry_nxt && l->has_ack &&
	    seq_before(l->ack, l->entry_nxt)) {
		for (struct resent *r = l->last; r && !r->is_settled; r = r->before)
			if (!r->resend.proof && resend_is_sent(&r->resend) &&
			    (r->resend.cong == CONG_RECOVERY || r->resend.cong == CONG_LOSS))
				r->resend.proof = RESEND_UNDONE;
	}
	l->is_loss_new = to == CONG_LOSS && (l->is_loss_new || l->cong != CONG_LOSS);
	l->is_rejected = to == CONG_LOSS && l->is_rejected;
	if (!is_in) /* what came before has had its verdict */
		for (struct resent *r = l->last; r && !r->is_settled; r = r->before)
			if (r->resend.proof)
				r->is_settled = true;
	l->cong = (uint8_t)to;
}

static void see_totals(struct resend_life *l, const struct bound *e, const struct event *ev)
{
	int32_t rtt = bound_int32(e, ev, BOUND_MIN_RTT_US, 0);

	l->min_rtt_ns = rtt > 0 ? (uint64_t)rtt * 1000 : 0;
	l->dsacks = (uint32_t)bound_int32(e, ev, BOUND_DSACK_DUPS, 0);
	l->total = (uint32_t)bound_int32(e, ev, BOUND_TOTAL_RETRANS, 0);
	l->has_totals = true;
}

/* ---- one resend ---- */

static void link_resent(struct resends *rs, struct resend_life *l, struct resent *r)
{
	if (rs->last)
		rs->last->next = r;
	else
		rs->first = r;
	rs->last = r;
	rs->count++;
	if (!l)
		return;
	r->before = l->last;
	if (l->last)
		l->last->sibling = r;
	else
		l->first = r;
	l->last = r;
	if (!l->unacked)
		l->unacked = r;
}

static void count_attempts(struct resend *x, const struct resent *before)
{
	int left = LOOK_BACK;

	x->attempt = 1;
	for (const struct resent *r = before; r && x->has_seq && left--; r = r->before) {
		if (r->resend.seq != x->seq || !resend_is_sent(&r->resend))
			continue;
		x->attempt = r->resend.attempt + 1;
		x->gap_ns = x->ts_ns - r->resend.ts_ns;
		x->has_gap = true;
		return;
	}
}

/* TCP enters Loss without a timeout when an ICMP message says that packets were too large, when the data
 * in a SYN was not taken, or a probe of the MTU was lost. A timeout clears its timer before it sends. */
static void note_loss(struct resend_life *l, struct resend *x)
{
	if (x->cause != RESEND_RTO)
		return;
	l->is_rejected = x->has_timer && (l->is_loss_new || l->is_rejected);
	l->is_loss_new = false;
	if (l->is_rejected)
		x->cause = RESEND_REJECTED;
}

static int add_resend(struct resends *rs, const struct item *item, const struct sighting *seen,
		      struct error *err)
{
	const struct life *life = seen->life;
	struct resend_life *l = enter(rs, life);
	struct resent *r = calloc(1, sizeof(*r));

	if (!l || !r) {
		free(r);
		return error_nomem(err);
	}
	resend_read(&r->resend, seen->bound, &item->event, item->section, (enum cong_state)l->cong);
	note_loss(l, &r->resend);
	if (!r->resend.state)
		r->resend.state = life->state;
	r->conn = life->conn;
	r->tuple = life->tuple;
	r->owner = life->owner;
	r->service = service_of(life);
	if (life->state == STATE_SYN_SENT || (life->queue == QUEUE_OVERFLOW && !life->peer))
		r->resend.queue = life->queue;
	count_attempts(&r->resend, l->last);
	r->resend.has_silent = l->heard_ns && l->heard_ns <= item->event.ts_ns;
	if (r->resend.has_silent)
		r->resend.silent_ns = item->event.ts_ns - l->heard_ns;
	l->sent += resend_is_sent(&r->resend);
	link_resent(rs, l, r);
	return 0;
}

static enum queue_trouble trouble_of_queue(const struct life *listener)
{
	const struct accept_queue *q = life_queue(listener);

	return q && q->is_full ? QUEUE_FULL : QUEUE_FINE;
}

/* Its socket is the listener; the event has the addresses of the request. */
static int add_synack(struct resends *rs, const struct item *item, const struct sighting *seen,
		      struct error *err)
{
	struct resent *r = calloc(1, sizeof(*r));

	if (!r)
		return error_nomem(err);
	r->resend.ts_ns = item->event.ts_ns;
	r->resend.cause = RESEND_SYNACK;
	r->resend.cong = CONG_UNKNOWN;
	r->resend.state = STATE_NEW_SYN_RECV;
	r->is_settled = true;
	if (seen->life) {
		r->conn = seen->life->conn;
		r->tuple = seen->life->tuple;
		r->owner = seen->life->owner;
		r->service = service_of(seen->life);
		r->resend.queue = (uint8_t)trouble_of_queue(seen->life);
	}
	sock_facts_request(seen->bound, &item->event, &r->tuple);
	link_resent(rs, NULL, r);
	return 0;
}

/* ---- events ---- */

static struct resend_life *sender_of(struct resends *rs, const struct sighting *seen)
{
	return seen->sender ? conn_map_find(&rs->lives, seen->sender->conn) : NULL;
}

/* What came for a life that has sent something again, or may. */
static int see_life(struct resends *rs, const struct item *item, const struct sighting *seen,
		    struct error *err)
{
	const struct life *life = seen->bound->kind == EVENT_SEGMENT ? seen->receiver : seen->life;
	const struct event *ev = &item->event;
	struct resend_life *l;
	uint64_t nxt;

	if (!life || life->role == LIFE_LISTENER || life->phase != LIFE_ALIVE)
		return 0;
	l = enter(rs, life);
	if (!l)
		return error_nomem(err);
	if (seen->bound->kind == EVENT_SEGMENT) {
		see_ack(l, seen->bound, ev);
	} else if (seen->bound->kind == EVENT_PROBE) {
		l->heard_ns = ev->ts_ns;
		if (bound_int(seen->bound, ev, BOUND_SND_NXT, &nxt)) {
			l->nxt = (uint32_t)nxt;
			l->has_nxt = true;
		}
	} else {
		see_cong_state(l, cong_state_of(seen->bound, ev, BOUND_CONG_STATE, item->section));
	}
	return 0;
}

int resends_see(struct resends *rs, const struct item *item, const struct sighting *seen,
		struct error *err)
{
	const struct bound *e = seen->bound;
	struct resend_life *l;

	switch (e->kind) {
	case EVENT_RETRANSMIT:
		return seen->life ? add_resend(rs, item, seen, err) : 0;
	case EVENT_RETRANSMIT_SYNACK:
		return add_synack(rs, item, seen, err);
	case EVENT_SEGMENT:
	case EVENT_PROBE:
	case EVENT_CONG_STATE:
		return see_life(rs, item, seen, err);
	case EVENT_SUMMARY:
		l = seen->life ? conn_map_find(&rs->lives, seen->life->conn) : NULL;
		if (l)
			see_totals(l, e, &item->event);
		return 0;
	case EVENT_DROP:
		l = sender_of(rs, seen);
		if (l && l->last && drop_is_duplicate(e, &item->event, item->section))
			see_duplicate(l, e, &item->event);
		return 0;
	default:
		return 0;
	}
}

/* In less time than any round trip took. Of what was rejected no original can be acknowledged. */
static bool is_acked_too_soon(const struct resend_life *l, const struct resend *x)
{
	return x->acked_ns && x->state != STATE_SYN_SENT && x->cause != RESEND_REJECTED &&
	       l->min_rtt_ns >= LEAST_RTT_NS && x->acked_ns - x->ts_ns < l->min_rtt_ns / 4 * 3;
}

static void judge_at_end(const struct resend_life *l, struct resend *x)
{
	if (x->proof || !resend_is_sent(x))
		return;
	if (l->has_totals && l->total && l->total == l->sent && l->dsacks >= l->total)
		x->proof = RESEND_DSACKS;
	else if (is_acked_too_soon(l, x))
		x->proof = RESEND_TOO_SOON;
}

void resends_end(struct resends *rs, const struct life *life)
{
	struct resend_life *l = conn_map_find(&rs->lives, life->conn);

	if (!l)
		return;
	for (struct resent *r = l->first; r; r = r->sibling) {
		judge_at_end(l, &r->resend);
		r->service = service_of(life);
		r->is_settled = true;
	}
	conn_map_remove(&rs->lives, life->conn);
	/* Those that wait on point to each other only. */
	free(l);
}

struct resent *resends_take(struct resends *rs, bool is_end)
{
	struct resent *r = rs->first;
	struct resend_life *l;

	if (!r || !(r->is_settled || is_end || rs->count > RESENDS_MAX))
		return NULL;
	rs->first = r->next;
	if (!rs->first)
		rs->last = NULL;
	rs->count--;
	/* It is the oldest of its life. */
	l = r->conn ? conn_map_find(&rs->lives, r->conn) : NULL;
	if (r->sibling)
		r->sibling->before = NULL;
	if (l && l->first == r) {
		l->first = r->sibling;
		if (l->last == r)
			l->last = NULL;
		if (l->unacked == r)
			l->unacked = r->sibling;
	}
	return r;
}
