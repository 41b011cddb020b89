/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * reset.h -- what a RST means: at which stage of its connection it came, and whether an
 * application, somebody else or the kernel by itself decided to send it.
 */
#ifndef ANALYZE_RESET_H
#define ANALYZE_RESET_H

#include "analyze/end_cause.h"

/* The connection ended at most so long ago: it is the RST that ended it. Emulated machines are
 * slow, and nothing else of the kind comes so soon. */
#define RESET_MOMENT_NS UINT64_C(10000000)

enum reset_stage {
	RESET_STAGE_UNKNOWN = 0,
	RESET_SYN,         /* not established yet */
	RESET_ESTABLISHED, /* no data so far */
	RESET_REQUEST,     /* data one way only: an answer was due */
	RESET_RESPONSE,    /* data both ways */
	RESET_CLOSING,     /* after the first FIN */
	RESET_CLOSED,      /* after its end */
};

enum reset_author {
	RESET_AUTHOR_UNKNOWN = 0,
	RESET_APPLICATION,
	RESET_KERNEL,
	RESET_ADMINISTRATOR, /* who destroyed the socket from outside */
};

/* The state that the life was in when the RST came or went. */
enum tcp_state reset_state(const struct life *l, uint64_t ts_ns);
enum reset_stage reset_stage_of(const struct life *l, uint64_t ts_ns);
/* "syn", "established", "request", "response", "closing", "closed"; NULL when not known. */
const char *reset_stage_name(enum reset_stage s);
/* By the kernel's name of the reason; unknown without one, and for NOT_SPECIFIED. */
enum reset_author reset_author_of(const char *reason);
/* It answers a packet to a socket in TIME_WAIT, or to one that waits in FIN_WAIT2 in the same form. */
bool reset_is_time_wait(const char *reason);
/* By the cause of the sender's end, which says more; `author` where it does not. */
enum reset_author reset_author_by_cause(enum end_cause cause, enum reset_author author);
/* Of the life's end, if a RST that it sent at ts belongs to that. */
enum end_cause reset_cause(const struct life *sender, uint64_t ts_ns);

#endif
