/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * reaction.c -- state changes, counters, owners, resets: one small function per event.
 */
#include "analyze/reaction.h"

#include "analyze/acceptance.h"
#include "analyze/connecting.h"
#include "analyze/drop.h"
#include "analyze/end_cause.h"
#include "analyze/identity.h"
#include "analyze/listening.h"
#include "analyze/pair.h"
#include "analyze/tcp_flags.h"

static void learn_owner(struct step *s, enum owner_source source)
{
	const struct task *task = s->life->owner.source < source ? step_task(s) : NULL;

	if (task)
		owner_learn(&s->life->owner, source, task->pid, view_of(task->comm, task->len));
}

static void read_counters(struct step *s, bool is_first)
{
	struct traffic *traffic = &s->life->traffic;
	uint64_t acked, received, srtt, total;

	if (s->t->forgone & FORGO_TRAFFIC)
		return;
	if (step_int(s, BOUND_BYTES_ACKED, &acked) &&
	    step_int(s, BOUND_BYTES_RECEIVED, &received)) {
		if (is_first)
			traffic_begin(traffic, acked, received);
		else
			traffic_count(traffic, acked, received);
	}
	if (step_int(s, BOUND_SRTT_US, &srtt) && srtt)
		traffic->srtt_us = (uint32_t)srtt;
	if (step_int(s, BOUND_TOTAL_RETRANS, &total))
		traffic_count_resent(traffic, (uint32_t)total);
}

/* Offer and look for the other side, as soon as sequence numbers or addresses allow. */
static void seek_peer(struct step *s, bool has_new_seq)
{
	struct life *l = s->life;
	uint64_t una, nxt;

	if (l->peer || l->role == LIFE_LISTENER || (s->t->forgone & FORGO_PEERS))
		return;
	if (has_new_seq && step_int(s, BOUND_SND_UNA, &una) && step_int(s, BOUND_RCV_NXT, &nxt))
		pair_offer(&s->t->lives, l, (uint32_t)una, (uint32_t)nxt);
	if (l->state != STATE_SYN_SENT && (l->state != STATE_SYN_RECV || l->accept_count))
		pair_find(&s->t->lives, l);
}

/* A call on the connection, or its close. */
static void note_call(struct step *s)
{
	if (acceptance_note(s) && s->life->state == STATE_SYN_RECV) /* Fast Open */
		seek_peer(s, false);
}

/* Whoever calls is an owner. */
static void on_call(struct step *s, enum owner_source source)
{
	learn_owner(s, source);
	note_call(s);
}

static void learn_owner_of_change(struct step *s, const struct life_change *c)
{
	if (c->from == STATE_CLOSE && (c->to == STATE_SYN_SENT || c->to == STATE_LISTEN))
		learn_owner(s, OWNER_CALLER);
	else if (c->to == STATE_FIN_WAIT1 || c->to == STATE_LAST_ACK)
		learn_owner(s, OWNER_CLOSER);
	if (c->to == STATE_FIN_WAIT1 || c->to == STATE_LAST_ACK)
		note_call(s);
}

static void on_close(struct step *s, enum tcp_state from)
{
	struct life_closing closing = {
		.sk_err = step_int32(s, BOUND_SK_ERR, -1),
		.is_done = step_int32(s, BOUND_IS_DONE, -1),
	};

	life_close(s->life, s->ev->ts_ns, from, &closing);
	acceptance_end(s);
	lives_requeue(&s->t->lives, s->life, s->ev->ts_ns);
}

static void on_state(struct step *s)
{
	struct tracker *t = s->t;
	struct life *l = s->life;
	struct life_change *c = &s->out->change;
	bool is_start = identity_is_start(c);

	s->out->has_change = true;
	if (c->from == STATE_CLOSE && c->to == STATE_CLOSE)
		return;
	if (s->out->is_birth || (is_start && l->state == STATE_UNKNOWN)) {
		l->is_start_seen = is_start;
		l->is_cookie_provisional = c->to == STATE_SYN_RECV && !l->tuple.remote.port;
	}
	life_change(l, s->ev->ts_ns, t->section_ns, c);
	if (c->from == STATE_SYN_SENT && c->to != STATE_CLOSE)
		l->cause = END_UNKNOWN; /* whatever ICMP said */
	s->is_starved |= l->is_starved;
	if (!l->is_start_seen)
		l->from_ns = t->section_ns;
	if (c->to == STATE_LISTEN)
		listening_add(&t->lives, l);
	if (c->to == STATE_SYN_SENT) {
		connecting_add(&t->lives, l);
		acceptance_call(s);
	}
	learn_owner_of_change(s, c);
	if (c->to != STATE_SYN_RECV || tuple_is_complete(&l->tuple))
		read_counters(s, s->out->is_birth && !is_start);
	if (c->to == STATE_SYN_RECV || c->to == STATE_ESTABLISHED) {
		acceptance_inherit(t, l);
		if (l->role == LIFE_SERVER)
			accepting_see(&t->accepting, l, s->ev->cpu);
	}
	if (c->from != STATE_SYN_RECV || c->to != STATE_CLOSE)
		seek_peer(s, c->to == STATE_ESTABLISHED);
	if (c->from == STATE_SYN_RECV && c->to != STATE_CLOSE)
		lives_settle(&t->lives, l, s->ev->ts_ns);
	if (c->to != STATE_CLOSE)
		return;
	on_close(s, c->from);
}

static void on_snapshot(struct step *s)
{
	struct life *l = s->life;
	struct view comm = {0};
	int32_t pid = step_int32(s, BOUND_OWNER_PID, 0);

	if (bound_bytes(s->e, s->ev, BOUND_OWNER_COMM, &comm))
		comm = text_until_nul(comm);
	owner_learn(&l->owner, OWNER_SNAPSHOT, (uint32_t)pid, comm);
	if (s->out->is_birth || l->state == STATE_UNKNOWN) {
		l->state = (uint8_t)step_state(s, BOUND_STATE);
		l->from_ns = s->t->section_ns;
		if (l->phase == LIFE_ALIVE)
			l->since_ns = l->from_ns;
		l->has_peer_closed = tcp_state_peer_closed((enum tcp_state)l->state);
		read_counters(s, true);
		if (l->state == STATE_LISTEN) {
			listening_add(&s->t->lives, l);
			acceptance_read_backlog(s);
		}
		if (l->state == STATE_SYN_SENT)
			l->role = LIFE_CLIENT;
	}
	acceptance_inherit(s->t, l);
	seek_peer(s, true);
}

/* The first sight of a socket was neither a change nor a snapshot. */
static void on_late_birth(struct step *s)
{
	struct life *l = s->life;
	enum tcp_state state = step_state(s, BOUND_STATE);

	if (s->e->kind == EVENT_PROBE) /* fires in no other state */
		state = STATE_ESTABLISHED;
	l->state = (uint8_t)state;
	l->since_ns = l->from_ns = s->t->section_ns;
	acceptance_inherit(s->t, l);
	seek_peer(s, false);
}

static void on_retransmit(struct step *s)
{
	/* From 6.17 the event also tells of retransmits that could not be sent. */
	if (step_int32(s, BOUND_ERR, 0) != 0)
		return;
	s->life->traffic.retransmits++;
	if (s->life->state == STATE_SYN_SENT)
		acceptance_call(s);
}

static void on_retransmit_synack(struct step *s)
{
	s->life->traffic.retransmits++; /* its socket is the listener */
	acceptance_read_queue(s);
}

static void on_destroy(struct step *s)
{
	read_counters(s, false);
	life_leave(s->life, s->ev->ts_ns, true);
	lives_requeue(&s->t->lives, s->life, s->ev->ts_ns);
}

/* Comes with the change to CLOSE. */
static void on_summary(struct step *s)
{
	struct life_past *past;

	read_counters(s, false);
	if (s->t->forgone & FORGO_TRAFFIC)
		return;
	past = life_past(s->life);
	if (past)
		totals_read(&past->totals, s->e, s->ev);
	else
		s->is_starved = true;
}

static void on_probe(struct step *s)
{
	int32_t srtt = 0;

	if (!(s->t->forgone & FORGO_TRAFFIC))
		srtt = step_int32(s, BOUND_SRTT, 0);
	if (srtt > 0)
		s->life->traffic.srtt_us = (uint32_t)srtt;
}

static void on_error_report(struct step *s)
{
	int32_t error = step_int32(s, BOUND_ERROR, 0);

	if (error > 0 && s->life->sk_err <= 0)
		s->life->sk_err = error;
	/* Else a wake-up for the error queue. While connect() has the socket, tcp_v4_err() leaves what an ICMP
	 * message says there, and for the next SO_ERROR: the application closes, not TCP. */
	if (error == 0 && s->life->state == STATE_SYN_SENT)
		s->life->cause = END_TOLD_BY_ICMP;
}

static void on_drop(struct step *s)
{
	if (s->t->forgone & FORGO_TRAFFIC || drop_is_benign(s->e, s->ev, s->t->section))
		return;
	s->life->traffic.drops++;
	if (drop_is_overflow(s->e, s->ev, s->t->section))
		acceptance_overflow(s);
}

/* A socket that closed before its peer did lives on as a mini-socket that no event
 * tells of; but the packet it waits for can be seen. */
static void on_segment(struct step *s)
{
	struct life *l = s->life;

	if (l->phase == LIFE_ALIVE || !l->is_orphan || s->out->receiver != l ||
	    !(step_int32(s, BOUND_TCP_FLAGS, 0) & FLAG_FIN))
		return;
	l->has_peer_closed = true;
	l->is_orphan = false;
	l->is_time_wait = s->out->is_time_wait = true;
	lives_requeue(&s->t->lives, l, s->ev->ts_ns);
}

/* Nobody waits any longer for what comes to an orphan. */
static void end_orphan(struct step *s, struct life *l)
{
	l->is_orphan = false;
	lives_requeue(&s->t->lives, l, s->ev->ts_ns);
}

static void on_send_reset(struct step *s)
{
	struct life *l = s->life;
	const char *reason = bound_name(s->e, s->ev, BOUND_REASON, s->t->section);
	uint64_t skb;
	bool is_answer = step_int(s, BOUND_SKBADDR, &skb) && skb;

	life_reset_out(l, s->ev->ts_ns, is_answer);
	if (!l->cause)
		l->cause = (uint8_t)end_cause_of_reset(l, reason, is_answer);
	if (l->is_orphan && l->end == LIFE_ABORTED)
		end_orphan(s, l);
}

/* Before Linux 6.10 the RST of a mini-socket can only be seen by who gets it. */
static void on_receive_reset(struct step *s)
{
	struct tuple reversed = tuple_reversed(&s->life->tuple);
	struct life *peer;

	life_reset_in(s->life);
	peer = tuple_is_complete(&reversed) ? lives_find_tuple(&s->t->lives, &reversed, s->life)
					    : NULL;
	if (!peer || !peer->is_orphan)
		return;
	life_reset_out(peer, s->ev->ts_ns, true);
	if (!peer->cause && peer->end == LIFE_ABORTED)
		peer->cause = END_LATE_DATA_PEER;
	s->out->sender = peer;
	end_orphan(s, peer);
}

static void on_send_length(struct step *s)
{
	if (!(s->t->forgone & FORGO_TRAFFIC))
		traffic_sent(&s->life->traffic, step_int32(s, BOUND_RET, 0));
	on_call(s, OWNER_CALLER);
}

static void on_recv_length(struct step *s)
{
	if (!(s->t->forgone & FORGO_TRAFFIC))
		traffic_received(&s->life->traffic, step_int32(s, BOUND_RET, 0),
				 step_int32(s, BOUND_FLAGS, 0));
	on_call(s, OWNER_CALLER);
}

static void on_space_adjust(struct step *s)
{
	s->life->has_fetched = true;
	on_call(s, OWNER_READER);
}

void reaction_note(struct step *s)
{
	switch (s->e->kind) {
	case EVENT_SEND_LENGTH:
		on_send_length(s);
		break;
	case EVENT_RECV_LENGTH:
		on_recv_length(s);
		break;
	case EVENT_SENDMSG:
		on_call(s, OWNER_CALLER);
		break;
	case EVENT_SPACE_ADJUST:
		on_space_adjust(s);
		break;
	case EVENT_PROBE:
		on_probe(s);
		break;
	case EVENT_DATA_READY:
		acceptance_wake(s);
		break;
	case EVENT_RETRANSMIT:
		on_retransmit(s);
		break;
	case EVENT_RETRANSMIT_SYNACK:
		on_retransmit_synack(s);
		break;
	case EVENT_LISTENER:
		acceptance_read_queue(s);
		break;
	case EVENT_RECEIVE_RESET:
		on_receive_reset(s);
		break;
	case EVENT_SEND_RESET:
		on_send_reset(s);
		break;
	case EVENT_ERROR_REPORT:
		on_error_report(s);
		break;
	case EVENT_DESTROY:
		on_destroy(s);
		break;
	case EVENT_SUMMARY:
		on_summary(s);
		break;
	case EVENT_DROP:
		on_drop(s);
		break;
	case EVENT_SEGMENT:
		on_segment(s);
		break;
	default:
		break;
	}
}

void reaction_apply(struct step *s)
{
	if (s->ev->ts_ns > s->life->until_ns && s->life->phase == LIFE_ALIVE)
		s->life->until_ns = s->ev->ts_ns;
	if (s->e->kind == EVENT_STATE) {
		on_state(s);
	} else if (s->e->kind == EVENT_SNAPSHOT) {
		on_snapshot(s);
	} else {
		if (s->out->is_birth)
			on_late_birth(s);
		else if (s->is_tuple_new)
			seek_peer(s, false);
		reaction_note(s);
	}
}
