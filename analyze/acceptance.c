/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* acceptance.c -- listeners are found anew at each event: nothing is kept but in lives. */
#include "analyze/acceptance.h"

#include <string.h>

#include "analyze/listening.h"

/* A listener with a long queue takes so long to close it, at most. */
#define ABANDONMENT_NS UINT64_C(10000000)

void acceptance_inherit(struct tracker *t, struct life *l)
{
	struct life *listener = NULL;

	if (l->role == LIFE_SERVER || l->role == LIFE_UNKNOWN)
		listener = listening_find_of(&t->lives, l);
	if (!listener) {
		/* One of several that share the port. */
		if (l->role == LIFE_UNKNOWN && listening_find(&t->lives, &l->tuple.local, l->netns))
			l->role = LIFE_SERVER;
		if (l->role == LIFE_UNKNOWN)
			l->is_far_listening |= listening_find(&t->lives, &l->tuple.remote,
							      l->netns) != NULL;
		return;
	}
	/* A connection on a listener's port was accepted there. */
	l->role = LIFE_SERVER;
	owner_inherit(&l->owner, &listener->owner);
	if (listener->past)
		memcpy(listener->past->queue.addr, l->tuple.local.addr,
		       sizeof(l->tuple.local.addr));
}

void acceptance_call(struct step *s)
{
	struct life *l = s->life;
	const struct life *listener = listening_find_called(&s->t->lives, &l->tuple, l->netns);
	const struct accept_queue *queue = listener ? life_queue(listener) : NULL;

	l->queue = l->is_queue_full ? QUEUE_FULL : QUEUE_FINE;
	l->is_queue_full = queue && queue->is_full;
}

void acceptance_read_queue(struct step *s)
{
	uint64_t backlog, most, requests, drops;
	struct life_past *past;

	if (s->life->role != LIFE_LISTENER || !step_int(s, BOUND_BACKLOG, &backlog) ||
	    !step_int(s, BOUND_MAX_BACKLOG, &most))
		return;
	past = life_past(s->life);
	if (!past)
		return;
	accept_queue_tell(&past->queue, (uint32_t)backlog, (uint32_t)most);
	if (step_int(s, BOUND_REQUESTS, &requests) && step_int(s, BOUND_DROPS, &drops))
		accept_queue_tell_more(&past->queue, (uint32_t)requests, (uint32_t)drops,
				       s->life->is_start_seen);
}

void acceptance_read_backlog(struct step *s)
{
	uint64_t backlog, most;

	if (!step_int(s, BOUND_BACKLOG, &backlog) || !step_int(s, BOUND_MAX_BACKLOG, &most))
		return;
	s->life->backlog = (uint32_t)backlog;
	s->life->max_backlog = (uint32_t)most;
	s->life->has_backlog = true;
	acceptance_read_queue(s);
}

void acceptance_overflow(struct step *s)
{
	struct tracker *t = s->t;
	struct life *listener;
	struct flow flow;

	if (!flows_find(&t->flows, &t->lives, &t->binding, s->e, s->ev, &flow))
		return;
	if (flow.sender)
		flow.sender->queue = QUEUE_OVERFLOW;
	listener = s->life->role == LIFE_LISTENER
			   ? s->life
			   : listening_find_only(&t->lives, &flow.tuple->remote, s->life->netns);
	if (listener && life_past(listener))
		accept_queue_overflow(&listener->past->queue);
}

void acceptance_wake(struct step *s)
{
	struct life *listener = s->life, *child;

	if (listener->role != LIFE_LISTENER)
		return;
	acceptance_read_queue(s);
	child = accepting_take(&s->t->accepting, &s->t->lives, listener, s->ev->cpu);
	if (!child || child->accept_count)
		return;
	child->listener = listener->conn;
	if (child->owner.source == OWNER_LISTENER) /* one on the same port, so far */
		child->owner.source = OWNER_UNKNOWN;
	owner_inherit(&child->owner, &listener->owner);
}

bool acceptance_note(struct step *s)
{
	struct life *l = s->life, *listener;
	uint64_t since_ns;

	if (l->role != LIFE_SERVER || l->accept_count || !l->is_start_seen ||
	    !(l->has_been_established || l->state == STATE_SYN_RECV))
		return false;
	listener = listening_find_of(&s->t->lives, l);
	since_ns = s->ev->ts_ns > l->since_ns ? s->ev->ts_ns - l->since_ns : 0;
	l->accept_wait_ns = life_state_ns(l, STATE_ESTABLISHED) +
			    life_state_ns(l, STATE_CLOSE_WAIT) +
			    (tcp_state_is_open((enum tcp_state)l->state) ? since_ns : 0);
	l->accept_count = 1;
	if (!listener) {
		listener = listening_find(&s->t->lives, &l->tuple.local, l->netns);
		if (listener)
			listening_note_stray(&s->t->lives, listener);
		return true;
	}
	listener->accept_count++;
	if (listener->past)
		accept_queue_accept(&listener->past->queue);
	if (l->accept_wait_ns > listener->accept_wait_ns)
		listener->accept_wait_ns = l->accept_wait_ns;
	return true;
}

static bool has_reset_reasons(const struct binding *b)
{
	for (size_t i = 0; i < b->count; i++)
		if (b->events[i].kind == EVENT_SEND_RESET && b->events[i].field[BOUND_REASON] >= 0)
			return true;
	return false;
}

/* A listener that closes takes those with it that nobody has accepted: inet_csk_listen_stop(). Else a
 * process that ends closes both; what has unread data is aborted then, too, which reasons tell apart. */
void acceptance_end(struct step *s)
{
	struct life *l = s->life;
	const struct life *listener;

	if (l->role != LIFE_SERVER || l->accept_count || l->end != LIFE_ABORTED || l->sk_err > 0 ||
	    (l->traffic.received > l->traffic.received_base && !has_reset_reasons(&s->t->binding)))
		return;
	listener = listening_find_of(&s->t->lives, l);
	l->is_abandoned = listener && listener->phase != LIFE_ALIVE && listener->is_end_seen &&
			  s->ev->ts_ns - listener->until_ns < ABANDONMENT_NS;
}
