/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * drop.c -- by the recording kernel's name of the reason ("TCP_OLD_DATA"), which differs less
 * between kernels than its number.
 */
#include "analyze/drop.h"

#include <string.h>

#include "analyze/sock_facts.h"
#include "analyze/tcp_flags.h"

struct excuse {
	const char *name; /* of enum skb_drop_reason, include/net/dropreason-core.h */
	const char *text;
};

/* As the kernel describes them there, and in the functions named. */
static const struct excuse reasons[] = {
	/* Sent again in vain; probes of keepalives and closed windows: tcp_data_queue(),
	 * tcp_sequence(), tcp_data_queue_ofo(), inet_frag_queue_insert() */
	{"TCP_OLD_DATA", "duplicate"},
	{"TCP_OLD_SEQUENCE", "duplicate"},
	{"TCP_OFOMERGE", "duplicate"},
	{"DUP_FRAG", "duplicate"},
	/* tcp_ack(), tcp_disordered_ack_check() */
	{"TCP_OLD_ACK", "late ACK"},
	{"TCP_RFC7323_PAWS_ACK", "late ACK"},
	{"TCP_ACK_UNSENT_DATA", "ACK of nothing"},
	/* What both mean for the connection, `resets` tells: tcp_rcv_state_process(),
	 * tcp_validate_incoming() */
	{"TCP_ABORT_ON_DATA", "after close"},
	{"TCP_RESET", "a RST"},
	/* __skb_queue_purge(); sockets of the host itself */
	{"QUEUE_PURGE", "unread at close"},
	{"SOCKET_CLOSE", "unread at close"},
	{"UNIX_DISCONNECT", "unread at close"},
	{"UNIX_SKIP_OOB", "passed over"},
	/* ip_rcv_core() of an interface in promiscuous mode, packet_rcv() */
	{"OTHERHOST", "another host's"},
	{"IPV6_NDISC_NS_OTHERHOST", "another host's"},
	{"PACKET_SOCK_ERROR", "a copy"},
	{"CONSUMED", "used"},
	{"NOT_DROPPED_YET", "used"},
};

/* What was dropped while it was being sent, from the IP layer to the device. */
static const char *const leaving[] = {
	"IP_OUTNOROUTES",    "BPF_CGROUP_EGRESS", "NEIGH_CREATEFAIL",  "NEIGH_FAILED",
	"NEIGH_QUEUEFULL",   "NEIGH_DEAD",        "NEIGH_HH_FILLFAIL", "TC_EGRESS",
	"SECURITY_HOOK",     "QDISC_DROP",        "QDISC_OVERLIMIT",   "QDISC_CONGESTED",
	"CAKE_FLOOD",        "FQ_BAND_LIMIT",     "FQ_HORIZON_LIMIT",  "FQ_FLOW_LIMIT",
	"SKB_GSO_SEG",       "FULL_RING",         "TAP_TXFILTER",      "NO_TX_TARGET",
	"DUALPI2_STEP_DROP", "PSP_OUTPUT",
};

static const char *bare_name(const char *name)
{
	static const char prefix[] = "SKB_DROP_REASON_";
	size_t len = sizeof(prefix) - 1;

	return strncmp(name, prefix, len) == 0 ? name + len : name;
}

const char *drop_reason(const struct bound *e, const struct event *ev, const struct section *s)
{
	const char *name = bound_name(e, ev, BOUND_REASON, s);

	return name ? bare_name(name) : NULL;
}

static bool is_at(struct view symbol, const char *prefix)
{
	size_t len = strlen(prefix);

	return view_len(symbol) >= len && memcmp(symbol.p, prefix, len) == 0;
}

/* TCP frees some packets through the path for drops, without a reason, after it has
 * processed them: acknowledgements in the half-closed states, and what reaches the
 * mini-socket of a connection in TIME_WAIT. They carried nothing, so nothing is lost. */
static bool is_processed(const struct bound *e, const struct event *ev, struct view symbol)
{
	uint64_t flags;

	if (!bound_int(e, ev, BOUND_TCP_FLAGS, &flags) || (flags & FLAG_SYN) ||
	    bound_int32(e, ev, BOUND_PAYLOAD_BYTES, -1) != 0)
		return false;
	if (is_at(symbol, "tcp_rcv_"))
		return !(flags & (FLAG_FIN | FLAG_RST));
	return is_at(symbol, "tcp_v4_rcv") || is_at(symbol, "tcp_v6_rcv");
}

/* Of a handshake that has been understood: the answer to it was lost, or came late. It is answered again. */
static const char *excuse_of_handshake(const char *reason, const struct bound *e,
				       const struct event *ev)
{
	uint64_t flags;

	if (!bound_int(e, ev, BOUND_TCP_FLAGS, &flags))
		return NULL;
	flags &= FLAG_SYN | FLAG_ACK;
	/* tcp_validate_incoming(); a SYN alone is another connection's, or forged. tcp_check_req() of a
	 * server with Fast Open */
	if (strcmp(reason, "TCP_INVALID_SYN") == 0 && flags == (FLAG_SYN | FLAG_ACK))
		return "SYN-ACK again";
	return strcmp(reason, "TCP_FASTOPEN") == 0 && flags == FLAG_SYN ? "SYN again" : NULL;
}

/* By where the kernel freed it. */
static const char *excuse_of_place(const struct bound *e, const struct event *ev)
{
	static const struct excuse places[] = {
		/* newer kernels call it QUEUE_PURGE */
		{"sk_stream_kill_queues", "unread at close"},
		{"skb_queue_purge", "unread at close"},
		{"skb_rbtree_purge", "unread at close"},
		{"inet_sock_destruct", "unread at close"},
	};
	struct view symbol;

	if (!bound_bytes(e, ev, BOUND_LOCATION_SYMBOL, &symbol))
		return NULL;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (is_at(symbol, places[i].name))
			return places[i].text;
	return is_processed(e, ev, symbol) ? "processed" : NULL;
}

const char *drop_excuse(const struct bound *e, const struct event *ev, const struct section *s)
{
	const char *name = drop_reason(e, ev, s);

	if (!name || strcmp(name, "NOT_SPECIFIED") == 0)
		return excuse_of_place(e, ev);
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(name, reasons[i].name) == 0)
			return reasons[i].text;
	return excuse_of_handshake(name, e, ev);
}

bool drop_is_duplicate(const struct bound *e, const struct event *ev, const struct section *s)
{
	const char *excuse = drop_excuse(e, ev, s);

	return excuse && strcmp(excuse, "duplicate") == 0;
}

bool drop_is_benign(const struct bound *e, const struct event *ev, const struct section *s)
{
	return drop_excuse(e, ev, s) != NULL;
}

bool drop_is_overflow(const struct bound *e, const struct event *ev, const struct section *s)
{
	const char *reason = drop_reason(e, ev, s);

	return reason && strcmp(reason, "TCP_LISTEN_OVERFLOW") == 0;
}

static bool is_same_end(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && (address_is_any(a->addr) || address_is_any(b->addr) ||
				      memcmp(a->addr, b->addr, sizeof(a->addr)) == 0);
}

enum drop_way drop_way(const char *reason, const struct sock_facts *sock, const struct tuple *flow)
{
	if (sock && flow) {
		bool is_sender = is_same_end(&sock->tuple.local, &flow->local);
		bool is_receiver = is_same_end(&sock->tuple.local, &flow->remote);

		if (is_sender != is_receiver)
			return is_sender ? DROP_LEAVING : DROP_ARRIVED;
	}
	for (size_t i = 0; reason && i < sizeof(leaving) / sizeof(leaving[0]); i++)
		if (strcmp(reason, leaving[i]) == 0)
			return DROP_LEAVING;
	return flow ? DROP_ARRIVED : DROP_WAY_UNKNOWN;
}
