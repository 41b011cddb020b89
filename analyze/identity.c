/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * identity.c -- from an event's socket to its life: by the slot of its dictionary entry
 * when that is known, else by cookie and kernel address.
 */
#include "analyze/identity.h"

void identity_init(struct slots *socks)
{
	slots_init(socks, sizeof(struct sock_slot));
}

/* May an event of this kind be the first sight of a socket worth telling about? */
static bool may_begin(const struct step *s)
{
	const struct tuple *tuple = &s->facts.tuple;
	enum tcp_state state;

	switch (s->e->kind) {
	case EVENT_STATE:
		if (s->out->change.from == STATE_CLOSE && s->out->change.to == STATE_CLOSE)
			return false;
		return tuple->local.port || tuple->remote.port;
	case EVENT_SNAPSHOT:
		state = step_state(s, BOUND_STATE);
		return state != STATE_TIME_WAIT && state != STATE_NEW_SYN_RECV &&
		       state != STATE_CLOSE && state != STATE_BOUND_INACTIVE;
	case EVENT_OTHER:
	case EVENT_SEND_RESET:
	case EVENT_RETRANSMIT_SYNACK:
	case EVENT_SEGMENT:
	case EVENT_DROP:
	case EVENT_CONSUME:
	case EVENT_COPY:
		return false;
	default:
		return tuple_is_complete(tuple);
	}
}

static bool is_tcp(const struct step *s)
{
	return s->facts.protocol
		       ? s->facts.protocol == PROTOCOL_TCP
		       : s->e->is_tcp || s->e->kind == EVENT_STATE || s->e->kind == EVENT_SNAPSHOT;
}

/* The socket has another tuple than the life had: what lay between was not seen. */
static bool is_moved(const struct life *l, const struct tuple *tuple)
{
	return tuple_is_complete(&l->tuple) && tuple_is_complete(tuple) && !l->is_tuple_guessed &&
	       !tuple_equal(&l->tuple, tuple);
}

static void find_or_begin(struct step *s)
{
	struct lives *lives = &s->t->lives;
	struct life *l = lives_find(lives, &s->facts);
	bool is_state = s->e->kind == EVENT_STATE;

	s->facts.is_child = is_state && (s->out->change.from == STATE_LISTEN ||
					 s->out->change.from == STATE_SYN_RECV);
	if (l && !(is_state && identity_is_another(&s->out->change, l)) &&
	    !is_moved(l, &s->facts.tuple)) {
		s->is_tuple_new = lives_learn(lives, l, &s->facts);
		s->life = l;
		return;
	}
	if (!may_begin(s))
		return;
	if (l)
		lives_retire(lives, l, s->ev->ts_ns);
	s->life = lives_begin(lives, &s->facts, s->ev->ts_ns);
	s->out->is_birth = s->life != NULL;
	s->is_starved = s->life == NULL;
	/* A socket that was disconnected connects: its port may still be that of the connection
	 * before, until it is ESTABLISHED (tcp_disconnect() leaves inet_sport). */
	if (l && s->life && is_state && s->out->change.to == STATE_SYN_SENT)
		s->life->is_tuple_guessed = tuple_is_complete(&s->life->tuple);
}

void identity_search(struct step *s, struct sock_slot *slot)
{
	if (!sock_facts_read(&s->t->binding, s->e, s->ev, &s->facts))
		return;
	if (!is_tcp(s)) {
		if (slot)
			slot->is_foreign = s->facts.protocol != 0;
		return;
	}
	find_or_begin(s);
	if (slot && s->life) {
		slot->life = life_number(s->life) & INT32_MAX;
		slot->conn = (uint32_t)s->life->conn;
	}
}
