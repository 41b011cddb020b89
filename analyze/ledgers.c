/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* ledgers.c -- one ledger for each life that is neither a listener nor over. */
#include "analyze/ledgers.h"

#include <stdlib.h>
#include <string.h>

void ledgers_release(struct ledgers *bs)
{
	for (size_t i = 0; i < bs->by_conn.size; i++)
		if (bs->by_conn.entries[i].conn)
			free(bs->by_conn.entries[i].value);
	conn_map_release(&bs->by_conn);
}

static struct ledger *find_or_make(struct ledgers *bs, uint64_t conn)
{
	struct ledger *b = conn_map_find(&bs->by_conn, conn);

	if (b)
		return b;
	b = calloc(1, sizeof(*b));
	if (b && !conn_map_set(&bs->by_conn, conn, b)) {
		free(b);
		return NULL;
	}
	return b;
}

static int see_one(struct ledgers *bs, const struct ledger_sources *from,
		   const struct sighting *seen, const struct event *ev, const struct life *l,
		   struct error *err)
{
	struct ledger *b;

	if (!l || l->role == LIFE_LISTENER)
		return 0;
	b = find_or_make(bs, l->conn);
	if (!b)
		return error_nomem(err);
	ledger_see(b, from, seen, ev, l);
	return 0;
}

int ledgers_see(struct ledgers *bs, const struct tracker *t, const struct sighting *seen,
		const struct event *ev, struct error *err)
{
	struct ledger_sources from = ledger_sources_of(t);

	if (!seen->sender && !seen->receiver)
		return see_one(bs, &from, seen, ev, seen->life, err);
	TRY(see_one(bs, &from, seen, ev, seen->receiver, err));
	return see_one(bs, &from, seen, ev, seen->sender, err);
}

void ledgers_take(struct ledgers *bs, const struct life *l, uint64_t out[LEDGER_COUNT])
{
	struct ledger none = {0}, *b = conn_map_find(&bs->by_conn, l->conn);

	memset(out, 0, sizeof(none.ns));
	if (l->role != LIFE_LISTENER) {
		ledger_finish(b ? b : &none, l);
		memcpy(out, b ? b->ns : none.ns, sizeof(none.ns));
	}
	conn_map_remove(&bs->by_conn, l->conn);
	free(b);
}
