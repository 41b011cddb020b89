/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * route.h -- what the tracker does with the events of one schema, found once for all rows of a
 * run rather than for each.
 */
#ifndef ANALYZE_ROUTE_H
#define ANALYZE_ROUTE_H

#include "analyze/binding.h"
#include "format/run.h"

enum route_way {
	ROUTE_EVENT = 0, /* each is looked at as an event */
	ROUTE_NOWHERE,   /* nobody asks for them */
	ROUTE_SOCKET,    /* they touch the life of their socket */
	ROUTE_PACKET,    /* they touch that of their socket, or whose headers they have */
};

struct route {
	uint64_t run; /* it is of this one */
	enum route_way way;
	bool has_more;               /* than the time when a life was there */
	const struct bound *bound;   /* lent as the binding is */
	struct run_ids socks, flows; /* entries; without ids if the event has none */
};

enum { ROUTE_SLOTS = 64 }; /* schemas of one block; few have more, which are not followed */

/* Start with {0}. */
struct routes {
	struct route of[ROUTE_SLOTS]; /* [slot] */
};

/* The route of the row that comes next in the run, which is of `slot`. */
static inline const struct route *route_find(struct routes *rs, uint32_t slot, uint64_t run)
{
	return slot < ROUTE_SLOTS && rs->of[slot].run == run ? &rs->of[slot] : NULL;
}

/* The same when it is not known yet; `forgone` are bits of enum forgone. NULL if there can be none. */
const struct route *route_add(struct routes *rs, const struct binding *b, const struct run *run,
			      unsigned forgone);

#endif
