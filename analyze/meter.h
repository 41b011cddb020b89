/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * meter.h -- what a connection has moved so far, from moment to moment, so that in the end it is
 * what `conns` tells of it.
 *
 * With the calls on the tape, it moves as they return; bytes that were in no call (splice,
 * sockets of the kernel) are known when it is over. Without them, what counts is what was
 * acknowledged and what arrived in order: by sequence numbers in tcp_probe, and TCP's counters.
 */
#ifndef ANALYZE_METER_H
#define ANALYZE_METER_H

#include "analyze/tracker.h"

struct meter_reading {
	uint64_t tx_bytes, rx_bytes;
	uint64_t retransmits;
};

/* Start with {.life = ...}, which must not be over, or outlive it. */
struct meter {
	const struct life *life;
	uint64_t acked, arrived; /* by sequence numbers */
	uint32_t una, nxt;       /* seen last */
	bool has_numbers;
};

/* May this event move a meter? */
bool meter_moves(enum event_kind kind);
/* The tracker was fed this event of its life. */
void meter_see(struct meter *m, const struct event *ev, const struct sighting *seen);
/* All so far; `is_over`: the life was taken, and nothing follows. */
struct meter_reading meter_read(const struct meter *m, bool is_over);

#endif
