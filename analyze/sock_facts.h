/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sock_facts.h -- what one event says about its socket: from its entry in the sock
 * dictionary, or, in an event without one, from its own fields.
 */
#ifndef ANALYZE_SOCK_FACTS_H
#define ANALYZE_SOCK_FACTS_H

#include "analyze/binding.h"
#include "analyze/tuple.h"

struct dict_set; /* format/dict.h */

enum { PROTOCOL_TCP = 6 };

struct sock_facts {
	uint64_t skaddr;   /* 0 = not known */
	uint64_t cookie;   /* 0 = not known */
	uint32_t netns;    /* 0 = not known */
	uint16_t protocol; /* 0 = not known */
	bool is_ipv6;      /* an AF_INET6 socket, whatever it talks */
	bool is_child;     /* a listener's, which may never be a connection; the caller's to set */
	struct tuple tuple;
};

/* False when the event has no socket. */
bool sock_facts_read(const struct binding *b, const struct bound *e, const struct event *ev,
		     struct sock_facts *out);
/* The ends of the request that an event about a listener tells of besides its socket
 * (tcp_retransmit_synack); *out stays as it is where the event does not tell. */
void sock_facts_request(const struct bound *e, const struct event *ev, struct tuple *out);
/* What entry `id` of the sock dictionary `dict` says, whose attributes are at `index`
 * (binding_sock_names). False when it is that of no socket. */
bool sock_facts_of_entry(const int16_t index[SOCK_ATTRIBUTE_COUNT], const struct dict_set *dicts,
			 uint32_t dict, uint32_t id, struct sock_facts *out);

#endif
