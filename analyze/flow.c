/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * flow.c -- headers to lives, remembered per dictionary entry.
 */
#include "analyze/flow.h"

#include <string.h>

#include "analyze/sock_facts.h"
#include "format/dict.h"
#include "format/run.h"

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

static uint64_t flow_int(const struct dict_entry *e, int attribute)
{
	uint64_t v;

	return dict_entry_int(e, attribute, &v) ? v : 0;
}

static bool flow_address(const struct dict_entry *e, int attribute, uint8_t addr[16])
{
	struct view v;

	if (!dict_entry_attribute(e, attribute, &v) || view_len(v) != 16)
		return false;
	memcpy(addr, v.p, 16);
	return true;
}

static bool read_headers(const struct binding *b, const struct bound *e, const struct event *ev,
			 uint32_t *protocol, struct tuple *t)
{
	uint32_t id = e->flow_ref ? event_ref(ev, e->flow_ref) : 0;
	struct dict_entry entry;

	if (!id || !dict_set_find(event_dicts(ev), ev->schema->refs[e->flow_ref - 1], id, &entry) ||
	    !flow_address(&entry, b->flow[FLOW_SADDR], t->local.addr) ||
	    !flow_address(&entry, b->flow[FLOW_DADDR], t->remote.addr))
		return false;
	t->local.port = (uint16_t)flow_int(&entry, b->flow[FLOW_SPORT]);
	t->remote.port = (uint16_t)flow_int(&entry, b->flow[FLOW_DPORT]);
	*protocol = (uint32_t)flow_int(&entry, b->flow[FLOW_PROTO]);
	return true;
}

bool flow_read(const struct binding *b, const struct bound *e, const struct event *ev,
	       struct flow_headers *out)
{
	return read_headers(b, e, ev, &out->protocol, &out->tuple);
}

/* The tuple is read to where it stays: words of a copy could not be had before all of it is there. */
static void read_slot(struct flow_slot *slot, const struct lives *ls, const struct binding *b,
		      const struct bound *e, const struct event *ev)
{
	uint32_t protocol;

	slot->state = FLOW_OTHER;
	if (!read_headers(b, e, ev, &protocol, &slot->tuple) || protocol != PROTOCOL_TCP)
		return;
	slot->hash = tuple_hash(&slot->tuple);
	slot->state = FLOW_TCP;
	slot->version = *lives_version(ls, slot->hash) - 1;
}

static void search(struct flow_slot *slot, const struct lives *ls)
{
	struct life *sender, *receiver;

	lives_find_ends(ls, &slot->tuple, slot->hash, &sender, &receiver);
	slot->sender = life_number(sender);
	slot->receiver = life_number(receiver);
	slot->sender_conn = sender ? (uint32_t)sender->conn : 0;
	slot->receiver_conn = receiver ? (uint32_t)receiver->conn : 0;
	slot->version = *lives_version(ls, slot->hash);
}

bool flows_find(struct flows *fs, const struct lives *ls, const struct binding *b,
		const struct bound *e, const struct event *ev, struct flow *out)
{
	uint32_t id = e->flow_ref ? run_ref(ev, e->flow_ref) : 0;
	struct flow_slot *slot = id ? slots_at(&fs->slots, run_epoch(ev), id) : NULL;

	if (!slot)
		return false;
	if (slot->state == FLOW_NEW)
		read_slot(slot, ls, b, e, ev);
	if (slot->state != FLOW_TCP)
		return false;
	if (!flow_is_fresh(slot, ls))
		search(slot, ls);
	out->tuple = &slot->tuple;
	out->sender = flow_end(ls, slot->sender, slot->sender_conn);
	out->receiver = flow_end(ls, slot->receiver, slot->receiver_conn);
	return true;
}
