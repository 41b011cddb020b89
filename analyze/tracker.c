/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tracker.c -- one event after another: whose is it, and what does it change.
 */
#include "analyze/tracker.h"

#include <stdlib.h>
#include <string.h>

#include "analyze/acceptance.h"
#include "analyze/connecting.h"
#include "analyze/identity.h"
#include "analyze/reaction.h"
#include "analyze/step.h"
#include "analyze/tcp_flags.h"
#include "analyze/touch.h"

struct tracker *tracker_new(void)
{
	struct tracker *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	lives_init(&t->lives);
	flows_init(&t->flows);
	identity_init(&t->socks);
	tasks_init(&t->tasks);
	return t;
}

void tracker_free(struct tracker *t)
{
	if (!t)
		return;
	lives_release(&t->lives);
	flows_release(&t->flows);
	slots_release(&t->socks);
	tasks_release(&t->tasks);
	binding_release(&t->binding);
	awaited_release(&t->awaited);
	free(t);
}

void tracker_set_origin(struct tracker *t, uint64_t origin_ns)
{
	t->origin_ns = origin_ns;
	t->has_origin = true;
}

void tracker_set_spans(struct tracker *t, const struct spans *spans)
{
	t->spans = spans;
}

void tracker_forgo(struct tracker *t, unsigned what)
{
	t->forgone |= what;
	t->lives.keeps_no_times = t->forgone & FORGO_TRAFFIC;
}

bool tracker_await(struct tracker *t, uint64_t conn)
{
	return awaited_add(&t->awaited, conn);
}

bool tracker_is_done(const struct tracker *t)
{
	return awaited_is_done(&t->awaited);
}

static const struct life *take(struct tracker *t)
{
	const struct life *l = lives_take(&t->lives);

	if (l)
		awaited_see(&t->awaited, l->conn, l->peer);
	return l;
}

static bool is_packet(enum event_kind kind)
{
	return kind == EVENT_SEGMENT || kind == EVENT_DROP || kind == EVENT_CONSUME ||
	       kind == EVENT_COPY;
}

/* A SYN, or the answer to one, tells the port of a socket that connects. */
static void claim_port(struct step *s, struct flow *flow)
{
	uint32_t flags = (uint32_t)step_int32(s, BOUND_TCP_FLAGS, 0);
	bool is_reply = flags & FLAG_ACK;
	const struct task *task;
	struct tuple reversed;
	struct life *l;

	if (!(flags & FLAG_SYN) && !(is_reply && (flags & FLAG_RST)))
		return;
	task = step_task(s);
	reversed = tuple_reversed(flow->tuple);
	l = connecting_claim(&s->t->lives, is_reply ? &reversed : flow->tuple, is_reply,
			     task ? task->pid : 0);
	if (is_reply)
		flow->receiver = l;
	else
		flow->sender = l;
	s->is_tuple_new = l != NULL;
}

/* A packet's own socket, if it has one, decides; else its headers. */
static void find_flow(struct step *s)
{
	struct tracker *t = s->t;
	struct flow flow;

	if (!flows_find(&t->flows, &t->lives, &t->binding, s->e, s->ev, &flow))
		return;
	if (!flow.sender && !flow.receiver && connecting_has_any(&t->lives))
		claim_port(s, &flow);
	s->out->has_flow = true;
	s->out->flow = *flow.tuple;
	s->out->sender = flow.sender;
	s->out->receiver = flow.receiver;
	if (!s->life)
		s->life = flow.receiver ? flow.receiver : flow.sender;
}

static bool read_endpoint(const struct step *s, enum bound_field f, struct endpoint *out)
{
	struct view v;

	return bound_bytes(s->e, s->ev, f, &v) && endpoint_from_sockaddr(v.p, view_len(v), out);
}

/* An event about a packet rather than a socket, such as a RST that no socket sends. */
static void find_endpoints(struct step *s)
{
	struct tuple tuple, reversed;
	struct life *l;

	if (!read_endpoint(s, BOUND_SADDR, &tuple.local) ||
	    !read_endpoint(s, BOUND_DADDR, &tuple.remote))
		return;
	reversed = tuple_reversed(&tuple);
	l = lives_find_tuple(&s->t->lives, &tuple, NULL);
	if (l && l->is_orphan && s->e->kind == EVENT_SEND_RESET) { /* its mini-socket's */
		s->life = l;
		reaction_note(s);
	}
	s->out->is_remote = l == NULL;
	s->out->life = l ? l : lives_find_tuple(&s->t->lives, &reversed, NULL);
}

static inline bool is_forgone(const struct tracker *t, const struct bound *e)
{
	return t->forgone & FORGO_PACKETS && is_packet(e->kind);
}

static inline void on_event(struct step *s)
{
	if (is_forgone(s->t, s->e))
		return;
	if (s->e->kind == EVENT_STATE) {
		s->out->change.from = step_state(s, BOUND_OLDSTATE);
		s->out->change.to = step_state(s, BOUND_NEWSTATE);
	}
	identity_resolve(s);
	if (is_packet(s->e->kind))
		find_flow(s);
	s->out->life = s->life;
	if (s->life)
		reaction_apply(s);
	else if (s->e->field[BOUND_SADDR] >= 0 && s->e->kind != EVENT_STATE)
		find_endpoints(s);
	s->out->is_located = s->is_tuple_new ||
			     (s->out->is_birth && tuple_is_complete(&s->life->tuple));
}

static SELDOM void see_first_time(struct tracker *t, uint64_t ts_ns)
{
	if (!t->has_origin)
		t->origin_ns = ts_ns;
	if (!t->has_section_ns)
		t->section_ns = t->last_ns = ts_ns;
	t->has_origin = t->has_section_ns = true;
	if (t->is_gap_open)
		blindspots_add(&t->blindspots, t->last_ns, ts_ns);
	t->is_gap_open = false;
}

static inline void see_time(struct tracker *t, uint64_t ts_ns)
{
	if (!t->has_origin || !t->has_section_ns || t->is_gap_open)
		see_first_time(t, ts_ns);
	if (ts_ns > t->last_ns)
		t->last_ns = ts_ns;
}

/* Before an event is looked at: whether others came since the grace ended does not matter. */
static SELDOM void end_due(struct tracker *t, uint64_t now_ns)
{
	struct life *l;

	while ((l = lives_expire(&t->lives, now_ns)))
		if (l->role == LIFE_UNKNOWN)
			acceptance_inherit(t, l);
	while (t->forgone & FORGO_ENDS && take(t))
		;
}

static inline void expire(struct tracker *t, uint64_t now_ns)
{
	if (lives_is_due(&t->lives, now_ns))
		end_due(t, now_ns);
}

static inline void reach(struct tracker *t, uint64_t ts_ns)
{
	see_time(t, ts_ns);
	expire(t, ts_ns);
}

static int bind(struct tracker *t, const struct section *section, struct error *err)
{
	int rc = binding_update(&t->binding, section, err);

	t->section = section;
	routes_reset(&t->routes);
	t->lives.has_destroy = t->binding.has_kind[EVENT_DESTROY];
	t->lives.has_drops = t->binding.has_kind[EVENT_DROP];
	t->lives.has_retransmits = t->binding.has_kind[EVENT_RETRANSMIT];
	t->lives.has_packets = t->binding.has_kind[EVENT_SEGMENT] && !(t->forgone & FORGO_PACKETS);
	t->lives.has_arrivals = t->binding.has_kind[EVENT_SEGMENT];
	t->lives.has_calls = t->binding.has_kind[EVENT_SEND_LENGTH] &&
			     t->binding.has_kind[EVENT_RECV_LENGTH];
	t->has_calls |= t->lives.has_calls;
	return rc;
}

/* What was not fed came before the section's last event. */
static void leave_section(struct tracker *t)
{
	if (t->span && t->span->last_ns > t->last_ns)
		t->last_ns = t->span->last_ns;
	lives_stop(&t->lives, t->last_ns);
}

static int begin_section(struct tracker *t, const struct section *section, struct error *err)
{
	leave_section(t);
	slots_reset(&t->socks);
	tasks_reset(&t->tasks);
	flows_reset(&t->flows);
	binding_reset(&t->binding);
	t->span = t->spans ? spans_find(t->spans, section->number) : NULL;
	t->has_section_ns = t->span != NULL;
	if (t->span)
		t->section_ns = t->last_ns = t->span->first_ns;
	return bind(t, section, err);
}

/* Losses of events that no fact about a life rests on do not matter. */
static bool is_loss_relevant(const struct tracker *t, const struct loss *loss)
{
	enum event_kind kind;

	if (loss->schema == 0 || loss->schema > t->binding.count)
		return true;
	kind = t->binding.events[loss->schema - 1].kind;
	return kind != EVENT_OTHER && kind != EVENT_CONSUME && kind != EVENT_COPY &&
	       kind != EVENT_SEGMENT;
}

/* Something was not kept, or not read, where that could not be said. */
static bool is_starved(const struct tracker *t, const struct event *ev)
{
	return lives_is_starved(&t->lives) || t->socks.is_starved || t->flows.slots.is_starved ||
	       t->tasks.slots.is_starved || event_is_starved(ev);
}

/* An event at a time that was reached. False without memory for a life; is_starved() has to be asked,
 * too, before anything is told. */
static inline bool feed_event(struct tracker *t, const struct event *ev, struct sighting *out)
{
	struct step s; /* its facts are filled when they are needed, which is seldom */

	s.t = t;
	s.ev = ev;
	s.readers = run_readers(ev);
	s.out = out;
	s.life = NULL;
	s.is_tuple_new = s.is_starved = false;
	t->event_count++;
	s.e = out->bound = binding_find(&t->binding, ev);
	if (s.e)
		on_event(&s);
	return !s.is_starved;
}

static void sighting_init(struct sighting *out)
{
	memset(out, 0, offsetof(struct sighting, flow));
}

/* A view that tells of lives has to look at this. */
static bool is_news(const struct tracker *t, const struct sighting *seen, uint64_t quiet_ns)
{
	return (seen->has_change && !(t->forgone & FORGO_CHANGES)) ||
	       t->lives.lists[LIST_OVER].first || t->last_ns >= quiet_ns;
}

/* Until when no life's grace ends, and time goes on as it did: reach() has nothing else to do. */
static uint64_t quiet_until(const struct tracker *t)
{
	bool is_known = t->has_origin && t->has_section_ns && !t->is_gap_open;

	return is_known ? lives_due_ns(&t->lives) : 0;
}

/* All next rows that need no closer look. */
static void touch_rows(struct tracker *t, struct run *run, uint64_t quiet_ns)
{
	uint32_t first = run->at, next = first, end = run->end;
	uint64_t last_ns = t->last_ns;
	struct run_rows rows;

	if (next == end)
		return;
	rows = run_rows(run);
	for (; next < end; run->at = ++next) {
		struct run_place at = run_place_at(&rows, next);

		if (at.ts_ns >= quiet_ns || !touch(t, run, &at))
			break;
		if (at.ts_ns > last_ns)
			last_ns = at.ts_ns;
	}
	t->last_ns = last_ns;
	t->event_count += next - first;
}

int tracker_feed_run(struct tracker *t, struct run *run, struct event *ev, struct sighting *out,
		     struct error *err)
{
	bool is_told = false, is_lost = false, is_fed = false;
	uint64_t quiet_ns = quiet_until(t);

	routes_enter(&t->routes, run);
	while (!is_told) {
		touch_rows(t, run, quiet_ns);
		if (!run_next(run, ev))
			break;
		is_fed = true;
		sighting_init(out);
		if (ev->ts_ns >= quiet_ns)
			reach(t, ev->ts_ns);
		else if (ev->ts_ns > t->last_ns)
			t->last_ns = ev->ts_ns;
		is_lost = !feed_event(t, ev, out);
		quiet_ns = quiet_until(t);
		is_told = is_lost || is_news(t, out, quiet_ns);
	}
	if (is_lost || (is_fed && is_starved(t, ev)))
		return error_nomem(err);
	return is_told ? 0 : END;
}

int tracker_feed(struct tracker *t, const struct item *item, struct sighting *out,
		 struct error *err)
{
	sighting_init(out);
	switch (item->kind) {
	case ITEM_EVENT:
		reach(t, item->event.ts_ns);
		if (!feed_event(t, &item->event, out) || is_starved(t, &item->event))
			return error_nomem(err);
		return 0;
	case ITEM_SECTION:
		return begin_section(t, item->section, err);
	case ITEM_SCHEMA:
		return bind(t, item->section, err);
	case ITEM_LOSS:
		if (is_loss_relevant(t, &item->loss))
			blindspots_add(&t->blindspots, item->loss.from_ns, item->loss.to_ns);
		return 0;
	case ITEM_GAP:
		t->is_gap_open = true;
		return 0;
	default:
		return 0;
	}
}

const struct life *tracker_take(struct tracker *t)
{
	expire(t, t->last_ns);
	return lives_has_over(&t->lives) ? take(t) : NULL;
}

void tracker_stop(struct tracker *t)
{
	if (t->is_gap_open)
		blindspots_add(&t->blindspots, t->last_ns, UINT64_MAX);
	t->is_gap_open = false;
	leave_section(t);
}

const struct binding *tracker_binding(const struct tracker *t)
{
	return &t->binding;
}

bool tracker_task(const struct tracker *t, const struct event *ev, struct task_facts *out)
{
	const struct bound *e = binding_find(&t->binding, ev);

	return e && binding_task(&t->binding, e, ev, out);
}

uint64_t tracker_origin_ns(const struct tracker *t)
{
	return t->origin_ns;
}

uint64_t tracker_last_ns(const struct tracker *t)
{
	return t->last_ns;
}

uint64_t tracker_event_count(const struct tracker *t)
{
	return t->event_count;
}

uint64_t tracker_life_count(const struct tracker *t)
{
	return t->lives.last_conn;
}

bool tracker_has_calls(const struct tracker *t)
{
	return t->has_calls;
}

bool tracker_is_uncertain(const struct tracker *t, const struct life *l)
{
	if (!l->is_start_seen || tracker_has_holes(t, l))
		return true;
	return !l->is_end_seen && l->end != LIFE_OPEN && l->phase == LIFE_GONE;
}

bool tracker_has_holes(const struct tracker *t, const struct life *l)
{
	return l->is_torn || blindspots_overlap(&t->blindspots, l->from_ns, l->until_ns);
}

const struct blindspots *tracker_blindspots(const struct tracker *t)
{
	return &t->blindspots;
}

struct selection_subject life_subject(const struct life *l)
{
	return (struct selection_subject){
		.conn = l->conn,
		.lport = l->tuple.local.port,
		.rport = l->tuple.remote.port,
		.laddr = l->tuple.local.addr,
		.raddr = l->tuple.remote.addr,
		.pid = l->owner.pid,
		.comm = l->owner.comm,
	};
}
