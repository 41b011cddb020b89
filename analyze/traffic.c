/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * traffic.c -- adding up calls and counters. What is so already is not written again: a word of
 * which a bit was just written is not there yet when it is read.
 */
#include "analyze/traffic.h"

enum { LINUX_MSG_PEEK = 0x2, LINUX_MSG_ERRQUEUE = 0x2000 };

bool traffic_sent(struct traffic *t, int32_t ret)
{
	if (!t->has_sent)
		t->has_sent = true;
	if (ret <= 0)
		return false;
	t->tx_bytes += (uint32_t)ret;
	t->tx_msgs++;
	return true;
}

bool traffic_received(struct traffic *t, int32_t ret, int32_t flags)
{
	if (!t->has_read)
		t->has_read = true;
	/* A peek will be read again; the error queue holds no data of the stream. */
	if (ret <= 0 || (flags & (LINUX_MSG_PEEK | LINUX_MSG_ERRQUEUE)))
		return false;
	t->rx_bytes += (uint32_t)ret;
	t->rx_msgs++;
	return true;
}

void traffic_begin(struct traffic *t, uint64_t acked, uint64_t received)
{
	t->acked_base = t->acked = acked;
	t->received_base = t->received = received;
	traffic_count(t, acked, received);
}

void traffic_count(struct traffic *t, uint64_t acked, uint64_t received)
{
	/* They only grow, but a disconnect clears them. */
	if (acked > t->acked)
		t->acked = acked;
	if (received > t->received)
		t->received = received;
	if (!t->has_counters)
		t->has_counters = true;
}

void traffic_count_resent(struct traffic *t, uint32_t total)
{
	enum { MOST = (1 << 30) - 1 };

	if (!t->has_total_retrans)
		t->has_total_retrans = true;
	if (total > t->total_retrans)
		t->total_retrans = (total < MOST ? total : MOST) & MOST;
}
