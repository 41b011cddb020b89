/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * build_tape.h -- makes a tape in memory, event by event, as a recorder would, for the
 * tests of analyze/. Times are nanoseconds; tape_ready() gives a cursor over it.
 */
#ifndef TESTS_ANALYZE_BUILD_TAPE_H
#define TESTS_ANALYZE_BUILD_TAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyze/tcp_state.h"
#include "format/cursor.h"
#include "format/writer.h"

enum build_event {
	BUILD_STATE,
	BUILD_DESTROY,
	BUILD_SNAPSHOT,
	BUILD_SEND,
	BUILD_RECV,
	BUILD_SPACE_ADJUST,
	BUILD_PROBE,
	BUILD_CONG_STATE,
	BUILD_CWND_REDUCTION,
	BUILD_RETRANSMIT,
	BUILD_RETRANSMIT_SYNACK,
	BUILD_SUMMARY,
	BUILD_SEND_RESET,
	BUILD_RECEIVE_RESET,
	BUILD_DATA_READY,
	BUILD_ERROR_REPORT,
	BUILD_SEGMENT,
	BUILD_DROP,
	BUILD_CONSUME,
	BUILD_FOREIGN, /* an event the analysis does not know */
	BUILD_EVENT_COUNT
};

struct build_tape {
	struct sink *sink;
	struct writer *writer;
	struct source *source;
	struct cursor *cursor;
	uint32_t dict_task, dict_sock, dict_flow, dict_symbol;
	uint16_t states, reasons, reset_reasons, flags;
	uint32_t schemas[BUILD_EVENT_COUNT]; /* 0 = not on this tape */
	uint32_t left_out;                   /* bit per enum build_event, before tape_begin() */
	uint32_t pid;                        /* the running task, for what follows */
	const char *comm;
	uint32_t cpu;
};

/* A socket as events print it. Addresses are text: "127.0.0.1", "::1". */
struct build_sock {
	uint64_t skaddr;
	uint64_t cookie;
	uint32_t netns;
	uint16_t protocol;
	bool is_ipv6; /* an AF_INET6 socket, even with an IPv4 address */
	const char *laddr, *raddr;
	uint16_t lport, rport;
};

/* What comes with a state change; all zero is fine. */
struct build_extra {
	uint32_t una, nxt;
	uint64_t acked, received;
	int32_t sk_err;
	uint32_t srtt_us;
	bool is_done;
	bool is_absent; /* a kernel or recorder without extras */
};

struct build_probe {
	uint32_t data_len, cwnd, ssthresh, srtt;
	uint32_t snd_nxt, snd_una, snd_wnd, rcv_wnd, rcv_nxt;
};

struct build_snapshot {
	enum tcp_state state;
	uint32_t owner_pid;
	const char *owner_comm;
	uint64_t acked, received;
	uint32_t una, nxt;
	uint32_t srtt_us, min_rtt_us, cwnd, ssthresh;
};

struct build_segment {
	const char *from, *to;
	uint16_t sport, dport;
	uint8_t flags; /* FIN=1 SYN=2 RST=4 PSH=8 ACK=16 */
	uint32_t seq, ack, payload;
};

void tape_begin(struct build_tape *b);
/* Another recording behind it, as cat joins them, without these events. */
void tape_next_section(struct build_tape *b, uint32_t left_out);
/* Ends the tape and opens it. The cursor is the tape's. */
struct cursor *tape_ready(struct build_tape *b);
void tape_release(struct build_tape *b);

/* What the recorder says about the section; before any event. */
void tape_fact(struct build_tape *b, const char *key, const char *value);
void tape_run(struct build_tape *b, uint32_t pid, const char *comm);
void tape_state(struct build_tape *b, uint64_t ts, const struct build_sock *s, enum tcp_state from,
		enum tcp_state to);
void tape_state_with(struct build_tape *b, uint64_t ts, const struct build_sock *s,
		     const enum tcp_state change[2], const struct build_extra *x);
void tape_send(struct build_tape *b, uint64_t ts, const struct build_sock *s, int32_t ret);
void tape_recv(struct build_tape *b, uint64_t ts, const struct build_sock *s, int32_t ret,
	       int32_t flags);
void tape_probe(struct build_tape *b, uint64_t ts, const struct build_sock *s, uint32_t data_len);
void tape_probe_with(struct build_tape *b, uint64_t ts, const struct build_sock *s,
		     const struct build_probe *x);
void tape_cong_state(struct build_tape *b, uint64_t ts, const struct build_sock *s, uint8_t state);
void tape_error_report(struct build_tape *b, uint64_t ts, const struct build_sock *s,
		       int32_t error);
void tape_cwnd_reduction(struct build_tape *b, uint64_t ts, const struct build_sock *s);
void tape_retransmit(struct build_tape *b, uint64_t ts, const struct build_sock *s, int32_t err);
/* As a recorder that knows more tells it: seq to seq + bytes. */
struct build_retransmit {
	enum tcp_state state; /* 0 = ESTABLISHED */
	uint32_t seq, bytes;
	uint8_t ca_state, pending;
	int32_t err;
};
void tape_retransmit_with(struct build_tape *b, uint64_t ts, const struct build_sock *s,
			  const struct build_retransmit *x);
void tape_summary(struct build_tape *b, uint64_t ts, const struct build_sock *s, uint32_t retrans,
		  uint32_t dsacks, uint32_t min_rtt_us);
void tape_destroy(struct build_tape *b, uint64_t ts, const struct build_sock *s);
void tape_destroy_with(struct build_tape *b, uint64_t ts, const struct build_sock *s,
		       uint64_t acked, uint64_t received);
void tape_snapshot(struct build_tape *b, uint64_t ts, const struct build_sock *s,
		   const struct build_snapshot *x);
/* BUILD_SPACE_ADJUST, BUILD_SEND_RESET, BUILD_RECEIVE_RESET, BUILD_DATA_READY, BUILD_FOREIGN */
void tape_sock_event(struct build_tape *b, uint64_t ts, enum build_event kind,
		     const struct build_sock *s);
/* With the kernel's number of the reason: RESET_NOT_SPECIFIED, ... */
void tape_send_reset(struct build_tape *b, uint64_t ts, const struct build_sock *s,
		     uint32_t reason);
/* One that answers a packet; `is_mini`: that came to a mini-socket of the same addresses. */
void tape_reset_answer(struct build_tape *b, uint64_t ts, const struct build_sock *s,
		       uint32_t reason, bool is_mini);
void tape_segment(struct build_tape *b, uint64_t ts, const struct build_segment *x);
void tape_drop(struct build_tape *b, uint64_t ts, const struct build_segment *x, uint32_t reason);
/* What was dropped at a place in the kernel, with a socket (NULL = without). */
void tape_drop_at(struct build_tape *b, uint64_t ts, const struct build_segment *x, uint32_t reason,
		  const char *place, const struct build_sock *s);
/* The packet that tape_reset_answer() was about. */
void tape_drop_answered(struct build_tape *b, uint64_t ts, const struct build_segment *x);
void tape_consume(struct build_tape *b, uint64_t ts, const struct build_segment *x);
void tape_loss(struct build_tape *b, uint64_t from, uint64_t to, enum build_event kind);

/* The kernel's number of a state. */
uint64_t tape_state_number(enum tcp_state s);
/* A tape that cannot be built is the test's fault: complain and abort. */
void tape_check(int rc, const struct error *err);

enum {
	RESET_NOT_SPECIFIED = 0,
	RESET_NO_SOCKET = 1,
	RESET_TIMEWAIT_SOCKET = 5,
	RESET_ABORT_ON_DATA = 8,
	RESET_ABORT_ON_CLOSE = 11,
	RESET_TCP_STATE = 14
};

/* Drop reasons of the built tapes. */
enum {
	REASON_NONE = 0, /* a kernel that has no reasons */
	REASON_NOT_SPECIFIED = 2,
	REASON_NO_SOCKET = 3,
	REASON_NETFILTER_DROP = 8,
	REASON_TCP_OLD_DATA = 30,
	REASON_TCP_FASTOPEN = 46,
	REASON_TCP_INVALID_SYN = 47,
	REASON_QDISC_DROP = 64,
};

/* A client and a server on 127.0.0.1: 40112 -> 8080, pids 3209 and 2377. The client
 * asks 2 bytes, the server answers 11 and closes first. The listener is snapshotted at
 * t0; the client connects at t0 + 1 ms. */
extern const struct build_sock hello_listener, hello_client, hello_server;
void tape_hello(struct build_tape *b, uint64_t t0);

/* Parts of it. connect() of a socket that has no port yet; both ends in ESTABLISHED, within 3 us; the end
 * of a socket, with what sk_err is then. */
void tape_connect(struct build_tape *b, uint64_t ts, const struct build_sock *s);
void tape_establish(struct build_tape *b, uint64_t ts);
void tape_close(struct build_tape *b, uint64_t ts, const struct build_sock *s, enum tcp_state from,
		int32_t sk_err);

#endif
