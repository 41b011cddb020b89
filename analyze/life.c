/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * life.c -- how a socket life passes through its states, and how it ends.
 */
#include "analyze/life.h"

#include <stddef.h>
#include <stdlib.h>

#include "analyze/linux_errno.h"

/* A RST that this side sends within this time of its end made that end. */
#define RESET_BURST_NS 1000000u

static void learn_role(struct life *l, enum tcp_state from, enum tcp_state to)
{
	if (from == STATE_LISTEN && to == STATE_SYN_RECV)
		l->role = LIFE_SERVER;
	else if (to == STATE_LISTEN || from == STATE_LISTEN)
		l->role = LIFE_LISTENER;
	else if (from == STATE_SYN_SENT || to == STATE_SYN_SENT)
		l->role = LIFE_CLIENT;
	else if (from == STATE_SYN_RECV && l->role == LIFE_UNKNOWN)
		l->role = LIFE_SERVER;
}

/* CLOSE is left by a call, LISTEN is the parent's: neither was a time of this life. */
static bool is_birth(enum tcp_state from, enum tcp_state to)
{
	return from == STATE_CLOSE || (from == STATE_LISTEN && to == STATE_SYN_RECV);
}

struct life_past *life_past(struct life *l)
{
	if (l->past)
		return l->past;
	l->past = malloc(sizeof(*l->past)); /* glibc keeps none at hand for calloc() */
	if (l->past)
		*l->past = (struct life_past){0};
	else
		l->is_starved = true;
	return l->past;
}

struct life *life_copy(const struct life *l)
{
	struct life *copy = malloc(sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = *l;
	copy->past = NULL;
	if (l->past && !life_past(copy)) {
		free(copy);
		return NULL;
	}
	if (l->past)
		*copy->past = *l->past;
	return copy;
}

void life_free(struct life *copy)
{
	if (copy)
		free(copy->past);
	free(copy);
}

static void add_time(struct life *l, enum tcp_state state, uint64_t ns)
{
	struct life_past *past;

	if (state == STATE_UNKNOWN || ns == 0 || l->has_no_times)
		return;
	if (l->opening == STATE_UNKNOWN)
		l->opening = (uint8_t)state;
	if (l->opening == state) {
		l->opening_ns += ns;
		return;
	}
	past = life_past(l);
	if (past)
		past->state_ns[state] += ns;
}

const struct totals *life_totals(const struct life *l)
{
	return l->past && l->past->totals.is_known ? &l->past->totals : NULL;
}

const struct accept_queue *life_queue(const struct life *l)
{
	return l->past && l->past->queue.is_told ? &l->past->queue : NULL;
}

static void count_duration(struct life *l, uint64_t ts_ns, uint64_t origin_ns,
			   struct life_change *c)
{
	uint64_t since = l->since_ns;

	if (is_birth(c->from, c->to))
		return;
	if (l->state != STATE_UNKNOWN && l->state != c->from) {
		l->is_torn = true;
		return;
	}
	if (l->state == STATE_UNKNOWN)
		since = origin_ns;
	c->is_at_least = l->state == STATE_UNKNOWN || !l->is_since_seen;
	c->duration_ns = ts_ns > since ? ts_ns - since : 0;
	c->has_duration = true;
	add_time(l, c->from, c->duration_ns);
}

void life_change(struct life *l, uint64_t ts_ns, uint64_t origin_ns, struct life_change *c)
{
	c->has_duration = c->is_at_least = false;
	c->duration_ns = 0;
	count_duration(l, ts_ns, origin_ns, c);
	learn_role(l, c->from, c->to);
	l->left = (uint8_t)c->from;
	l->state = (uint8_t)c->to;
	if (l->phase == LIFE_ALIVE)
		l->since_ns = ts_ns;
	l->is_since_seen = true;
	if (c->from == STATE_ESTABLISHED || c->to == STATE_ESTABLISHED)
		l->has_been_established = true;
	if (tcp_state_peer_closed(c->from) || tcp_state_peer_closed(c->to))
		l->has_peer_closed = true;
	if (c->from == STATE_FIN_WAIT2 || c->to == STATE_FIN_WAIT2)
		l->has_fin_acked = true;
}

static enum life_end end_of_connect(const struct life *l, int32_t err)
{
	/* TCP was told so, and gave up at once: no timer ran out, and nobody refused. */
	if (err == LINUX_EHOSTUNREACH || err == LINUX_ENETUNREACH)
		return LIFE_ABORTED;
	if (err == LINUX_ECONNREFUSED || err == LINUX_ECONNRESET || (err <= 0 && l->has_reset_in))
		return LIFE_REFUSED;
	if (err == LINUX_ETIMEDOUT)
		return LIFE_TIMEOUT;
	/* Without an errno: SYNs were repeated in vain, or the application gave up. */
	if (err != 0 && l->traffic.retransmits > 0)
		return LIFE_TIMEOUT;
	return LIFE_ABORTED;
}

static enum life_end end_of_connection(const struct life *l, enum tcp_state from, int32_t err)
{
	switch (err) {
	case LINUX_ECONNRESET:
	case LINUX_EPIPE:
	case LINUX_ECONNREFUSED:
		return LIFE_RESET;
	case LINUX_ETIMEDOUT:
	case LINUX_EHOSTUNREACH:
	case LINUX_ENETUNREACH:
		return LIFE_TIMEOUT;
	case LINUX_ECONNABORTED:
		return LIFE_ABORTED;
	}
	if (l->has_reset_in)
		return LIFE_RESET;
	if (from == STATE_FIN_WAIT2 || from == STATE_LAST_ACK || from == STATE_CLOSING)
		return LIFE_FIN;
	return LIFE_ABORTED;
}

/* Between LISTEN and ESTABLISHED no peer and no application knew of it. A RST, or an error, would
 * have ended one that carried data already (Fast Open). */
static bool is_stillborn(const struct life *l, enum tcp_state from, int32_t err)
{
	return from == STATE_SYN_RECV && l->role == LIFE_SERVER && l->is_start_seen &&
	       !l->has_been_established && !l->has_reset_in && err <= 0;
}

static enum life_end end_of(const struct life *l, enum tcp_state from, int32_t err)
{
	if (l->is_stillborn)
		return LIFE_END_UNKNOWN;
	if (l->role == LIFE_LISTENER || from == STATE_LISTEN || from == STATE_UNKNOWN)
		return LIFE_END_UNKNOWN;
	if (from == STATE_SYN_SENT)
		return end_of_connect(l, err);
	return end_of_connection(l, from, err);
}

void life_close(struct life *l, uint64_t ts_ns, enum tcp_state from,
		const struct life_closing *closing)
{
	if (closing->is_done == 1)
		l->has_peer_closed = true;
	if (closing->sk_err >= 0)
		l->sk_err = closing->sk_err;
	if (l->phase == LIFE_ALIVE)
		l->phase = LIFE_CLOSED;
	l->until_ns = ts_ns;
	l->is_end_seen = true;
	l->is_stillborn = is_stillborn(l, from, l->sk_err);
	l->end = (uint8_t)end_of(l, from, l->sk_err);
	if (l->end == LIFE_FIN)
		l->has_fin_acked = true;
	/* FIN_WAIT2 without the peer's FIN is an orphan that waits on as a mini-socket. */
	if (l->end == LIFE_FIN && from == STATE_CLOSING)
		l->is_time_wait = true;
	else if (l->end == LIFE_FIN && from == STATE_FIN_WAIT2)
		l->is_time_wait = closing->is_done != 0;
	l->is_orphan = l->end == LIFE_FIN && from == STATE_FIN_WAIT2 && !l->is_time_wait;
}

void life_leave(struct life *l, uint64_t ts_ns, bool is_seen)
{
	if (l->phase == LIFE_ALIVE) {
		if (is_seen)
			l->until_ns = ts_ns;
		l->is_end_seen = is_seen;
		if (l->state != STATE_UNKNOWN && l->until_ns > l->since_ns)
			add_time(l, (enum tcp_state)l->state, l->until_ns - l->since_ns);
		if (l->has_reset_in)
			l->end = LIFE_RESET;
	}
	l->phase = LIFE_GONE;
}

void life_stop(struct life *l, uint64_t ts_ns)
{
	if (l->phase != LIFE_ALIVE)
		return;
	l->until_ns = ts_ns > l->first_ns ? ts_ns : l->first_ns;
	l->end = LIFE_OPEN;
	l->phase = LIFE_GONE;
}

void life_reset_in(struct life *l)
{
	l->has_reset_in = true;
}

/* "Received" at once before: tcp_reset() was called locally, since data arrived after close. In
 * FIN_WAIT2 data ends the socket without that: tcp_rcv_state_process(), or
 * tcp_timewait_state_process() while the mini-socket waits, which may be a minute. */
static bool is_aborting(const struct life *l, uint64_t ts_ns, bool is_answer)
{
	bool is_at_once = ts_ns - l->until_ns < RESET_BURST_NS;

	if (l->phase == LIFE_ALIVE)
		return false;
	if (l->end == LIFE_FIN && l->left == STATE_FIN_WAIT2 && !l->has_peer_closed)
		return is_answer && (l->is_orphan || is_at_once);
	return l->end == LIFE_RESET && l->has_reset_in && is_at_once;
}

void life_reset_out(struct life *l, uint64_t ts_ns, bool is_answer)
{
	l->has_reset_out = true;
	if (!is_aborting(l, ts_ns, is_answer))
		return;
	l->end = LIFE_ABORTED;
	l->is_time_wait = false;
}

uint64_t life_duration(const struct life *l)
{
	return l->until_ns > l->from_ns ? l->until_ns - l->from_ns : 0;
}

static uint64_t more(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* By TCP's counters, which include the SYN of the side that connects and both FINs. */
static uint64_t counted(uint64_t now, uint64_t base, unsigned control)
{
	return now - base > control ? now - base - control : 0;
}

bool life_tx_bytes(const struct life *l, uint64_t *out)
{
	const struct traffic *t = &l->traffic;
	bool has_syn = l->role == LIFE_CLIENT && l->is_start_seen && l->has_been_established;
	uint64_t acked = counted(t->acked, t->acked_base, has_syn + (unsigned)l->has_fin_acked);

	if (!l->has_call_events && !t->has_counters)
		return false;
	/* What went out through splice or a kernel's own socket is in no call. */
	if (!t->has_sent)
		*out = acked;
	else
		*out = l->is_start_seen ? more(t->tx_bytes, acked) : t->tx_bytes;
	return true;
}

bool life_rx_bytes(const struct life *l, uint64_t *out)
{
	const struct traffic *t = &l->traffic;
	uint64_t received = counted(t->received, t->received_base, l->has_peer_closed);

	if (!l->has_call_events && !t->has_counters)
		return false;
	/* A close in order with data unread would have been a reset. */
	if (l->end == LIFE_FIN && (l->is_start_seen || !t->has_read))
		*out = more(t->rx_bytes, received);
	else if (t->has_read || (l->has_call_events && !l->has_fetched))
		*out = t->rx_bytes;
	else
		*out = received;
	return true;
}

const char *life_role_name(enum life_role role)
{
	static const char *const names[] = {"unknown", "client", "server", "listener"};

	return names[role <= LIFE_LISTENER ? role : 0];
}

const char *life_end_name(enum life_end end)
{
	static const char *const names[] = {NULL,      "open",    "fin",    "reset",
					    "refused", "timeout", "aborted"};

	return end <= LIFE_ABORTED ? names[end] : NULL;
}
