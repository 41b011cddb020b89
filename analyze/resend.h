/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * resend.h -- what made TCP send something again, and whether it was needed. The kernel tells the
 * first at once; that the other side had it already shows later, or never.
 *
 * A resend in vain rests on one of four things, in this order of trust:
 *
 *	RESEND_DUPLICATE  the receiver, on the same tape, dropped it as a duplicate
 *	RESEND_UNDONE     TCP left Recovery or Loss before all that was under way then had been
 *	                  acknowledged: it took its reaction back (F-RTO, DSACK, Eifel)
 *	RESEND_DSACKS     as many DSACKs came as segments were sent again on the connection
 *	RESEND_TOO_SOON   it was acknowledged in less time than any round trip took
 */
#ifndef ANALYZE_RESEND_H
#define ANALYZE_RESEND_H

#include <stdbool.h>
#include <stdint.h>

#include "analyze/accept_queue.h"
#include "analyze/binding.h"

enum resend_cause {
	RESEND_UNKNOWN = 0,
	RESEND_SYN,
	RESEND_SYNACK,
	RESEND_FAST,     /* fast retransmit: in Recovery */
	RESEND_RTO,      /* the retransmission timer: in Loss */
	RESEND_TLP,      /* a tail loss probe */
	RESEND_REJECTED, /* in Loss, and no timer ran out: tcp_non_congestion_loss_retransmit() */
};

enum resend_proof {
	RESEND_NO_PROOF = 0,
	RESEND_DUPLICATE,
	RESEND_UNDONE,
	RESEND_DSACKS,
	RESEND_TOO_SOON
};

enum cong_state { CONG_OPEN = 0, CONG_DISORDER, CONG_CWR, CONG_RECOVERY, CONG_LOSS, CONG_UNKNOWN };

struct resend {
	uint64_t ts_ns;
	uint64_t gap_ns;    /* since the same was sent again the last time */
	uint64_t silent_ns; /* since anything came from the peer */
	uint64_t acked_ns;  /* when it was acknowledged; 0 = not seen */
	uint32_t seq, end_seq;
	uint32_t segs;    /* 0 = not known */
	uint32_t attempt; /* how often it has been sent again, this time included */
	int32_t err;      /* Linux errno, below 0: it could not be sent */
	uint8_t cause;    /* enum resend_cause */
	uint8_t proof;    /* enum resend_proof */
	uint8_t state;    /* enum tcp_state */
	uint8_t cong;     /* enum cong_state */
	uint8_t queue;    /* enum queue_trouble: of the listener that did not answer */
	bool has_seq, has_gap, has_silent;
	bool has_timer; /* one was set meanwhile, which a RTO has cleared */
};

/* What an event tcp_retransmit_skb tells; `cong` is what the events before it told. */
void resend_read(struct resend *r, const struct bound *e, const struct event *ev,
		 const struct section *s, enum cong_state cong);
/* The congestion state in a field of an event, or CONG_UNKNOWN. */
enum cong_state cong_state_of(const struct bound *e, const struct event *ev, enum bound_field f,
			      const struct section *s);
/* "TCP_CA_Recovery"; NULL for CONG_UNKNOWN. */
const char *cong_state_name(enum cong_state c);

/* "syn", "synack", "fast", "rto", "tlp", "rejected"; NULL for RESEND_UNKNOWN. */
const char *resend_cause_name(enum resend_cause c);
/* The same but for "failed", "spurious" and "unknown". */
const char *resend_kind(const struct resend *r);
/* What a resend in vain rests on, in a few words; NULL = it is not known to be one. */
const char *resend_proof_text(enum resend_proof p);
bool resend_is_sent(const struct resend *r);

#endif
