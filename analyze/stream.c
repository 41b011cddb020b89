/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stream.c -- positions from calls, segments, acknowledgements and probes. tcp_probe fires
 * before the kernel looks at a segment, sk_data_ready when what it brought can be read:
 * what a segment says counts from then on.
 */
#include "analyze/stream.h"

#include "analyze/linux_errno.h"
#include "analyze/tcp_flags.h"

enum { LINUX_MSG_PEEK = 0x2, LINUX_MSG_ERRQUEUE = 0x2000 };

struct stream_sources stream_sources_of(const struct binding *b)
{
	return (struct stream_sources){
		.has_segments = b->has_kind[EVENT_SEGMENT],
		.has_probes = b->has_kind[EVENT_PROBE],
		.has_data_ready = b->has_kind[EVENT_DATA_READY],
		.has_lengths = b->has_kind[EVENT_RECV_LENGTH],
	};
}

/* The position of a sequence number, as near to `near` as there is one. */
static int64_t position(uint32_t base, int64_t near, uint32_t seq)
{
	return near + (int32_t)(seq - base - (uint32_t)near);
}

static bool raise(int64_t *to, int64_t value)
{
	if (value <= *to)
		return false;
	*to = value;
	return true;
}

static void know_tx(struct stream *s, uint32_t next)
{
	if (s->has_tx)
		return;
	s->tx_base = next - (uint32_t)s->written;
	s->acked = s->reached = s->ack = s->written;
	s->has_tx = true;
}

static void know_rx(struct stream *s, uint32_t next)
{
	if (s->has_rx)
		return;
	s->rx_base = next - (uint32_t)s->read;
	s->arrived = s->landed = s->read;
	s->has_rx = true;
}

static unsigned acknowledge(struct stream *s, int64_t ack)
{
	raise(&s->written, ack);
	raise(&s->reached, ack);
	if (!raise(&s->acked, ack))
		return 0;
	return STREAM_ACKED | (s->is_carrying ? STREAM_PIGGYBACK : 0u);
}

static unsigned arrive(struct stream *s)
{
	return raise(&s->arrived, s->landed) ? STREAM_ARRIVED : 0;
}

/* A segment of ours was seen to arrive on this host. */
static unsigned on_own_segment(struct stream *s, uint32_t seq, uint32_t payload)
{
	int64_t end;

	if (!payload)
		return 0;
	know_tx(s, seq);
	end = position(s->tx_base, s->reached, seq + payload);
	raise(&s->written, end);
	raise(&s->reached, end);
	return 0;
}

static unsigned on_peers_segment(struct stream *s, const struct stream_sources *from,
				 const struct life *l, const struct sighting *seen,
				 const struct event *ev)
{
	uint32_t seq = (uint32_t)bound_int32(seen->bound, ev, BOUND_SEQ, 0);
	uint32_t ack = (uint32_t)bound_int32(seen->bound, ev, BOUND_ACK, 0);
	uint32_t payload = (uint32_t)bound_int32(seen->bound, ev, BOUND_PAYLOAD_BYTES, 0);
	uint32_t flags = (uint32_t)bound_int32(seen->bound, ev, BOUND_TCP_FLAGS, 0);
	bool waits_for_probe = from->has_probes && l->state == STATE_ESTABLISHED;
	unsigned moves = 0;
	int64_t at;

	if (flags & FLAG_SYN)
		return 0;
	s->is_carrying = payload > 0;
	if (s->has_tx && flags & FLAG_ACK)
		raise(&s->ack, position(s->tx_base, s->ack, ack));
	if (!waits_for_probe)
		moves |= acknowledge(s, s->ack);
	if (!payload)
		return moves;
	know_rx(s, seq);
	at = position(s->rx_base, s->landed, seq);
	if (at <= s->landed) /* else out of order: rcv_nxt of a later probe will tell */
		raise(&s->landed, at + payload);
	return from->has_data_ready || waits_for_probe ? moves : moves | arrive(s);
}

static unsigned on_segment(struct stream *s, const struct stream_sources *from,
			   const struct life *l, const struct sighting *seen,
			   const struct event *ev)
{
	if (seen->receiver == l)
		return on_peers_segment(s, from, l, seen, ev);
	if (bound_int32(seen->bound, ev, BOUND_TCP_FLAGS, 0) & FLAG_SYN)
		return 0;
	return on_own_segment(s, (uint32_t)bound_int32(seen->bound, ev, BOUND_SEQ, 0),
			      (uint32_t)bound_int32(seen->bound, ev, BOUND_PAYLOAD_BYTES, 0));
}

/* Shows the socket as it was since the segment before. */
static unsigned on_probe(struct stream *s, const struct stream_sources *from,
			 const struct sighting *seen, const struct event *ev)
{
	uint32_t payload = (uint32_t)bound_int32(seen->bound, ev, BOUND_DATA_LEN, 0) & 0xffff;
	unsigned moves = 0;
	uint64_t una, sent, next;

	if (bound_int(seen->bound, ev, BOUND_SND_NXT, &sent) &&
	    bound_int(seen->bound, ev, BOUND_SND_UNA, &una)) {
		know_tx(s, (uint32_t)sent);
		raise(&s->written, position(s->tx_base, s->written, (uint32_t)sent));
		raise(&s->ack, position(s->tx_base, s->ack, (uint32_t)una));
	}
	if (!from->has_segments)
		s->is_carrying = payload > 0;
	moves |= acknowledge(s, s->ack);
	if (bound_int(seen->bound, ev, BOUND_RCV_NXT, &next)) {
		know_rx(s, (uint32_t)next);
		raise(&s->landed, position(s->rx_base, s->landed, (uint32_t)next));
		if (!from->has_segments)
			raise(&s->landed, s->arrived + payload);
	}
	return from->has_data_ready ? moves : moves | arrive(s);
}

/* At the beginning of each part that a call puts into the socket. */
static unsigned on_sendmsg(struct stream *s, const struct sighting *seen, const struct event *ev)
{
	int32_t left = bound_int32(seen->bound, ev, BOUND_MSG_LEFT, 0);

	if (s->is_calling)
		return 0;
	s->is_calling = true;
	s->is_refused = false;
	s->asked = left;
	if (left > 0)
		raise(&s->written, s->called + left);
	return STREAM_WROTE;
}

static unsigned on_sent(struct stream *s, int32_t ret)
{
	bool was_calling = s->is_calling;

	s->is_calling = false;
	s->is_refused = ret == -LINUX_EAGAIN || (was_calling && ret > 0 && ret < s->asked);
	if (ret > 0)
		s->called += ret;
	/* What did not go in after all, as far as nothing has been seen of it. */
	if (was_calling && s->written > s->called)
		s->written = s->called > s->reached ? s->called : s->reached;
	raise(&s->written, s->called);
	raise(&s->called, s->reached);
	return ret > 0 && !was_calling ? STREAM_WROTE : 0;
}

static unsigned on_received(struct stream *s, int32_t ret, int32_t flags)
{
	s->has_read = true;
	s->is_copied = false;
	if (ret <= 0 || flags & (LINUX_MSG_PEEK | LINUX_MSG_ERRQUEUE))
		return 0;
	s->read += ret;
	raise(&s->landed, s->read);
	return (raise(&s->arrived, s->read) ? STREAM_ARRIVED : 0u) | STREAM_READ;
}

/* Something was read: the length follows when the call returns. How much is not known where none
 * follows: no call has one on this tape, or it was not by a call (splice). */
static unsigned on_copied(struct stream *s, const struct stream_sources *from)
{
	bool was_copied = s->is_copied;

	s->is_copied = true;
	if (s->has_read || (from->has_lengths && !was_copied))
		return 0;
	raise(&s->arrived, s->landed);
	return raise(&s->read, s->arrived) ? STREAM_READ : 0;
}

static unsigned on_beginning(struct stream *s, const struct sighting *seen, const struct event *ev)
{
	uint64_t una, next;

	if (!bound_int(seen->bound, ev, BOUND_SND_UNA, &una) ||
	    !bound_int(seen->bound, ev, BOUND_RCV_NXT, &next))
		return 0;
	know_tx(s, (uint32_t)una);
	know_rx(s, (uint32_t)next);
	return 0;
}

/* What a dropped segment carried did not arrive after all. */
static unsigned on_drop(struct stream *s, const struct sighting *seen, const struct life *l)
{
	if (seen->sender == l)
		s->reached = s->acked;
	else if (seen->receiver == l)
		s->landed = s->arrived;
	return 0;
}

unsigned stream_see(struct stream *s, const struct stream_sources *from,
		    const struct sighting *seen, const struct event *ev, const struct life *l)
{
	const struct bound *e = seen->bound;

	switch (e->kind) {
	case EVENT_STATE:
		return l->state == STATE_ESTABLISHED ? on_beginning(s, seen, ev) : 0;
	case EVENT_SNAPSHOT:
		return on_beginning(s, seen, ev);
	case EVENT_SEGMENT:
		return on_segment(s, from, l, seen, ev);
	case EVENT_PROBE:
		return on_probe(s, from, seen, ev);
	case EVENT_DATA_READY:
		return arrive(s);
	case EVENT_SENDMSG:
		return on_sendmsg(s, seen, ev);
	case EVENT_SEND_LENGTH:
		return on_sent(s, bound_int32(e, ev, BOUND_RET, 0));
	case EVENT_RECV_LENGTH:
		return on_received(s, bound_int32(e, ev, BOUND_RET, 0),
				   bound_int32(e, ev, BOUND_FLAGS, 0));
	case EVENT_SPACE_ADJUST:
		return on_copied(s, from);
	case EVENT_DROP:
		return on_drop(s, seen, l);
	default:
		return 0;
	}
}
