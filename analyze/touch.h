/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * touch.h -- events that only show that a life is still there, or add to what it moved: most of
 * a tape. The tracker does the same for them by way of identity.h and flow.h, and more that
 * is not needed when the socket was seen before, is alive, and no view asks what was seen.
 * Private to tracker.c.
 */
#ifndef ANALYZE_TOUCH_H
#define ANALYZE_TOUCH_H

#include "analyze/connecting.h"
#include "analyze/identity.h"
#include "analyze/reaction.h"

/* The live life of the event's own socket, if its entry is known to be that; else NULL. */
static inline struct life *touch_life(const struct tracker *t, const struct event *ev, uint32_t id)
{
	const struct sock_slot *slot = slots_find(&t->socks, run_epoch(ev), id);
	struct life *l = slot ? life_pool_at(&t->lives.pool, slot->life) : NULL;

	return l && l->conn == slot->conn && l->phase == LIFE_ALIVE ? l : NULL;
}

static inline void touch_time(struct life *l, uint64_t ts_ns)
{
	if (ts_ns > l->until_ns && l->phase == LIFE_ALIVE)
		l->until_ns = ts_ns;
}

static inline bool touch_socket(struct tracker *t, const struct bound *e, const struct event *ev,
				uint32_t id)
{
	struct step s;

	s.life = id ? touch_life(t, ev, id) : NULL;
	if (!s.life || (e->kind == EVENT_DATA_READY && s.life->role == LIFE_LISTENER))
		return false;
	touch_time(s.life, ev->ts_ns);
	if (e->kind == EVENT_DATA_READY)
		return true;
	s.t = t;
	s.ev = ev;
	s.e = e;
	reaction_note(&s);
	return true;
}

static inline bool touch_packet(struct tracker *t, const struct bound *e, const struct event *ev,
				uint32_t id)
{
	struct life *l = id ? touch_life(t, ev, id) : NULL;
	struct flow flow = {.sender = NULL};

	if (id && !l)
		return false;
	if (flows_find(&t->flows, &t->lives, &t->binding, e, ev, &flow) && !flow.sender &&
	    !flow.receiver && connecting_has_any(&t->lives))
		return false;
	if (!l)
		l = flow.receiver ? flow.receiver : flow.sender;
	if (l && l->is_orphan)
		return false;
	if (l)
		touch_time(l, ev->ts_ns);
	return true;
}

/* False when the event must be looked at more closely; nothing was done, then. */
static inline bool touch(struct tracker *t, const struct bound *e, const struct event *ev)
{
	uint32_t id = e->sock_ref ? run_ref(ev, e->sock_ref) : 0;

	if (e->has_own_sock && !id)
		return false;
	switch (e->kind) {
	case EVENT_SEND_LENGTH:
	case EVENT_RECV_LENGTH:
	case EVENT_SENDMSG:
	case EVENT_SPACE_ADJUST:
	case EVENT_PROBE:
	case EVENT_DATA_READY:
		return touch_socket(t, e, ev, id);
	case EVENT_SEGMENT:
	case EVENT_CONSUME:
	case EVENT_COPY:
		return touch_packet(t, e, ev, id);
	default:
		return false;
	}
}

#endif
