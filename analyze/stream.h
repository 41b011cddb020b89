/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stream.h -- how far both directions of a socket have come: what its application has written,
 * what of that has reached the peer, what has arrived from the peer, what has been read.
 *
 *	we send     acked <= reached <= written		written - reached: under way
 *	we receive  read <= arrived			arrived - read: waits to be read
 *
 * Positions are bytes, counted from wherever each direction was first seen: from the
 * connection's beginning, if that is on the tape.
 */
#ifndef ANALYZE_STREAM_H
#define ANALYZE_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "analyze/tracker.h"

/* What an event moved; bits. */
enum stream_move {
	STREAM_WROTE = 1,
	STREAM_ACKED = 2, /* more is acknowledged than before */
	STREAM_ARRIVED = 4,
	STREAM_READ = 8,
	STREAM_PIGGYBACK = 16, /* what acknowledged also carried data */
};

/* Start with {0}. */
struct stream {
	int64_t called;  /* written, by what calls returned */
	int64_t written; /* by calls, and those under way, and what was seen of it */
	int64_t acked;
	int64_t reached; /* the peer's host: acknowledged, or seen to arrive there */
	int64_t ack;     /* of the last segment: acknowledges when it is processed */
	int64_t arrived; /* and can be read */
	int64_t landed;  /* arrives when it is processed */
	int64_t read;
	uint32_t tx_base, rx_base; /* sequence numbers of position 0 */
	bool has_tx, has_rx;       /* the base is known */
	int32_t asked;             /* bytes of the send call under way, or the last one */
	bool is_calling;           /* a send call is under way */
	bool is_refused;           /* the last one did not take all: the send buffer was full */
	bool has_read;             /* the lengths of its reads are on the tape */
	bool is_copied;            /* something was read by a call that has not returned */
	bool is_carrying;          /* the last segment carried data */
};

/* Which events the tape has decides when something counts. */
struct stream_sources {
	bool has_segments, has_probes, has_data_ready, has_lengths;
};

struct stream_sources stream_sources_of(const struct binding *b);
/* The event belongs to the socket `l`, or is a packet that it sent, or that was sent to it.
 * Returns the moves. */
unsigned stream_see(struct stream *s, const struct stream_sources *from,
		    const struct sighting *seen, const struct event *ev, const struct life *l);

static inline bool stream_is_under_way(const struct stream *s)
{
	return s->written > s->reached;
}

/* The application would send more if there were room: more of what it sent must be acknowledged. */
static inline bool stream_is_full(const struct stream *s)
{
	return s->is_refused && s->written > s->acked;
}

static inline bool stream_is_unread(const struct stream *s)
{
	return s->arrived > s->read;
}

#endif
