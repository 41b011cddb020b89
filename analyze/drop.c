/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * drop.c -- by the recording kernel's name of the reason ("TCP_OLD_DATA").
 */
#include "analyze/drop.h"

#include <string.h>

static const char *const benign[] = {
	"TCP_OLD_DATA",         "TCP_OLD_ACK",       "TCP_OFOMERGE",      "TCP_ACK_UNSENT_DATA",
	"TCP_RFC7323_PAWS_ACK", "TCP_ABORT_ON_DATA", "TCP_RESET",         "QUEUE_PURGE",
	"SOCKET_CLOSE",         "OTHERHOST",         "PACKET_SOCK_ERROR", "CONSUMED",
	"NOT_DROPPED_YET",
};

static const char *bare_name(const char *name)
{
	static const char prefix[] = "SKB_DROP_REASON_";
	size_t len = sizeof(prefix) - 1;

	return strncmp(name, prefix, len) == 0 ? name + len : name;
}

static bool is_at(struct view symbol, const char *prefix)
{
	size_t len = strlen(prefix);

	return view_len(symbol) >= len && memcmp(symbol.p, prefix, len) == 0;
}

/* TCP frees some packets through the path for drops, without a reason, after it has
 * processed them: acknowledgements in the half-closed states, and what reaches the
 * mini-socket of a connection in TIME_WAIT. They carried nothing, so nothing is lost. */
static bool is_processed(const struct bound *e, const struct event *ev)
{
	enum { FIN = 1, SYN = 2, RST = 4 };
	struct view symbol;
	uint64_t flags;

	if (!bound_int(e, ev, BOUND_TCP_FLAGS, &flags) || (flags & SYN) ||
	    bound_int32(e, ev, BOUND_PAYLOAD_BYTES, -1) != 0 ||
	    !bound_bytes(e, ev, BOUND_LOCATION_SYMBOL, &symbol))
		return false;
	if (is_at(symbol, "tcp_rcv_"))
		return !(flags & (FIN | RST));
	return is_at(symbol, "tcp_v4_rcv") || is_at(symbol, "tcp_v6_rcv");
}

/* What still lay in the queues of a socket that closed. Newer kernels call it QUEUE_PURGE. */
static bool is_purged(const struct bound *e, const struct event *ev)
{
	static const char *const purges[] = {"sk_stream_kill_queues", "skb_queue_purge",
					     "skb_rbtree_purge", "inet_sock_destruct"};
	struct view symbol;

	if (!bound_bytes(e, ev, BOUND_LOCATION_SYMBOL, &symbol))
		return false;
	for (size_t i = 0; i < sizeof(purges) / sizeof(purges[0]); i++)
		if (is_at(symbol, purges[i]))
			return true;
	return false;
}

static bool is_housekeeping(const struct bound *e, const struct event *ev)
{
	return is_processed(e, ev) || is_purged(e, ev);
}

bool drop_is_benign(const struct bound *e, const struct event *ev, const struct section *s)
{
	const char *name = bound_name(e, ev, BOUND_REASON, s);

	if (!name)
		return is_housekeeping(e, ev);
	name = bare_name(name);
	for (size_t i = 0; i < sizeof(benign) / sizeof(benign[0]); i++)
		if (strcmp(name, benign[i]) == 0)
			return true;
	return strcmp(name, "NOT_SPECIFIED") == 0 && is_housekeeping(e, ev);
}
