/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * life.h -- one socket life: what a socket was from CLOSE to CLOSE. A socket that is
 * disconnected and connected again has several; a kernel address or a cookie that is
 * used again belongs to another life.
 *
 * Lives are owned by struct lives (lives.h); everybody else holds const pointers for as
 * long as lives.h says. `conn` numbers them 1, 2, 3... in order of first appearance
 * and is never used twice.
 */
#ifndef ANALYZE_LIFE_H
#define ANALYZE_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyze/accept_queue.h"
#include "analyze/owner.h"
#include "analyze/tcp_state.h"
#include "analyze/totals.h"
#include "analyze/traffic.h"
#include "analyze/tuple.h"

enum life_role { LIFE_UNKNOWN = 0, LIFE_CLIENT, LIFE_SERVER, LIFE_LISTENER };

enum life_end {
	LIFE_END_UNKNOWN = 0, /* a listener closed, or the tape does not tell */
	LIFE_OPEN,            /* still there when the tape ended */
	LIFE_FIN,             /* closed in order */
	LIFE_RESET,           /* by the peer's RST */
	LIFE_REFUSED,         /* the peer's RST answered the SYN */
	LIFE_TIMEOUT,         /* retransmissions or keepalives ran out */
	LIFE_ABORTED,         /* this side gave up without a FIN, usually sending a RST */
};

/* Why it ended, and what tells: end_cause.h. */
enum end_cause {
	END_UNKNOWN = 0,
	END_DESTROYED,       /* from outside: ss -K (SOCK_DESTROY), or a BPF program */
	END_UNREACHABLE,     /* ICMP, or no route or neighbour */
	END_UNREAD,          /* closed while received bytes were unread */
	END_NOT_ACCEPTED,    /* the listener closed before anybody accepted it */
	END_LATE_DATA,       /* data came after close; this and the next three */
	END_LATE_DATA_LOCAL, /* the kernel reset it without having got a RST, and sent one */
	END_LATE_DATA_MINI,  /* the mini-socket of FIN_WAIT2 sent a RST */
	END_LATE_DATA_PEER,  /* the peer got one, which is all that tells before Linux 6.10 */
	END_QUEUE_FULL,      /* the listener did not answer: enum queue_trouble */
	END_QUEUE_OVERFLOW,
	END_REQUESTS_FULL, /* of a listener only */
	END_KEEPALIVE,     /* the peer did not answer keepalives */
	END_NO_PORT,       /* connect() found no local port */
	END_GIVEN_UP,      /* closed before the peer had answered */
	END_TOLD_BY_ICMP,  /* and after an ICMP message had come: unreachable */
};

enum life_phase {
	LIFE_ALIVE = 0,
	LIFE_CLOSED, /* reached CLOSE; the socket may still be read, or connect again */
	LIFE_GONE,   /* destroyed, or nothing more can come but stragglers */
};

/* The tables a life is in (lives.h). */
enum life_link { LINK_COOKIE, LINK_SKADDR, LINK_TUPLE, LINK_SEQ, LINK_COUNT };

/* What only lives have that leave one state after the other: most sockets are in the second
 * state of their lives and stay there. */
struct life_past {
	uint64_t state_ns[STATE_COUNT];
	struct totals totals;      /* once it has closed */
	struct accept_queue queue; /* of a listener */
};

struct life {
	uint64_t conn;       /* 0 = not in use */
	uint64_t until_ns;   /* last seen; its end, once it is not alive */
	uint8_t state;       /* enum tcp_state */
	uint8_t left : 4;    /* enum tcp_state: the one before */
	uint8_t opening : 4; /* enum tcp_state: the one that it was in first */
	uint8_t phase : 2;   /* enum life_phase */
	uint8_t role : 2;    /* enum life_role */
	uint8_t cause : 4;   /* enum end_cause, where an event told */
	uint8_t end : 3;     /* enum life_end */
	uint8_t queue : 2;   /* enum queue_trouble: of the listener that it connects to */
	bool is_ipv6 : 1;
	bool is_start_seen : 1;
	bool is_end_seen : 1;
	bool is_since_seen : 1;         /* the entry into `state` is on the tape */
	bool is_tuple_guessed : 1;      /* the local port is that of a SYN that fits */
	bool is_cookie_provisional : 1; /* kernels before 6.15 replace it once */
	bool is_torn : 1;     /* its state changes do not fit together: some are missing */
	bool has_seq : 1;     /* una and nxt are set */
	bool has_backlog : 1; /* backlog and max_backlog are */
	bool has_been_established : 1;
	bool has_peer_closed : 1; /* the peer's FIN was seen */
	bool has_fin_acked : 1;   /* and counted by bytes_acked */
	bool has_reset_in : 1, has_reset_out : 1;
	bool is_time_wait : 1;     /* its end is the beginning of TIME_WAIT */
	bool is_far_listening : 1; /* role unknown: a listener has the remote port */
	bool is_orphan : 1;        /* it ended in FIN_WAIT2, still without the peer's FIN */
	/* A listener's child that never was a connection: two CPUs made one each of one request,
	 * and the other's was first. Its end is not known to be anything. */
	bool is_stillborn : 1;
	bool has_strayed : 1;  /* a listener: a connection was accepted by it or by another one */
	bool is_starved : 1;   /* there was no memory for its past */
	bool has_no_times : 1; /* times in its states are not counted: nobody asks */
	bool is_abandoned : 1; /* its listener closed, and nobody had accepted it */
	bool has_drop_events : 1;       /* those about it, if any, are on the tape */
	bool has_retransmit_events : 1; /* likewise; so are the next two */
	bool has_call_events : 1;       /* lengths of its send and receive calls */
	bool has_packet_events : 1;     /* packets that arrive */
	bool is_queue_full : 1; /* of the listener that it connects to, when it last sent a SYN */
	bool has_fetched : 1;   /* somebody took data from it, by a call or not (splice) */
	/* The next five are lives.c's own, as is what begins at `hash`. */
	uint8_t linked : 4;    /* bit per enum life_link */
	bool is_over : 1;      /* nothing finds it any more */
	uint8_t list : 3;      /* enum life_phase, or another of enum life_lists */
	uint8_t tuple_map : 2; /* enum tuple_map: the one LINK_TUPLE is used for */
	bool has_rival : 1;    /* another has, or had, the same tuple */
	/* How long connections waited for accept(): until the application's first call, which comes
	 * at once after it. Of a listener: how many did, and the longest. */
	uint32_t accept_count; /* of a connection: 1, once it has been called on */
	int32_t sk_err;        /* Linux errno at the end, 0 = none, -1 = not known */
	union {
		uint64_t accept_wait_ns;
		uint64_t listener; /* of a connection not called on yet: conn, 0 = not known */
	};
	struct owner owner;
	struct tuple tuple;
	uint32_t netns;
	uint64_t peer;     /* conn of the other side, 0 = not on the tape */
	uint64_t skaddr;   /* 0 = not known */
	uint64_t cookie;   /* 0 = not known */
	uint64_t first_ns; /* first seen; the start if is_start_seen */
	uint64_t from_ns;  /* its times count from here: its start, or the tape's */
	union {
		uint64_t since_ns; /* alive, or to the tape's end: in `state` since */
		uint64_t due_ns;   /* else: lives.c's own */
	};
	uint64_t opening_ns; /* time in `opening`; life_state_ns() tells that of any */
	struct traffic traffic;
	union {
		struct {
			uint32_t una, nxt; /* snd_una and rcv_nxt when it became ESTABLISHED */
		};
		struct {
			uint32_t backlog, max_backlog; /* of a listener, in the snapshot */
		};
	};
	/* lives.c's own; life_pack() leaves it out, so that it must stay last */
	uint32_t hash;             /* of LINK_TUPLE */
	uint32_t next[LINK_COUNT]; /* numbers, as the next two */
	uint32_t before, after;
	uint32_t number;        /* in the pool */
	struct life_past *past; /* owned by struct lives; NULL: nothing is in it */
};

/* A change of state as the analysis understands it. */
struct life_change {
	enum tcp_state from, to;
	uint64_t duration_ns; /* in `from` */
	bool has_duration;
	bool is_at_least; /* `from` began before the tape did */
};

/* What came with a change to CLOSE. */
struct life_closing {
	int32_t sk_err;  /* -1 = not known */
	int32_t is_done; /* the peer's FIN was received: 1, 0, or -1 = not known */
};

/* `from` -> `to` at ts. Time in `from` is counted; what began before the tape is
 * counted from origin_ns, the tape's beginning. */
void life_change(struct life *l, uint64_t ts_ns, uint64_t origin_ns, struct life_change *change);
/* After life_change() to CLOSE: how did it end? */
void life_close(struct life *l, uint64_t ts_ns, enum tcp_state from,
		const struct life_closing *closing);
/* The socket was destroyed, or was seen no more from ts on. */
void life_leave(struct life *l, uint64_t ts_ns, bool is_seen);
/* The tape ends at ts. */
void life_stop(struct life *l, uint64_t ts_ns);
/* A RST was processed (in) or sent (out) by this socket; `is_answer`: to a packet. */
void life_reset_in(struct life *l);
void life_reset_out(struct life *l, uint64_t ts_ns, bool is_answer);

/* On the heap, with its past; NULL without memory. */
struct life *life_copy(const struct life *l);
void life_free(struct life *copy);
/* Time spent in a state, with the one that it ended in. */
static inline uint64_t life_state_ns(const struct life *l, enum tcp_state state)
{
	uint64_t ns = l->past ? l->past->state_ns[state] : 0;

	if (l->opening == state)
		ns += l->opening_ns;
	if (l->end == LIFE_OPEN && l->state == state && l->until_ns > l->since_ns)
		ns += l->until_ns - l->since_ns;
	return ns;
}
/* What waits at a listener, as far as the tape tells; NULL: nothing, or it is none. */
const struct accept_queue *life_queue(const struct life *l);
/* What TCP counted; NULL when the tape does not tell. */
const struct totals *life_totals(const struct life *l);
/* Its past, to be filled; NULL, and is_starved, without memory. */
struct life_past *life_past(struct life *l);
/* Time from its start, or the tape's, to its end. */
uint64_t life_duration(const struct life *l);
/* Bytes sent and received as best known; false when the tape does not tell. */
bool life_tx_bytes(const struct life *l, uint64_t *out);
bool life_rx_bytes(const struct life *l, uint64_t *out);

const char *life_role_name(enum life_role role); /* "client"; "unknown" */
const char *life_end_name(enum life_end end);    /* "fin"; NULL for unknown */

#endif
