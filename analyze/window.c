/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* window.c -- fields of events, and the same of other events under other names. */
#include "analyze/window.h"

enum { INFINITE_SSTHRESH = 0x7fffffff };

static int64_t number(const struct event *ev, const struct sighting *seen, enum bound_field field)
{
	uint64_t value;

	return bound_int(seen->bound, ev, field, &value) ? (int64_t)(uint32_t)value : -1;
}

static int64_t limit(int64_t ssthresh)
{
	return ssthresh < INFINITE_SSTHRESH ? ssthresh : -1;
}

static int64_t measured(int64_t srtt_us)
{
	return srtt_us ? srtt_us : -1;
}

static void read_probe(const struct event *ev, const struct sighting *seen, struct window *out)
{
	int64_t nxt = number(ev, seen, BOUND_SND_NXT), una = number(ev, seen, BOUND_SND_UNA);

	out->cwnd = number(ev, seen, BOUND_SND_CWND);
	out->ssthresh = limit(number(ev, seen, BOUND_SSTHRESH));
	out->srtt_us = measured(number(ev, seen, BOUND_SRTT));
	out->snd_wnd = number(ev, seen, BOUND_SND_WND);
	out->rcv_wnd = number(ev, seen, BOUND_RCV_WND);
	out->data_bytes = number(ev, seen, BOUND_DATA_LEN);
	if (nxt >= 0 && una >= 0)
		out->inflight_bytes = (uint32_t)nxt - (uint32_t)una;
}

static void read_counters(const struct event *ev, const struct sighting *seen, struct window *out)
{
	out->cwnd = number(ev, seen, BOUND_SND_CWND);
	out->ssthresh = limit(number(ev, seen, BOUND_SND_SSTHRESH));
	out->srtt_us = measured(number(ev, seen, BOUND_SRTT_US));
}

bool window_read(const struct event *ev, const struct sighting *seen, struct window *out)
{
	*out = (struct window){
		.ts_ns = ev->ts_ns,
		.kind = seen->bound->kind,
		.cwnd = -1,
		.ssthresh = -1,
		.srtt_us = -1,
		.snd_wnd = -1,
		.rcv_wnd = -1,
		.inflight_bytes = -1,
		.data_bytes = -1,
		.ca_state = -1,
	};
	switch (seen->bound->kind) {
	case EVENT_PROBE:
		read_probe(ev, seen, out);
		return true;
	case EVENT_SNAPSHOT:
	case EVENT_SUMMARY:
		read_counters(ev, seen, out);
		return out->cwnd >= 0;
	case EVENT_CONG_STATE:
		out->ca_state = (int)number(ev, seen, BOUND_CONG_STATE);
		return true;
	case EVENT_RETRANSMIT:
		out->ca_state = (int)number(ev, seen, BOUND_CA_STATE);
		/* From 6.17 the event also tells of those that could not be sent. */
		return bound_int32(seen->bound, ev, BOUND_ERR, 0) == 0;
	case EVENT_CWND_REDUCTION:
		return true;
	default:
		return false;
	}
}

const char *window_event(const struct window *w)
{
	switch (w->kind) {
	case EVENT_PROBE:
		return "tcp:tcp_probe";
	case EVENT_SNAPSHOT:
		return "tcptape:sock_snapshot";
	case EVENT_SUMMARY:
		return "tcptape:sock_summary";
	case EVENT_CONG_STATE:
		return "tcp:tcp_cong_state_set";
	case EVENT_RETRANSMIT:
		return "tcp:tcp_retransmit_skb";
	case EVENT_CWND_REDUCTION:
		return "tcp:tcp_cwnd_reduction_tp";
	default:
		return NULL;
	}
}

/* Linux numbers them so since it has them. */
const char *window_ca_state(const struct window *w)
{
	static const char *const names[] = {"TCP_CA_Open", "TCP_CA_Disorder", "TCP_CA_CWR",
					    "TCP_CA_Recovery", "TCP_CA_Loss"};

	return w->ca_state >= 0 && w->ca_state < 5 ? names[w->ca_state] : NULL;
}
