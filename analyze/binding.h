/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * binding.h -- resolves the names of one section's schemas to indexes, once, so that
 * looking at an event costs no string comparison: which of the events the analysis
 * knows it is, which field holds what, which ref is the task, the socket, the flow.
 *
 * Everything is found by name and anything may be missing: an index of -1 and a ref of
 * 0 yield "not known" in the functions below. Any tracepoint the analysis does not know
 * is EVENT_OTHER, with its refs bound all the same.
 */
#ifndef ANALYZE_BINDING_H
#define ANALYZE_BINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "analyze/tcp_state.h"
#include "format/event.h"
#include "format/section.h"

enum event_kind {
	EVENT_OTHER = 0,
	EVENT_STATE,
	EVENT_DESTROY,
	EVENT_SNAPSHOT,
	EVENT_SUMMARY,
	EVENT_LISTENER,
	EVENT_SEND_LENGTH,
	EVENT_RECV_LENGTH,
	EVENT_SENDMSG,
	EVENT_SPACE_ADJUST,
	EVENT_RCVBUF_GROW,
	EVENT_DATA_READY,
	EVENT_ERROR_REPORT,
	EVENT_PROBE,
	EVENT_CONG_STATE,
	EVENT_CWND_REDUCTION,
	EVENT_RETRANSMIT,
	EVENT_RETRANSMIT_SYNACK,
	EVENT_SEND_RESET,
	EVENT_RECEIVE_RESET,
	EVENT_SEGMENT, /* net:netif_receive_skb: a packet has arrived */
	EVENT_DROP,    /* skb:kfree_skb */
	EVENT_CONSUME, /* skb:consume_skb */
	EVENT_COPY,    /* skb:skb_copy_datagram_iovec */
	EVENT_KIND_COUNT
};

/* Fields of events, under the kernel's names unless said otherwise. */
enum bound_field {
	BOUND_OLDSTATE,
	BOUND_NEWSTATE,
	BOUND_STATE,
	BOUND_RET,
	BOUND_FLAGS,
	BOUND_ERROR,
	BOUND_ERR,
	BOUND_REASON,
	BOUND_LOCATION,
	BOUND_LOCATION_SYMBOL,
	BOUND_PROTOCOL, /* of the link layer: 0x0800 is IPv4 */
	BOUND_PROTO,    /* of IP */
	BOUND_STACK,
	BOUND_IP_SYMBOL,
	BOUND_DATA_LEN,
	BOUND_SND_CWND,
	BOUND_SSTHRESH,
	BOUND_SND_SSTHRESH,
	BOUND_SND_WND,
	BOUND_RCV_WND,
	BOUND_SRTT,
	BOUND_SRTT_US,
	BOUND_SND_UNA,
	BOUND_SND_NXT,
	BOUND_RCV_NXT,
	BOUND_BYTES_ACKED,
	BOUND_BYTES_RECEIVED,
	BOUND_TOTAL_RETRANS,
	BOUND_SK_ERR,
	BOUND_IS_DONE,
	BOUND_SEQ,
	BOUND_END_SEQ,
	BOUND_ACK,
	BOUND_TCP_FLAGS,
	BOUND_PAYLOAD_BYTES,
	BOUND_CONG_STATE,
	BOUND_CA_STATE,
	BOUND_SKBADDR,
	BOUND_ICSK_PENDING,
	BOUND_DSACK_DUPS,
	BOUND_SEGS_OUT,
	BOUND_SEGS_IN,
	BOUND_MIN_RTT_US,
	BOUND_SND_MSS,
	BOUND_RATE_DELIVERED,
	BOUND_RATE_INTERVAL_US,
	BOUND_BUSY_US,
	BOUND_RWND_LIMITED_US,
	BOUND_SNDBUF_LIMITED_US,
	BOUND_MSG_LEFT,
	BOUND_BACKLOG,
	BOUND_MAX_BACKLOG,
	BOUND_REQUESTS,
	BOUND_DROPS,
	BOUND_SEGS,
	BOUND_OWNER_PID,
	BOUND_OWNER_COMM,
	BOUND_SADDR, /* only where the event prints socket addresses */
	BOUND_DADDR,
	BOUND_FIELD_COUNT
};

/* Attributes of the sock dictionary, or, in an event without one, its own fields. */
enum sock_attribute {
	SOCK_SKADDR,
	SOCK_COOKIE,
	SOCK_NETNS,
	SOCK_PROTOCOL,
	SOCK_FAMILY,
	SOCK_SPORT,
	SOCK_DPORT,
	SOCK_SADDR, /* those before are integers */
	SOCK_DADDR,
	SOCK_SADDR_V6,
	SOCK_DADDR_V6,
	SOCK_ATTRIBUTE_COUNT
};

enum flow_attribute {
	FLOW_PROTO,
	FLOW_SPORT,
	FLOW_DPORT,
	FLOW_SADDR,
	FLOW_DADDR,
	FLOW_ATTRIBUTE_COUNT
};

enum task_attribute { TASK_PID, TASK_TID, TASK_COMM, TASK_ATTRIBUTE_COUNT };

enum { BOUND_STATES = 16 };

struct bound {
	enum event_kind kind;
	bool is_bound;
	bool is_tcp; /* the tracepoint fires for TCP sockets only */
	uint8_t task_ref;
	uint8_t sock_ref;
	uint8_t flow_ref;
	bool has_own_sock; /* it may tell of a socket by sock_field, without a sock_ref */
	uint8_t states[BOUND_STATES]; /* number on the tape -> enum tcp_state */
	int16_t field[BOUND_FIELD_COUNT];
	int16_t sock_field[SOCK_ATTRIBUTE_COUNT]; /* only looked at when sock_ref is 0 */
};

struct binding {
	struct bound *events; /* [schema id - 1]; owned */
	size_t count;
	size_t cap;
	uint32_t task_dict, sock_dict, flow_dict; /* schema ids; 0 = none on this tape */
	int16_t task[TASK_ATTRIBUTE_COUNT];
	int16_t sock[SOCK_ATTRIBUTE_COUNT];
	int16_t flow[FLOW_ATTRIBUTE_COUNT];
	bool has_kind[EVENT_KIND_COUNT]; /* the section has a schema of that kind */
};

/* The task that was running, as an event tells it. */
struct task_facts {
	uint32_t pid; /* 0 = idle task or not known */
	uint32_t tid;
	struct view comm; /* up to the first NUL; lent as the event is */
};

/* Caller's storage, all zero at first. Call at ITEM_SECTION after binding_reset(), and
 * again at ITEM_SCHEMA. 0, or ERR_NOMEM. */
int binding_update(struct binding *b, const struct section *s, struct error *err);
void binding_reset(struct binding *b);
void binding_release(struct binding *b);

/* Which fields of a schema, of whatever kind, have the names of sock attributes; -1: none. */
void binding_sock_names(const struct schema *s, int16_t out[SOCK_ATTRIBUTE_COUNT]);

/* What is known about the event's schema; NULL for one that was never bound. */
static inline const struct bound *binding_find(const struct binding *b, const struct event *ev)
{
	size_t i = (size_t)ev->schema->id - 1;

	return i < b->count ? &b->events[i] : NULL;
}

/* Value of a field; false when the tape does not tell. */
static inline bool bound_int(const struct bound *e, const struct event *ev, enum bound_field f,
			     uint64_t *out)
{
	return e->field[f] >= 0 && event_int(ev, e->field[f], out);
}

/* The same in 32 bits, signed; `missing` when the tape does not tell. */
int32_t bound_int32(const struct bound *e, const struct event *ev, enum bound_field f,
		    int32_t missing);
bool bound_bytes(const struct bound *e, const struct event *ev, enum bound_field f,
		 struct view *out);
/* A field that holds a TCP state. */
enum tcp_state bound_state(const struct bound *e, const struct event *ev, enum bound_field f);
/* Name of the value of an enumerated field, or NULL. Lent as the section is. */
const char *bound_name(const struct bound *e, const struct event *ev, enum bound_field f,
		       const struct section *s);
bool binding_task(const struct binding *b, const struct bound *e, const struct event *ev,
		  struct task_facts *out);
/* The characters of a fixed array up to its first NUL. */
struct view text_until_nul(struct view v);

#endif
