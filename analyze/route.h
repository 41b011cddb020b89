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
	ROUTE_UNKNOWN = 0,
	ROUTE_EVENT,   /* each is looked at as an event */
	ROUTE_NOWHERE, /* nobody asks for them */
	ROUTE_SOCKET,  /* they touch the life of their socket */
	ROUTE_PACKET,  /* they touch that of their socket, or whose headers they have */
};

struct route {
	enum route_way way;
	bool has_more;               /* than the time when a life was there */
	const struct bound *bound;   /* lent as the binding is */
	struct run_ids socks, flows; /* entries; without ids if the event has none */
};

enum { ROUTE_SLOTS = 64 }; /* schemas of one block; few have more, which are not followed */

/* Start with {0}. */
struct routes {
	struct route of[ROUTE_SLOTS + 1]; /* [slot]; the last is that of all further ones */
	uint64_t run;                     /* they are of this one */
	uint32_t used;                    /* those from here on are unknown */
};

/* All are unknown: what they were found by is another now. */
static inline void routes_reset(struct routes *rs)
{
	for (uint32_t i = 0; i < rs->used; i++)
		rs->of[i].way = ROUTE_UNKNOWN;
	rs->used = 0;
	rs->run = 0;
}

/* Before rows of the run are asked for. */
static inline void routes_enter(struct routes *rs, const struct run *run)
{
	if (rs->run == run->number)
		return;
	routes_reset(rs);
	rs->run = run->number;
}

/* Of rows of `slot`. */
static inline const struct route *route_at(const struct routes *rs, uint32_t slot)
{
	return &rs->of[slot < ROUTE_SLOTS ? slot : ROUTE_SLOTS];
}

/* Find that of the run's next row; `forgone` are bits of enum forgone. */
void route_find(struct routes *rs, const struct binding *b, const struct run *run,
		unsigned forgone);

#endif
