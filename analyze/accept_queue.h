/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * accept_queue.h -- what waits at a listener, as events told: connections that nobody has accepted
 * (the accept queue), and requests, which are half open. While the accept queue is full, Linux
 * ignores SYNs, and the last part of handshakes that began before; no event tells of the former.
 */
#ifndef ANALYZE_ACCEPT_QUEUE_H
#define ANALYZE_ACCEPT_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

/* Why a listener did not answer. */
enum queue_trouble {
	QUEUE_FINE = 0,
	QUEUE_FULL,     /* the accept queue was full when the SYN was sent */
	QUEUE_OVERFLOW, /* the last part of the handshake was dropped for it */
};

/* Start with {0}. */
struct accept_queue {
	uint32_t len, max; /* as told last */
	uint32_t peak;     /* the longest that was told */
	uint32_t requests; /* as told last */
	uint32_t drops,
		drops_base; /* packets that it did not take: as told last, and before the tape */
	uint8_t addr
		[16]; /* local address of the last connection that was added; zero = not known */
	bool is_told, has_drops;
	bool is_full;           /* as told last, and nobody is known to have been accepted since */
	bool has_been_full;     /* its connections wait, or are ignored */
	bool has_been_too_many; /* the same of requests */
};

/* The accept queue's length. */
void accept_queue_tell(struct accept_queue *q, uint32_t len, uint32_t max);
/* After that, what else waits, and how much was dropped; `is_new`: it began to listen on the tape. */
void accept_queue_tell_more(struct accept_queue *q, uint32_t requests, uint32_t drops, bool is_new);
/* A packet was dropped since it was full. */
void accept_queue_overflow(struct accept_queue *q);
/* A connection is known to have been accepted. */
void accept_queue_accept(struct accept_queue *q);

#endif
