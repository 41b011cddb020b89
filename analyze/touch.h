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
#include "analyze/route.h"

/* The live life of the event's own socket, if its entry is known to be that; else NULL. */
static inline struct life *touch_life(const struct tracker *t, uint32_t epoch, uint32_t id)
{
	const struct sock_slot *slot = slots_find(&t->socks, epoch, id);
	struct life *l = slot ? life_pool_at(&t->lives.pool, slot->life) : NULL;

	return l && (uint32_t)l->conn == slot->conn && l->phase == LIFE_ALIVE ? l : NULL;
}

static inline void touch_time(struct life *l, uint64_t ts_ns)
{
	if (ts_ns > l->until_ns && l->phase == LIFE_ALIVE)
		l->until_ns = ts_ns;
}

/* What the next row tells of l besides its time. */
static inline void touch_more(struct tracker *t, const struct bound *e, const struct run *run,
			      struct life *l)
{
	struct event ev;
	struct step s;

	if (!run_event(run, &ev))
		return;
	s.life = l;
	s.t = t;
	s.ev = &ev;
	s.readers = run_readers(&ev);
	s.e = e;
	reaction_note(&s);
}

static inline bool touch_socket(struct tracker *t, const struct route *r, const struct run *run,
				const struct run_place *at)
{
	uint32_t id = run_id(&r->socks, at->schema_row);
	struct life *l = id ? touch_life(t, run->batch->epoch, id) : NULL;

	if (!l)
		return false;
	touch_time(l, at->ts_ns);
	if (r->has_more || l->role == LIFE_LISTENER)
		touch_more(t, r->bound, run, l);
	return true;
}

/* Whose a packet is whose flow was not seen before, or is nobody's as far as is known: *l becomes
 * NULL. False when it must be looked at more closely. */
static inline bool touch_stray(struct tracker *t, const struct bound *e, const struct run *run,
			       struct life **l)
{
	struct flow flow = {.sender = NULL};
	struct event ev;

	if (!run_event(run, &ev))
		return false;
	if (flows_find(&t->flows, &t->lives, &t->binding, e, &ev, &flow) && !flow.sender &&
	    !flow.receiver && connecting_has_any(&t->lives))
		return false;
	*l = flow.receiver ? flow.receiver : flow.sender;
	return true;
}

static inline bool touch_packet(struct tracker *t, const struct route *r, const struct run *run,
				const struct run_place *at)
{
	uint32_t id = r->socks.ids ? run_id(&r->socks, at->schema_row) : 0;
	uint32_t flow = r->flows.ids ? run_id(&r->flows, at->schema_row) : 0;
	uint32_t epoch = run->batch->epoch;
	struct life *own = id ? touch_life(t, epoch, id) : NULL, *l;

	if (id ? !own : r->bound->has_own_sock)
		return false;
	l = flow ? flows_recall(&t->flows, &t->lives, epoch, flow) : NULL;
	if (!l && !touch_stray(t, r->bound, run, &l))
		return false;
	if (own)
		l = own;
	if (l && l->is_orphan)
		return false;
	if (l)
		touch_time(l, at->ts_ns);
	if (l && r->has_more)
		touch_more(t, r->bound, run, l);
	return true;
}

/* The run's next row; false when it must be looked at more closely: nothing was done, then. */
static inline bool touch(struct tracker *t, const struct run *run, const struct run_place *at)
{
	const struct route *r = route_at(&t->routes, at->slot);

	if (r->way == ROUTE_UNKNOWN)
		route_find(&t->routes, &t->binding, run, t->forgone);
	switch (r->way) {
	case ROUTE_NOWHERE:
		return true;
	case ROUTE_SOCKET:
		return touch_socket(t, r, run, at);
	case ROUTE_PACKET:
		return touch_packet(t, r, run, at);
	default:
		return false;
	}
}

#endif
