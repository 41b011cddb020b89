/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* totals.c -- the fields of a socket summary. */
#include "analyze/totals.h"

static uint64_t number(const struct bound *e, const struct event *ev, enum bound_field field)
{
	uint64_t value;

	return bound_int(e, ev, field, &value) ? value : 0;
}

/* The kernel's tcp_compute_delivery_rate(). */
static uint64_t rate(uint64_t segments, uint64_t mss, uint64_t interval_us)
{
	return interval_us ? (uint32_t)segments * (uint64_t)(uint32_t)mss * 1000000 / interval_us
			   : 0;
}

void totals_read(struct totals *t, const struct bound *e, const struct event *ev)
{
	*t = (struct totals){
		.busy_us = number(e, ev, BOUND_BUSY_US),
		.rwnd_limited_us = number(e, ev, BOUND_RWND_LIMITED_US),
		.sndbuf_limited_us = number(e, ev, BOUND_SNDBUF_LIMITED_US),
		.delivery_rate = rate(number(e, ev, BOUND_RATE_DELIVERED),
				      number(e, ev, BOUND_SND_MSS),
				      number(e, ev, BOUND_RATE_INTERVAL_US)),
		.segs_out = (uint32_t)number(e, ev, BOUND_SEGS_OUT),
		.segs_in = (uint32_t)number(e, ev, BOUND_SEGS_IN),
		.min_rtt_us = (uint32_t)number(e, ev, BOUND_MIN_RTT_US),
		.cwnd = (uint32_t)number(e, ev, BOUND_SND_CWND),
		.is_known = true,
	};
}
