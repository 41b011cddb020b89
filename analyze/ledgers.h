/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ledgers.h -- the ledgers of all connections that are not over, by their numbers: kept
 * beside the lives, so that only who asks for ledgers pays for them.
 */
#ifndef ANALYZE_LEDGERS_H
#define ANALYZE_LEDGERS_H

#include "analyze/ledger.h"
#include "analyze/conn_map.h"
#include "format/error.h"

/* Start with {0}. */
struct ledgers {
	struct conn_map by_conn; /* -> struct ledger, owned */
};

void ledgers_release(struct ledgers *bs);
/* What the tracker made of an event: count it for whom it concerns. 0 or ERR_NOMEM. */
int ledgers_see(struct ledgers *bs, const struct tracker *t, const struct sighting *seen,
		const struct event *ev, struct error *err);
/* The life is over: its items in nanoseconds, all 0 for a listener, and nothing is kept of it. */
void ledgers_take(struct ledgers *bs, const struct life *l, uint64_t out[LEDGER_COUNT]);

#endif
