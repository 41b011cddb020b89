/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* route.c -- which events need no closer look, and where their sockets and flows are. */
#include "analyze/route.h"

#include "analyze/tracker.h"

static enum route_way way_of(const struct bound *e, unsigned forgone)
{
	switch (e->kind) {
	case EVENT_SEND_LENGTH:
	case EVENT_RECV_LENGTH:
	case EVENT_SENDMSG:
	case EVENT_SPACE_ADJUST:
	case EVENT_RCVBUF_GROW:
	case EVENT_DATA_READY:
	case EVENT_PROBE:
	case EVENT_CONG_STATE:
	case EVENT_CWND_REDUCTION:
		return e->sock_ref ? ROUTE_SOCKET : ROUTE_EVENT;
	case EVENT_SEGMENT:
	case EVENT_DROP:
	case EVENT_CONSUME:
	case EVENT_COPY:
		return forgone & FORGO_PACKETS ? ROUTE_NOWHERE : ROUTE_PACKET;
	default:
		return ROUTE_EVENT;
	}
}

/* reaction_note() has something to do. */
static bool has_more(const struct bound *e, unsigned forgone)
{
	switch (e->kind) {
	case EVENT_SEND_LENGTH:
	case EVENT_RECV_LENGTH:
	case EVENT_SENDMSG:
	case EVENT_SPACE_ADJUST:
		return true;
	case EVENT_PROBE:
	case EVENT_DROP:
		return !(forgone & FORGO_TRAFFIC);
	default: /* a listener's EVENT_DATA_READY apart */
		return false;
	}
}

/* False when the event refers to entries, and which they are cannot be told. */
static bool read_ids(const struct event *ev, int ref, struct run_ids *out)
{
	*out = (struct run_ids){NULL, 0};
	if (ref)
		*out = run_ids(ev, ref);
	return !ref || out->ids;
}

static void bind(struct route *r, const struct binding *b, const struct event *ev, unsigned forgone)
{
	*r = (struct route){.way = ROUTE_EVENT, .bound = binding_find(b, ev)};
	if (!r->bound)
		return;
	r->way = way_of(r->bound, forgone);
	r->has_more = has_more(r->bound, forgone);
	if (r->way != ROUTE_NOWHERE && !(read_ids(ev, r->bound->sock_ref, &r->socks) &&
					 read_ids(ev, r->bound->flow_ref, &r->flows)))
		r->way = ROUTE_EVENT;
}

void route_find(struct routes *rs, const struct binding *b, const struct run *run, unsigned forgone)
{
	uint32_t slot = run_peek(run).slot;
	struct event ev;

	if (slot > ROUTE_SLOTS)
		slot = ROUTE_SLOTS;
	if (rs->used <= slot)
		rs->used = slot + 1;
	if (slot < ROUTE_SLOTS && run_event(run, &ev))
		bind(&rs->of[slot], b, &ev, forgone);
	else
		rs->of[slot].way = ROUTE_EVENT;
}
