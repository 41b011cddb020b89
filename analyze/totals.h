/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * totals.h -- what TCP counted for a socket from its beginning to its end: the event
 * tcptape:sock_summary, whose fields have the names of the kernel's struct tcp_info.
 */
#ifndef ANALYZE_TOTALS_H
#define ANALYZE_TOTALS_H

#include <stdbool.h>
#include <stdint.h>

#include "analyze/binding.h"

struct totals {
	uint64_t busy_us; /* data was waiting or under way; the next two are part of it */
	uint64_t rwnd_limited_us;
	uint64_t sndbuf_limited_us;
	uint64_t delivery_rate; /* bytes a second */
	uint32_t segs_out, segs_in;
	uint32_t min_rtt_us; /* 0 = never measured */
	uint32_t cwnd;       /* segments */
	bool is_known;
};

/* What the event does not tell becomes 0. */
void totals_read(struct totals *t, const struct bound *e, const struct event *ev);

#endif
