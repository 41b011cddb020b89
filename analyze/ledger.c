/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ledger.c -- each event first ends a stretch of time, which goes to the item that the state
 * before the event stands for, and then changes that state. Some stretches are understood
 * only by what ends them: a timer that fires says that everything since the last
 * acknowledgement was waiting for it.
 */
#include "analyze/ledger.h"

enum last_move { LAST_NONE, LAST_SENT, LAST_RECEIVED, LAST_COUNT };

/* What ends a quiet stretch. */
enum quiet_end { END_SEND, END_ARRIVAL, END_STOP, END_COUNT };

enum {
	FLIGHT_SMALL = 14600, /* bytes: an initial window, so that no window held any back */
	DELAYED_ACK_MIN = 32000000,
	DELAYED_ACK_MAX = 48000000,
	WINDOW_FULL = 536, /* less room in it than any segment size */
};

static const char *const names[LEDGER_COUNT][2] = {
	[LEDGER_CONNECT] = {"connect_ns", "connect"},
	[LEDGER_ACCEPT] = {"accept_wait_ns", "accept"},
	[LEDGER_IDLE] = {"idle_ns", "idle"},
	[LEDGER_SENDER_APP] = {"sender_app_ns", "own app"},
	[LEDGER_PEER] = {"peer_ns", "peer"},
	[LEDGER_NETWORK] = {"network_ns", "network"},
	[LEDGER_RTO_WAIT] = {"rto_wait_ns", "RTO wait"},
	[LEDGER_RECOVERY] = {"recovery_ns", "recovery"},
	[LEDGER_RWND] = {"rwnd_ns", "window"},
	[LEDGER_SNDBUF] = {"sndbuf_ns", "sndbuf"},
	[LEDGER_RECEIVER_APP] = {"receiver_app_ns", "unread"},
	[LEDGER_CLOSING] = {"closing_ns", "closing"},
	[LEDGER_UNKNOWN] = {"unknown_ns", "unknown"},
};

/* Who was waited for, by who asks, who moved data last, and what came then. */
static const uint8_t quiet_items[2][LAST_COUNT][END_COUNT] = {
	/* who answers */
	{[LAST_NONE] = {LEDGER_SENDER_APP, LEDGER_IDLE, LEDGER_IDLE},
	 [LAST_SENT] = {LEDGER_SENDER_APP, LEDGER_IDLE, LEDGER_IDLE},
	 [LAST_RECEIVED] = {LEDGER_SENDER_APP, LEDGER_PEER, LEDGER_SENDER_APP}},
	/* who asks */
	{[LAST_NONE] = {LEDGER_IDLE, LEDGER_PEER, LEDGER_IDLE},
	 [LAST_SENT] = {LEDGER_SENDER_APP, LEDGER_PEER, LEDGER_PEER},
	 [LAST_RECEIVED] = {LEDGER_IDLE, LEDGER_PEER, LEDGER_IDLE}},
};

const char *ledger_key(enum ledger_item item)
{
	return names[item][0];
}

const char *ledger_title(enum ledger_item item)
{
	return names[item][1];
}

struct ledger_sources ledger_sources_of(const struct tracker *t)
{
	struct stream_sources stream = stream_sources_of(tracker_binding(t));

	return (struct ledger_sources){
		.stream = stream,
		.blindspots = tracker_blindspots(t),
		.has_flight = stream.has_segments || stream.has_probes,
	};
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Move time that was counted already. */
static void move(struct ledger *b, enum ledger_item from, enum ledger_item to, uint64_t ns)
{
	ns = least(ns, b->ns[from]);
	b->ns[from] -= ns;
	b->ns[to] += ns;
}

static void settle_quiet(struct ledger *b, enum quiet_end end)
{
	enum ledger_item item = quiet_items[b->is_asker][b->last][end];

	/* An upload that was never answered: nobody was waited for. */
	if (b->is_asker && b->last == LAST_SENT && end == END_STOP && !b->has_received)
		item = LEDGER_SENDER_APP;
	b->ns[item] += b->quiet_ns;
	b->quiet_ns = b->stuck_quiet = 0;
}

static bool is_closing(enum tcp_state state)
{
	return state == STATE_FIN_WAIT1 || state == STATE_FIN_WAIT2 || state == STATE_CLOSING ||
	       state == STATE_LAST_ACK || state == STATE_TIME_WAIT;
}

static bool is_connecting(enum tcp_state state)
{
	return state == STATE_SYN_SENT || state == STATE_SYN_RECV || state == STATE_NEW_SYN_RECV;
}

static bool is_unacked(const struct ledger *b)
{
	return b->stream.written > b->stream.acked;
}

/* False: nothing of what this side has written is on its way. */
static bool count_flight(struct ledger *b, uint64_t ns)
{
	if (is_unacked(b) && b->congestion) {
		b->latest = b->congestion == CONGESTION_LOSS ? LEDGER_RTO_WAIT : LEDGER_RECOVERY;
	} else if (stream_is_under_way(&b->stream) || stream_is_full(&b->stream)) {
		b->latest = LEDGER_NETWORK;
		b->stuck_ns += ns;
		b->window_ns += ns;
	} else {
		return false;
	}
	b->ns[b->latest] += ns;
	return true;
}

static void count_open(struct ledger *b, uint64_t ns)
{
	if (count_flight(b, ns))
		return;
	if (stream_is_unread(&b->stream)) {
		b->latest = LEDGER_RECEIVER_APP;
		b->ns[b->latest] += ns;
	} else {
		b->quiet_ns += ns;
		b->stuck_quiet += is_unacked(b) ? ns : 0;
	}
}

/* The FIN stands behind what was written before. */
static void count_closing(struct ledger *b, enum tcp_state state, uint64_t ns)
{
	bool is_fin_acked = state == STATE_FIN_WAIT2 || state == STATE_TIME_WAIT;

	if (b->has_flight && !is_fin_acked && count_flight(b, ns))
		return;
	b->latest = LEDGER_CLOSING;
	b->half_ns += ns;
	b->ns[b->latest] += ns;
}

static void count(struct ledger *b, const struct life *l, uint64_t ns)
{
	enum tcp_state state = (enum tcp_state)b->state;

	if (tcp_state_is_open(state) && l->role == LIFE_SERVER && l->is_start_seen &&
	    !b->is_touched) {
		b->latest = LEDGER_ACCEPT;
	} else if (tcp_state_is_open(state) && b->has_flight) {
		count_open(b, ns);
		return;
	} else if (is_closing(state)) {
		count_closing(b, state, ns);
		return;
	} else if (is_connecting(state)) {
		b->latest = LEDGER_CONNECT;
	} else {
		b->latest = LEDGER_UNKNOWN;
	}
	b->ns[b->latest] += ns;
}

/* What was while events were lost, nobody knows. */
static void count_until(struct ledger *b, const struct life *l, uint64_t ts_ns)
{
	uint64_t unseen = 0;

	if (ts_ns <= b->at_ns)
		return;
	if (b->blindspots)
		unseen = blindspots_within(b->blindspots, b->at_ns, ts_ns);
	b->ns[LEDGER_UNKNOWN] += unseen;
	count(b, l, ts_ns - b->at_ns - unseen);
	b->at_ns = ts_ns;
}

/* ---- events ---- */

static void see_rtt(struct ledger *b, uint64_t ns)
{
	if (ns && (!b->rtt_ns || ns < b->rtt_ns))
		b->rtt_ns = ns;
}

static bool is_touch(enum event_kind kind)
{
	return kind == EVENT_SEND_LENGTH || kind == EVENT_RECV_LENGTH || kind == EVENT_SENDMSG ||
	       kind == EVENT_SPACE_ADJUST;
}

static void forget_progress(struct ledger *b)
{
	b->stuck_ns = b->stuck_quiet = b->window_ns = 0;
}

/* Something had to be sent again: since the last progress this was waited for. */
static void blame_loss(struct ledger *b, enum ledger_item item)
{
	move(b, LEDGER_NETWORK, item, b->stuck_ns);
	b->ns[item] += b->stuck_quiet;
	b->quiet_ns -= b->stuck_quiet;
	forget_progress(b);
}

/* All is acknowledged: how much of the last wait was the network's? An acknowledgement that came
 * with data, or as late as a delayed one, was not under way all the time. */
static void split_wait(struct ledger *b, unsigned moves, int64_t flight)
{
	uint64_t excess = b->stuck_ns > b->rtt_ns ? b->stuck_ns - b->rtt_ns : 0;
	bool is_delayed = excess >= DELAYED_ACK_MIN && excess <= DELAYED_ACK_MAX;

	if (!b->rtt_ns || flight > FLIGHT_SMALL)
		return;
	if (!(moves & STREAM_PIGGYBACK) && !is_delayed)
		return;
	excess = least(excess, b->ns[LEDGER_NETWORK]);
	b->ns[LEDGER_NETWORK] -= excess;
	b->quiet_ns += excess;
}

static void set_last(struct ledger *b, const struct life *l, enum last_move last)
{
	if (b->last == LAST_NONE)
		b->is_asker = l->role == LIFE_CLIENT ||
			      (l->role == LIFE_UNKNOWN && last == LAST_SENT);
	if (last == LAST_RECEIVED)
		b->has_received = true;
	b->last = (uint8_t)last;
}

/* Before data has moved, who connected is taken for who asks. */
static void settle(struct ledger *b, const struct life *l, enum quiet_end end)
{
	if (b->last == LAST_NONE)
		b->is_asker = l->role == LIFE_CLIENT ||
			      (l->role == LIFE_UNKNOWN && end == END_SEND);
	settle_quiet(b, end);
}

static void on_moves(struct ledger *b, const struct life *l, unsigned moves, int64_t flight)
{
	if (moves & STREAM_ACKED && !b->congestion && b->stream.written == b->stream.acked)
		split_wait(b, moves, flight);
	if (moves & STREAM_ACKED)
		forget_progress(b);
	if (moves & STREAM_WROTE) {
		settle(b, l, END_SEND);
		set_last(b, l, LAST_SENT);
		if (flight == 0)
			forget_progress(b);
	}
	if (moves & STREAM_ARRIVED) {
		settle(b, l, END_ARRIVAL);
		set_last(b, l, LAST_RECEIVED);
	}
	if (moves & (STREAM_READ | STREAM_ARRIVED) && is_closing((enum tcp_state)b->state)) {
		/* Only one direction was closed, and the answer was waited for. */
		move(b, LEDGER_CLOSING, LEDGER_PEER, b->half_ns);
		b->half_ns = 0;
	}
}

/* Shows the peer's window as it was since the probe before. */
static void on_probe(struct ledger *b, const struct sighting *seen, const struct event *ev,
		     int64_t written)
{
	uint64_t window, sent, una;
	int32_t srtt_us = bound_int32(seen->bound, ev, BOUND_SRTT, 0);
	uint32_t unsent, flight;

	if (srtt_us > 0)
		see_rtt(b, (uint64_t)srtt_us * 1000);
	if (bound_int(seen->bound, ev, BOUND_SND_WND, &window) &&
	    bound_int(seen->bound, ev, BOUND_SND_NXT, &sent) &&
	    bound_int(seen->bound, ev, BOUND_SND_UNA, &una)) {
		flight = (uint32_t)sent - (uint32_t)una;
		unsent = (uint32_t)written + b->stream.tx_base - (uint32_t)sent;
		if (unsent && unsent < UINT32_MAX / 2 && window < flight + (uint64_t)WINDOW_FULL) {
			b->stuck_ns -= least(b->stuck_ns, b->window_ns);
			move(b, LEDGER_NETWORK, LEDGER_RWND, b->window_ns);
		}
	}
	b->window_ns = 0;
}

static void on_congestion(struct ledger *b, int32_t state)
{
	enum { OPEN, DISORDER, CWR, RECOVERY, LOSS }; /* the kernel's enum tcp_ca_state */

	if (state == LOSS && b->congestion != CONGESTION_LOSS)
		blame_loss(b, LEDGER_RTO_WAIT);
	b->congestion = CONGESTION_NONE;
	if (state == LOSS)
		b->congestion = CONGESTION_LOSS;
	else if (state == RECOVERY)
		b->congestion = CONGESTION_RECOVERY;
}

static void on_state(struct ledger *b, const struct life *l, const struct life_change *c)
{
	if (c->from == STATE_SYN_SENT && c->to == STATE_ESTABLISHED && c->has_duration &&
	    !l->traffic.retransmits)
		see_rtt(b, c->duration_ns);
	/* The peer's FIN, or this side's close. */
	if (tcp_state_is_open(c->from) && c->to != c->from)
		settle(b, l, END_STOP);
	if (tcp_state_is_open(c->from) && !tcp_state_is_open(c->to))
		b->is_touched = true;
	b->state = l->state;
	if (c->to == STATE_CLOSE && l->phase != LIFE_ALIVE)
		b->is_over = true;
}

static void read_clocks(struct ledger *b, const struct sighting *seen, const struct event *ev)
{
	uint64_t rwnd, sndbuf;

	if (!bound_int(seen->bound, ev, BOUND_RWND_LIMITED_US, &rwnd) ||
	    !bound_int(seen->bound, ev, BOUND_SNDBUF_LIMITED_US, &sndbuf))
		return;
	b->base_us[0] = rwnd;
	b->base_us[1] = sndbuf;
	b->has_clocks = true;
}

static void begin(struct ledger *b, const struct life *l, const struct sighting *seen,
		  const struct event *ev)
{
	b->is_begun = true;
	b->at_ns = l->from_ns;
	b->has_clocks = l->is_start_seen;
	if (seen->bound->kind == EVENT_SNAPSHOT)
		read_clocks(b, seen, ev);
	/* What a snapshot shows was so since the tape began; else nothing is known until now. */
	if (seen->bound->kind == EVENT_SNAPSHOT)
		b->state = l->state;
}

void ledger_see(struct ledger *b, const struct ledger_sources *from, const struct sighting *seen,
		const struct event *ev, const struct life *l)
{
	enum event_kind kind = seen->bound->kind;
	int64_t flight = b->stream.written - b->stream.acked, written = b->stream.written;
	bool is_own = seen->life == l;

	if (!b->is_begun)
		begin(b, l, seen, ev);
	if (b->is_over)
		return;
	b->has_flight = from->has_flight;
	b->blindspots = from->blindspots;
	count_until(b, l, ev->ts_ns);
	if (is_own && seen->has_change)
		on_state(b, l, &seen->change);
	b->is_touched |= is_own && is_touch(kind);
	if (kind == EVENT_CONG_STATE)
		on_congestion(b, bound_int32(seen->bound, ev, BOUND_CONG_STATE, 0));
	else if (kind == EVENT_RETRANSMIT && !bound_int32(seen->bound, ev, BOUND_ERR, 0))
		blame_loss(b, b->congestion == CONGESTION_LOSS ? LEDGER_RTO_WAIT : LEDGER_RECOVERY);
	else if (kind == EVENT_PROBE)
		on_probe(b, seen, ev, written);
	on_moves(b, l, stream_see(&b->stream, &from->stream, seen, ev, l), flight);
	b->state = l->state;
}

/* ---- the end ---- */

/* The kernel's clocks know more than could be seen, in steps of a jiffy. */
static void apply_clocks(struct ledger *b, const struct life *l)
{
	const struct totals *t = life_totals(l);
	uint64_t rwnd, sndbuf;

	if (!b->has_clocks || !t)
		return;
	rwnd = t->rwnd_limited_us - least(b->base_us[0], t->rwnd_limited_us);
	sndbuf = t->sndbuf_limited_us - least(b->base_us[1], t->sndbuf_limited_us);
	rwnd = least(rwnd, UINT64_MAX / 1000) * 1000;
	sndbuf = least(sndbuf, UINT64_MAX / 1000) * 1000;
	if (rwnd > b->ns[LEDGER_RWND])
		move(b, LEDGER_NETWORK, LEDGER_RWND, rwnd - b->ns[LEDGER_RWND]);
	move(b, LEDGER_NETWORK, LEDGER_SNDBUF, sndbuf);
}

static void take_away(struct ledger *b, enum ledger_item item, uint64_t *ns)
{
	uint64_t part = least(*ns, b->ns[item]);

	b->ns[item] -= part;
	*ns -= part;
}

/* It ended before what was seen last: a packet on its way. */
static void trim(struct ledger *b, uint64_t ns)
{
	take_away(b, (enum ledger_item)b->latest, &ns);
	for (int i = LEDGER_COUNT; i-- > 0 && ns;)
		take_away(b, (enum ledger_item)i, &ns);
}

void ledger_finish(struct ledger *b, const struct life *l)
{
	uint64_t duration = life_duration(l), sum = 0;

	if (!b->is_begun)
		b->at_ns = l->from_ns;
	if (!b->is_over)
		count_until(b, l, l->from_ns + duration);
	settle(b, l, END_STOP);
	apply_clocks(b, l);
	for (int i = 0; i < LEDGER_COUNT; i++)
		sum += b->ns[i];
	if (sum > duration)
		trim(b, sum - duration);
	else
		b->ns[LEDGER_UNKNOWN] += duration - sum;
}
