/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * moment.h -- what is worth keeping of one event to tell about it later, when the whole
 * connection is known.
 */
#ifndef ANALYZE_MOMENT_H
#define ANALYZE_MOMENT_H

#include "analyze/lexicon.h"
#include "analyze/tcp_flags.h"
#include "analyze/tracker.h"

struct moment {
	uint64_t ts_ns;
	uint64_t order;           /* of arrival; settles equal times */
	uint64_t conn;            /* the life it belongs to; 0 = not yet known */
	uint64_t sender;          /* packets: the life that sent it; 0 = not known */
	uint64_t duration_ns;     /* changes: time in `from` */
	const char *event;        /* "group:name" */
	const char *word;         /* reason of a drop or reset, or "" */
	const char *place;        /* code location, or "" */
	uint32_t seq, ack, bytes; /* packets, tcp_probe */
	uint32_t cwnd, srtt_us;   /* tcp_probe */
	int32_t value;            /* ret, err or sk_err */
	int32_t flags;            /* of a receive call */
	uint8_t kind;             /* enum event_kind */
	uint8_t tcp_flags;
	uint8_t from, to; /* enum tcp_state; of retransmits and errors, `from` is the present one */
	uint8_t end;      /* enum life_end, after a change to CLOSE */
	bool is_remote;   /* the other side's, told by this side's addresses */
	bool has_tcp;     /* tcp_flags, seq, ack, bytes are known */
	bool has_duration, is_at_least;
	bool is_benign;      /* a drop that is housekeeping */
	bool is_time_wait;   /* TIME_WAIT begins */
	bool is_orphan;      /* FIN_WAIT2 goes on unseen */
	bool is_first_close; /* this side sends the first FIN */
	bool is_accepted;    /* already, or never to be: there is nobody to accept() */
	bool is_call_start;  /* EVENT_SENDMSG: a send call begins, and will return `value` */
	bool is_call_end;    /* EVENT_SEND_LENGTH: began with one of those, duration_ns ago */
};

void moment_fill(struct moment *m, const struct item *item, const struct sighting *seen,
		 struct lexicon *lexicon);

#endif
