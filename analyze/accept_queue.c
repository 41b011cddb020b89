/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* accept_queue.c -- by the kernel's sk_acceptq_is_full() and inet_csk_reqsk_queue_is_full(). */
#include "analyze/accept_queue.h"

void accept_queue_tell(struct accept_queue *q, uint32_t len, uint32_t max)
{
	q->len = len;
	q->max = max;
	q->is_told = true;
	if (len > q->peak)
		q->peak = len;
	q->is_full = len > max;
	q->has_been_full |= q->is_full;
}

/* One request more than `max` is let in by newer kernels; by older ones none, and then it is only
 * known to have mattered if something was dropped. */
void accept_queue_tell_more(struct accept_queue *q, uint32_t requests, uint32_t drops, bool is_new)
{
	bool is_dropping = q->has_drops && drops != q->drops;

	if (!q->has_drops && !is_new)
		q->drops_base = drops;
	q->has_been_too_many |= requests > q->max ||
				(requests && requests == q->max && is_dropping && !q->is_full);
	q->requests = requests;
	q->drops = drops;
	q->has_drops = true;
}

void accept_queue_overflow(struct accept_queue *q)
{
	q->is_full = q->has_been_full = true;
}

void accept_queue_accept(struct accept_queue *q)
{
	q->is_full = false;
}
