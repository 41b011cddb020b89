/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * flow.h -- which socket lives a packet belongs to, by its headers: the one that sent
 * it and the one it was sent to. On loopback a tape holds both.
 */
#ifndef ANALYZE_FLOW_H
#define ANALYZE_FLOW_H

#include "analyze/binding.h"
#include "analyze/lives.h"
#include "analyze/slots.h"

struct flow {
	const struct tuple *tuple; /* local = the sender; lent until the next flows_find() */
	struct life *sender;       /* or NULL */
	struct life *receiver;     /* or NULL */
};

/* What the headers of a packet tell; ports are 0 where there are none. */
struct flow_headers {
	uint32_t protocol;  /* of IP: 6 is TCP */
	struct tuple tuple; /* local = the sender */
};

enum flow_slot_state { FLOW_NEW = 0, FLOW_TCP, FLOW_OTHER };

/* What an entry of the flow dictionary was found to be; as small as a struct sock_slot is, for the same reason. */
struct flow_slot {
	uint32_t sender_conn, receiver_conn; /* of the lives at `version`: the low bits */
	uint32_t version;                    /* lives_version() at the last search */
	uint32_t sender, receiver;           /* their numbers in the pool */
	uint32_t hash;                       /* of the tuple */
	uint8_t state;                       /* enum flow_slot_state */
	struct tuple tuple;
};

struct flows {
	struct slots slots; /* of struct flow_slot */
};

/* The life that was found at one end of a flow, until it is over. */
static inline struct life *flow_end(const struct lives *ls, uint32_t number, uint32_t conn)
{
	struct life *l = life_pool_at(&ls->pool, number);

	return l && (uint32_t)l->conn == conn && !l->is_over ? l : NULL;
}

/* The last search would find the same today. */
static inline bool flow_is_fresh(const struct flow_slot *slot, const struct lives *ls)
{
	const struct life *sender, *receiver;

	if (slot->version == *lives_version(ls, slot->hash))
		return true;
	sender = flow_end(ls, slot->sender, slot->sender_conn);
	receiver = flow_end(ls, slot->receiver, slot->receiver_conn);
	return sender && receiver && sender->phase != LIFE_GONE && receiver->phase != LIFE_GONE;
}

/* Caller's storage. */
void flows_init(struct flows *fs);
void flows_reset(struct flows *fs); /* a new section begins */
void flows_release(struct flows *fs);

/* False when the event has no TCP headers. Lives are lent as by lives_find(). */
bool flows_find(struct flows *fs, const struct lives *ls, const struct binding *b,
		const struct bound *e, const struct event *ev, struct flow *out);

/* Whose the packets of entry `id` are, if that was found before and is still so: the receiver, else
 * the sender; NULL when only flows_find() can tell. */
static inline struct life *flows_recall(const struct flows *fs, const struct lives *ls,
					uint32_t epoch, uint32_t id)
{
	const struct flow_slot *slot = slots_find(&fs->slots, epoch, id);
	struct life *receiver;

	if (!slot || slot->state != FLOW_TCP || !flow_is_fresh(slot, ls))
		return NULL;
	receiver = flow_end(ls, slot->receiver, slot->receiver_conn);
	return receiver ? receiver : flow_end(ls, slot->sender, slot->sender_conn);
}

/* False when the event has no IP headers. */
bool flow_read(const struct binding *b, const struct bound *e, const struct event *ev,
	       struct flow_headers *out);

#endif
