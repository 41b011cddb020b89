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
	struct tuple tuple;    /* local = the sender */
	struct life *sender;   /* or NULL */
	struct life *receiver; /* or NULL */
};

/* What the headers of a packet tell; ports are 0 where there are none. */
struct flow_headers {
	uint32_t protocol;  /* of IP: 6 is TCP */
	struct tuple tuple; /* local = the sender */
};

struct flows {
	struct slots slots; /* of struct flow_slot; entries of the flow dictionary */
};

/* Caller's storage. */
void flows_init(struct flows *fs);
void flows_reset(struct flows *fs); /* a new section begins */
void flows_release(struct flows *fs);

/* False when the event has no TCP headers. Lives are lent as by lives_find(). */
bool flows_find(struct flows *fs, const struct lives *ls, const struct binding *b,
		const struct bound *e, const struct event *ev, struct flow *out);

/* False when the event has no IP headers. */
bool flow_read(const struct binding *b, const struct bound *e, const struct event *ev,
	       struct flow_headers *out);

#endif
