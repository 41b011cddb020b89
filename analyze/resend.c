/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * resend.c -- one event tcp_retransmit_skb.
 */
#include "analyze/resend.h"

#include <stddef.h>
#include <string.h>

/* ICSK_TIME_LOSS_PROBE of include/net/inet_connection_sock.h: a macro, and hence without a name on
 * the tape. The timer of a RTO has cleared the field when it sends. */
enum { PENDING_LOSS_PROBE = 5 };

/* enum tcp_ca_state of include/uapi/linux/tcp.h */
static const char *const cong_names[] = {"TCP_CA_Open", "TCP_CA_Disorder", "TCP_CA_CWR",
					 "TCP_CA_Recovery", "TCP_CA_Loss"};

const char *cong_state_name(enum cong_state c)
{
	return c < CONG_UNKNOWN ? cong_names[c] : NULL;
}

enum cong_state cong_state_of(const struct bound *e, const struct event *ev, enum bound_field f,
			      const struct section *s)
{
	const char *name = bound_name(e, ev, f, s);
	uint64_t value;

	for (int c = 0; name && c < CONG_UNKNOWN; c++)
		if (strcmp(name, cong_names[c]) == 0 || strcmp(name, cong_names[c] + 7) == 0)
			return (enum cong_state)c;
	if (!name && bound_int(e, ev, f, &value) && value < CONG_UNKNOWN)
		return (enum cong_state)value;
	return CONG_UNKNOWN;
}

static enum resend_cause cause_of(const struct resend *r, int32_t pending)
{
	if (r->state == STATE_SYN_SENT)
		return RESEND_SYN;
	if (r->cong == CONG_RECOVERY)
		return RESEND_FAST;
	if (r->cong == CONG_LOSS)
		return RESEND_RTO;
	/* While Recovery begins the probe's timer is still set, too. */
	return pending == PENDING_LOSS_PROBE ? RESEND_TLP : RESEND_UNKNOWN;
}

void resend_read(struct resend *r, const struct bound *e, const struct event *ev,
		 const struct section *s, enum cong_state cong)
{
	int32_t pending = bound_int32(e, ev, BOUND_ICSK_PENDING, -1);
	uint64_t seq, end;

	*r = (struct resend){
		.ts_ns = ev->ts_ns,
		.err = bound_int32(e, ev, BOUND_ERR, 0),
		.state = (uint8_t)bound_state(e, ev, BOUND_STATE),
		.cong = (uint8_t)cong_state_of(e, ev, BOUND_CA_STATE, s),
	};
	if (r->cong == CONG_UNKNOWN)
		r->cong = (uint8_t)cong;
	r->cause = (uint8_t)cause_of(r, pending);
	r->has_timer = pending > 0;
	r->segs = (uint32_t)bound_int32(e, ev, BOUND_SEGS, 0);
	r->has_seq = bound_int(e, ev, BOUND_SEQ, &seq) && bound_int(e, ev, BOUND_END_SEQ, &end);
	if (r->has_seq) {
		r->seq = (uint32_t)seq;
		r->end_seq = (uint32_t)end;
	}
}

const char *resend_cause_name(enum resend_cause c)
{
	static const char *const names[] = {NULL,  "syn", "synack",  "fast",
					    "rto", "tlp", "rejected"};

	return names[c];
}

bool resend_is_sent(const struct resend *r)
{
	return r->err == 0;
}

const char *resend_kind(const struct resend *r)
{
	const char *cause = resend_cause_name((enum resend_cause)r->cause);

	if (!resend_is_sent(r))
		return "failed";
	if (r->proof)
		return "spurious";
	return cause ? cause : "unknown";
}

const char *resend_proof_text(enum resend_proof p)
{
	static const char *const texts[] = {
		[RESEND_NO_PROOF] = NULL,
		[RESEND_DUPLICATE] = "dropped as a duplicate",
		[RESEND_UNDONE] = "TCP took its reaction back",
		[RESEND_DSACKS] = "a DSACK for each",
		[RESEND_TOO_SOON] = "acknowledged too soon",
	};

	return texts[p];
}
