/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rtt.h -- what one event tells of its socket's round-trip time, all as TCP itself measured it.
 *
 * `srtt` is smoothed: each measurement moves it by an eighth of the difference. tcp_probe tells it
 * for each segment that arrives, as it was before that segment; changes to ESTABLISHED and to
 * CLOSE, and the snapshot of a socket older than the tape, tell it once each. At ESTABLISHED it
 * rests on one measurement, that of SYN and SYN-ACK, or SYN-ACK and ACK. `min` is the least
 * measurement of some minutes (sysctl tcp_min_rtt_wlen).
 */
#ifndef ANALYZE_RTT_H
#define ANALYZE_RTT_H

#include "analyze/histogram.h"
#include "analyze/tracker.h"

/* Microseconds; 0 = the event does not tell. */
struct rtt {
	uint32_t srtt_us;
	uint32_t handshake_us;
	uint32_t min_us;
};

/* False when it tells nothing. `seen` is what the tracker made of the event. */
bool rtt_read(const struct tracker *t, const struct event *ev, const struct sighting *seen,
	      struct rtt *out);

/* What was measured of a connection, or of a group of them. Start with {0}. */
struct rtts {
	struct histogram srtt, handshake;
	uint32_t min_us;
};

/* False without memory. */
bool rtts_add(struct rtts *all, const struct rtt *rtt);
bool rtts_merge(struct rtts *all, const struct rtts *more);
void rtts_release(struct rtts *all);

#endif
