/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ledger.h -- where a connection's time went, from one side: every moment of its life is in
 * exactly one item, so that the items add up to its duration. docs/ANALYSIS.md says what each
 * means and rests on.
 */
#ifndef ANALYZE_LEDGER_H
#define ANALYZE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyze/blindspots.h"
#include "analyze/stream.h"

enum ledger_item {
	LEDGER_CONNECT,      /* SYN_SENT, SYN_RECV */
	LEDGER_ACCEPT,       /* established, and the application has not yet touched it */
	LEDGER_IDLE,         /* nothing to do: the client has nothing to ask */
	LEDGER_SENDER_APP,   /* this side's application is to send */
	LEDGER_PEER,         /* the peer is to send, and nothing is known to be under way to it */
	LEDGER_NETWORK,      /* data under way or held back by the congestion window */
	LEDGER_RTO_WAIT,     /* for the retransmission timer, until what was lost is repaired */
	LEDGER_RECOVERY,     /* of losses that were noticed before the timer */
	LEDGER_RWND,         /* the peer's receive window is full */
	LEDGER_SNDBUF,       /* the send buffer is too small */
	LEDGER_RECEIVER_APP, /* data waits for this side's application to read it */
	LEDGER_CLOSING,      /* this side has closed */
	LEDGER_UNKNOWN,
	LEDGER_COUNT
};

enum ledger_congestion { CONGESTION_NONE = 0, CONGESTION_RECOVERY, CONGESTION_LOSS };

/* Start with {0}. */
struct ledger {
	uint64_t ns[LEDGER_COUNT];
	struct stream stream;
	const struct blindspots *blindspots; /* lent, as by ledger_sources; NULL: not seen yet */
	uint64_t at_ns;                      /* counted up to here */
	uint64_t quiet_ns;      /* counted, but nobody knows yet whom for: what ends it tells */
	uint64_t stuck_ns;      /* of NETWORK: since it last made progress */
	uint64_t stuck_quiet;   /* of quiet_ns likewise, with data not yet acknowledged */
	uint64_t window_ns;     /* of NETWORK: since the last tcp_probe */
	uint64_t half_ns;       /* of CLOSING: since something was last read */
	uint64_t rtt_ns;        /* least seen; 0 = none */
	uint64_t base_us[2];    /* the kernel's clocks when the tape began: rwnd, sndbuf */
	uint8_t state;          /* enum tcp_state, up to now */
	uint8_t congestion;     /* enum ledger_congestion */
	uint8_t last;           /* who moved data last; ledger.c's own */
	uint8_t latest;         /* enum ledger_item counted last */
	bool is_begun, is_over; /* nothing more is counted */
	bool is_asker;          /* plays the client; settled with `last` */
	bool is_touched;        /* the application has called */
	bool has_received;
	bool has_flight; /* what is under way can be seen */
	bool has_clocks; /* the kernel's, from the beginning or with base_us */
};

/* What the tape can tell. */
struct ledger_sources {
	struct stream_sources stream;
	const struct blindspots *blindspots; /* lent; must outlive the ledgers */
	bool has_flight;                     /* what is under way */
};

struct ledger_sources ledger_sources_of(const struct tracker *t);
/* An event of `l`, or a packet it sent or was sent. */
void ledger_see(struct ledger *b, const struct ledger_sources *from, const struct sighting *seen,
		const struct event *ev, const struct life *l);
/* The life is over: make the items add up to life_duration(). */
void ledger_finish(struct ledger *b, const struct life *l);

/* "rto_wait_ns", "RTO wait" */
const char *ledger_key(enum ledger_item item);
const char *ledger_title(enum ledger_item item);

#endif
