/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * flow.c -- headers to lives, remembered per dictionary entry.
 */
#include "analyze/flow.h"

#include <string.h>

#include "analyze/sock_facts.h"
#include "format/run.h"

enum flow_slot_state { SLOT_NEW = 0, SLOT_TCP, SLOT_OTHER };

struct flow_slot {
	uint64_t sender_conn, receiver_conn; /* of the lives at `version`; 0: none */
	uint64_t version;                    /* lives->tuple_version of the last search */
	uint32_t sender, receiver;           /* their numbers in the pool */
	struct tuple tuple;
	uint8_t state; /* enum flow_slot_state */
};

void flows_init(struct flows *fs)
{
	slots_init(&fs->slots, sizeof(struct flow_slot));
}

void flows_reset(struct flows *fs)
{
	slots_reset(&fs->slots);
}

void flows_release(struct flows *fs)
{
	slots_release(&fs->slots);
}

static uint64_t flow_int(const struct binding *b, const struct bound *e, const struct event *ev,
			 enum flow_attribute a)
{
	uint64_t v = 0;

	if (b->flow[a] >= 0)
		event_ref_int(ev, e->flow_ref, b->flow[a], &v);
	return v;
}

static bool flow_address(const struct binding *b, const struct bound *e, const struct event *ev,
			 enum flow_attribute a, uint8_t addr[16])
{
	struct view v;

	if (b->flow[a] < 0 || !event_ref_bytes(ev, e->flow_ref, b->flow[a], &v))
		return false;
	if (view_len(v) != 16)
		return false;
	memcpy(addr, v.p, 16);
	return true;
}

bool flow_read(const struct binding *b, const struct bound *e, const struct event *ev,
	       struct flow_headers *out)
{
	struct tuple *t = &out->tuple;

	if (!e->flow_ref || !event_ref(ev, e->flow_ref) ||
	    !flow_address(b, e, ev, FLOW_SADDR, t->local.addr) ||
	    !flow_address(b, e, ev, FLOW_DADDR, t->remote.addr))
		return false;
	t->local.port = (uint16_t)flow_int(b, e, ev, FLOW_SPORT);
	t->remote.port = (uint16_t)flow_int(b, e, ev, FLOW_DPORT);
	out->protocol = (uint32_t)flow_int(b, e, ev, FLOW_PROTO);
	return true;
}

static void read_slot(struct flow_slot *slot, const struct binding *b, const struct bound *e,
		      const struct event *ev)
{
	struct flow_headers headers;

	slot->state = SLOT_OTHER;
	if (!flow_read(b, e, ev, &headers) || headers.protocol != PROTOCOL_TCP)
		return;
	slot->tuple = headers.tuple;
	slot->state = SLOT_TCP;
	slot->version = UINT64_MAX;
}

static bool is_fresh(const struct life *l, uint64_t conn)
{
	return l && l->conn == conn && l->phase != LIFE_GONE;
}

static void search(struct flow_slot *slot, const struct lives *ls)
{
	struct tuple reversed = tuple_reversed(&slot->tuple);
	const struct life *sender = lives_find_tuple(ls, &slot->tuple, NULL);
	const struct life *receiver = lives_find_tuple(ls, &reversed, NULL);

	slot->sender = life_number(sender);
	slot->receiver = life_number(receiver);
	slot->sender_conn = sender ? sender->conn : 0;
	slot->receiver_conn = receiver ? receiver->conn : 0;
	slot->version = ls->tuple_version;
}

static struct life *still(struct life *l, uint64_t conn)
{
	return l && l->conn == conn && !l->is_over ? l : NULL;
}

bool flows_find(struct flows *fs, const struct lives *ls, const struct binding *b,
		const struct bound *e, const struct event *ev, struct flow *out)
{
	uint32_t id = e->flow_ref ? run_ref(ev, e->flow_ref) : 0;
	struct flow_slot *slot = id ? slots_at(&fs->slots, run_epoch(ev), id) : NULL;

	if (!slot)
		return false;
	if (slot->state == SLOT_NEW)
		read_slot(slot, b, e, ev);
	if (slot->state != SLOT_TCP)
		return false;
	if (slot->version != ls->tuple_version &&
	    !(is_fresh(life_pool_at(&ls->pool, slot->sender), slot->sender_conn) &&
	      is_fresh(life_pool_at(&ls->pool, slot->receiver), slot->receiver_conn)))
		search(slot, ls);
	out->tuple = slot->tuple;
	out->sender = still(life_pool_at(&ls->pool, slot->sender), slot->sender_conn);
	out->receiver = still(life_pool_at(&ls->pool, slot->receiver), slot->receiver_conn);
	return true;
}
