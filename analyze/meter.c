/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* meter.c -- calls, counters and sequence numbers, whichever the tape has. */
#include "analyze/meter.h"

bool meter_moves(enum event_kind kind)
{
	switch (kind) {
	case EVENT_STATE:
	case EVENT_DESTROY:
	case EVENT_SNAPSHOT:
	case EVENT_SUMMARY:
	case EVENT_SEND_LENGTH:
	case EVENT_RECV_LENGTH:
	case EVENT_PROBE:
	case EVENT_RETRANSMIT:
	case EVENT_RETRANSMIT_SYNACK:
		return true;
	default:
		return false;
	}
}

/* How far on the sequence number is; 0 when it is older. */
static uint32_t progress(uint32_t from, uint32_t to)
{
	return to - from < UINT32_C(1) << 31 ? to - from : 0;
}

void meter_see(struct meter *m, const struct event *ev, const struct sighting *seen)
{
	uint64_t una, nxt;

	if (seen->bound->kind != EVENT_PROBE || !bound_int(seen->bound, ev, BOUND_SND_UNA, &una) ||
	    !bound_int(seen->bound, ev, BOUND_RCV_NXT, &nxt))
		return;
	if (m->has_numbers) {
		m->acked += progress(m->una, (uint32_t)una);
		m->arrived += progress(m->nxt, (uint32_t)nxt);
	}
	m->una = (uint32_t)una;
	m->nxt = (uint32_t)nxt;
	m->has_numbers = true;
}

struct meter_reading meter_read(const struct meter *m, bool is_over)
{
	const struct traffic *t = &m->life->traffic;
	struct meter_reading r = {.retransmits = t->retransmits};
	bool has_calls = m->life->has_call_events;
	uint64_t bytes;

	if (has_calls && !is_over) {
		r.tx_bytes = t->tx_bytes;
		r.rx_bytes = t->rx_bytes;
		return r;
	}
	if (life_tx_bytes(m->life, &bytes))
		r.tx_bytes = bytes;
	if (life_rx_bytes(m->life, &bytes))
		r.rx_bytes = bytes;
	if (!has_calls && m->acked > r.tx_bytes)
		r.tx_bytes = m->acked;
	if (!has_calls && m->arrived > r.rx_bytes)
		r.rx_bytes = m->arrived;
	return r;
}
