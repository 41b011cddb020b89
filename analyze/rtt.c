/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* rtt.c -- which events carry round-trip times, and which of them count. */
#include "analyze/rtt.h"

static uint32_t number(const struct event *ev, const struct sighting *seen, enum bound_field field)
{
	uint64_t value;

	return bound_int(seen->bound, ev, field, &value) ? (uint32_t)value : 0;
}

/* A recorder that does not read sockets tells only when the connect was answered. That is no
 * round-trip time if a SYN was repeated. */
static uint32_t time_of_connect(const struct tracker *t, const struct sighting *seen)
{
	const struct life_change *c = &seen->change;

	if (c->from != STATE_SYN_SENT || !c->has_duration || c->is_at_least ||
	    !tracker_binding(t)->has_kind[EVENT_RETRANSMIT] || seen->life->traffic.retransmits)
		return 0;
	return c->duration_ns / 1000 < UINT32_MAX ? (uint32_t)(c->duration_ns / 1000) : 0;
}

static void read_change(const struct tracker *t, const struct event *ev,
			const struct sighting *seen, struct rtt *out)
{
	const struct life_change *c = &seen->change;
	uint64_t srtt;

	if (c->to != STATE_ESTABLISHED && c->to != STATE_CLOSE)
		return;
	if (bound_int(seen->bound, ev, BOUND_SRTT_US, &srtt)) {
		out->srtt_us = (uint32_t)srtt;
		if (c->to == STATE_ESTABLISHED)
			out->handshake_us = (uint32_t)srtt;
	} else if (c->to == STATE_ESTABLISHED) {
		out->handshake_us = time_of_connect(t, seen);
	}
}

bool rtt_read(const struct tracker *t, const struct event *ev, const struct sighting *seen,
	      struct rtt *out)
{
	*out = (struct rtt){0};
	if (!seen->life)
		return false;
	switch (seen->bound->kind) {
	case EVENT_PROBE:
		out->srtt_us = number(ev, seen, BOUND_SRTT);
		break;
	case EVENT_STATE:
		read_change(t, ev, seen, out);
		break;
	case EVENT_SNAPSHOT:
		out->srtt_us = number(ev, seen, BOUND_SRTT_US);
		out->min_us = number(ev, seen, BOUND_MIN_RTT_US);
		break;
	case EVENT_SUMMARY: /* comes with the change to CLOSE, whose srtt is the same */
		out->min_us = number(ev, seen, BOUND_MIN_RTT_US);
		break;
	default:
		break;
	}
	return out->srtt_us || out->handshake_us || out->min_us;
}

static void keep_least(uint32_t *least, uint32_t us)
{
	if (us && (!*least || us < *least))
		*least = us;
}

bool rtts_add(struct rtts *all, const struct rtt *rtt)
{
	keep_least(&all->min_us, rtt->min_us);
	return (!rtt->srtt_us || histogram_add(&all->srtt, rtt->srtt_us)) &&
	       (!rtt->handshake_us || histogram_add(&all->handshake, rtt->handshake_us));
}

bool rtts_merge(struct rtts *all, const struct rtts *more)
{
	keep_least(&all->min_us, more->min_us);
	return histogram_merge(&all->srtt, &more->srtt) &&
	       histogram_merge(&all->handshake, &more->handshake);
}

void rtts_release(struct rtts *all)
{
	histogram_release(&all->srtt);
	histogram_release(&all->handshake);
}
