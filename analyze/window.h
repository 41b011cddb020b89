/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * window.h -- what one event tells of its socket's congestion window and of all that limits it.
 *
 * tcp_probe comes with each segment that arrives in ESTABLISHED, and with no other, and tells how
 * things were before that segment. The snapshot of a socket older than the tape, and the summary
 * of one that ends, have what `ss -ti` would show then.
 */
#ifndef ANALYZE_WINDOW_H
#define ANALYZE_WINDOW_H

#include "analyze/tracker.h"

/* -1 = the event does not tell. */
struct window {
	uint64_t ts_ns;
	enum event_kind kind;
	int64_t cwnd;     /* segments */
	int64_t ssthresh; /* likewise; -1 also for one without limit */
	int64_t srtt_us;  /* -1 also when never measured */
	int64_t snd_wnd, rcv_wnd;
	int64_t inflight_bytes; /* sent and not yet acknowledged */
	int64_t data_bytes;     /* of the segment that arrived, up to 65,535 */
	int ca_state;           /* enum tcp_ca_state of the kernel */
};

/* False when the event tells nothing of this. `seen` is what the tracker made of it. */
bool window_read(const struct event *ev, const struct sighting *seen, struct window *out);
/* "tcp:tcp_probe" */
const char *window_event(const struct window *w);
/* "TCP_CA_Open"; NULL when it is not known. */
const char *window_ca_state(const struct window *w);

#endif
