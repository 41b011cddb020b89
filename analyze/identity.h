/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * identity.h -- which socket life an event's socket is in. A life begins here.
 */
#ifndef ANALYZE_IDENTITY_H
#define ANALYZE_IDENTITY_H

#include "analyze/step.h"

/* What a sock dictionary entry was found to be. There is one for each entry of two epochs, and fewer lives in
 * these than 32 bits can tell apart. */
struct sock_slot {
	uint32_t conn;           /* of its life, when that was found: the low bits */
	uint32_t life : 31;      /* number in the pool */
	uint32_t is_foreign : 1; /* not a TCP socket */
};

void identity_init(struct slots *socks);
/* What identity_resolve() does when the entry, `slot`, tells nothing yet; NULL: there is none. */
void identity_search(struct step *s, struct sock_slot *slot);

/* c is where a socket's life begins, and not a change of one that was there before. */
static inline bool identity_is_start(const struct life_change *c)
{
	if (c->from == STATE_LISTEN)
		return c->to == STATE_SYN_RECV;
	return c->from == STATE_CLOSE && c->to != STATE_CLOSE;
}

/* A state event begins another life than the one found for its socket. */
static inline bool identity_is_another(const struct life_change *c, const struct life *found)
{
	if (found->phase != LIFE_ALIVE) /* closed lives do not change any more */
		return c->to != STATE_CLOSE;
	return identity_is_start(c) && found->state != STATE_UNKNOWN;
}

/* The life this dictionary entry was found to be in, if it still is. */
static inline struct life *identity_remembered(const struct step *s, const struct sock_slot *slot)
{
	struct life *l = slot ? life_pool_at(&s->t->lives.pool, slot->life) : NULL;

	if (!l || (uint32_t)l->conn != slot->conn || l->phase == LIFE_GONE)
		return NULL;
	if (s->e->kind == EVENT_STATE && identity_is_another(&s->out->change, l))
		return NULL;
	return l;
}

/* Sets s->life, s->is_tuple_new and s->out->is_birth. The life stays NULL when the
 * event has no socket, one that is not TCP, one not worth telling about, or without
 * memory. */
static inline void identity_resolve(struct step *s)
{
	uint32_t id = s->e->sock_ref ? run_ref(s->ev, s->e->sock_ref) : 0;
	struct sock_slot *slot = id ? slots_at(&s->t->socks, run_epoch(s->ev), id) : NULL;

	if (slot && slot->is_foreign)
		return;
	s->life = identity_remembered(s, slot);
	if (!s->life && (id || s->e->has_own_sock))
		identity_search(s, slot);
}

#endif
