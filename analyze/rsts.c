/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* rsts.c -- a list by time, short as RSTs do not wait long. */
#include "analyze/rsts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/binding.h"
#include "analyze/life_text.h"
#include "analyze/reset.h"

enum { WAITING_MAX = 1024 };

/* How long a RST may be on its way between two ends on one tape. */
#define FLIGHT_NS UINT64_C(200000000)

static void look(struct rst_end *end, const struct life *l, uint64_t ts_ns)
{
	end->conn = l->conn;
	end->tuple = l->tuple;
	end->owner = l->owner;
	end->state = (uint8_t)reset_state(l, ts_ns);
	end->stage = (uint8_t)reset_stage_of(l, ts_ns);
}

/* The sender's end tells what its RST was for, sometimes just after it. */
static void explain(struct rst *r, const struct life *sender, uint64_t ts_ns)
{
	enum end_cause cause = reset_cause(sender, ts_ns);

	if (!cause)
		return;
	r->cause = (uint8_t)cause;
	r->author = (uint8_t)reset_author_by_cause(cause, (enum reset_author)r->author);
	end_cause_evidence(cause, sender, r->evidence);
}

static struct rst *add(struct rsts *q, uint64_t ts_ns)
{
	struct rst *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->ts_ns = ts_ns;
	if (q->last)
		q->last->next = r;
	else
		q->first = r;
	q->last = r;
	q->waiting++;
	q->found++;
	return r;
}

static void drop_last(struct rsts *q, struct rst *r)
{
	struct rst **at = &q->first, *before = NULL;

	while (*at != r) {
		before = *at;
		at = &(*at)->next;
	}
	*at = r->next;
	if (q->last == r)
		q->last = before;
	q->waiting--;
	q->found--;
	free(r);
}

static bool is_between(const struct rst_end *end, const struct life *other)
{
	struct tuple reversed = tuple_reversed(&other->tuple);

	return other->peer ? end->conn == other->peer
			   : end->conn && tuple_equal(&end->tuple, &reversed);
}

/* The RST that `l` sent and somebody has received already, or the one that it received. */
static struct rst *find_received(struct rsts *q, const struct life *l, bool is_receiver)
{
	for (struct rst *r = q->first; r; r = r->next)
		if (r->received_ns && !r->sent_ns &&
		    (is_receiver ? r->receiver.conn == l->conn : is_between(&r->receiver, l)))
			return r;
	return NULL;
}

/* A listener answers what belongs to no connection that it knows. */
static bool is_listeners(const struct rst *r)
{
	return r->sender.conn && r->sender.state == STATE_LISTEN;
}

static bool may_reach(const struct rst *r, const struct life *l)
{
	const struct endpoint *from = &r->sender.tuple.local, *to = &l->tuple.remote;

	if (r->receiver.conn)
		return r->receiver.conn == l->conn;
	if (!is_listeners(r))
		return is_between(&r->sender, l);
	return !r->sender.tuple.remote.port && endpoint_equal(from, to);
}

/* One that is known to go there, else one that may: it may have been lost on its way. */
static struct rst *find_sent(struct rsts *q, const struct life *l)
{
	struct rst *found = NULL;

	for (struct rst *r = q->first; r; r = r->next) {
		if (!r->sent_ns || r->received_ns || !may_reach(r, l))
			continue;
		if (r->receiver.conn)
			return r;
		if (!found)
			found = r;
	}
	return found;
}

/* The listener has no part in that connection: the other end tells of it. */
static void pass_to(struct rst *r, const struct life *receiver, uint64_t ts_ns)
{
	memset(&r->sender, 0, sizeof(r->sender));
	look(&r->receiver, receiver, ts_ns);
}

/* The packet that a listener answered is dropped next, and says whose it was. */
static void take_answered(struct rsts *q, const struct item *item, const struct sighting *seen)
{
	uint64_t skb;

	if (!q->first || !seen->has_flow ||
	    !bound_int(seen->bound, &item->event, BOUND_SKBADDR, &skb))
		return;
	for (struct rst *r = q->first; r; r = r->next) {
		if (!is_listeners(r) || r->answered != skb || r->sender.tuple.remote.port ||
		    item->event.ts_ns - r->ts_ns > RESET_MOMENT_NS)
			continue;
		r->sender.tuple = tuple_reversed(&seen->flow);
		if (seen->sender)
			pass_to(r, seen->sender, r->ts_ns);
		return;
	}
}

/* tcp_reset() runs also when a closed socket gets data: no RST has come, one is sent. */
static void forget_local(struct rsts *q, const struct life *l, uint64_t ts_ns)
{
	struct rst *r = find_received(q, l, true);

	if (r && ts_ns - r->ts_ns <= RESET_MOMENT_NS)
		drop_last(q, r);
}

/* A RST that answers no packet was asked for by whoever called, if that is the owner. */
static enum reset_author author_of(const struct rsts *q, const struct item *item,
				   const struct sighting *seen, const char *reason)
{
	enum reset_author author = reset_author_of(reason);
	struct task_facts task;
	uint64_t skb;

	if (author || !bound_int(seen->bound, &item->event, BOUND_SKBADDR, &skb))
		return author;
	if (skb)
		return RESET_KERNEL;
	return seen->life && !seen->is_remote && seen->life->owner.pid &&
			       tracker_task(q->tracker, &item->event, &task) &&
			       task.pid == seen->life->owner.pid
		       ? RESET_APPLICATION
		       : RESET_AUTHOR_UNKNOWN;
}

static bool read_end(const struct item *item, const struct bound *e, enum bound_field f,
		     struct endpoint *out)
{
	struct view v;

	return bound_bytes(e, &item->event, f, &v) && endpoint_from_sockaddr(v.p, view_len(v), out);
}

/* A mini-socket sends it in the name of a socket that is closed already, or is none yet. */
static void look_mini(struct rst_end *end, const struct item *item, const struct bound *bound,
		      const char *reason)
{
	enum tcp_state state = bound_state(bound, &item->event, BOUND_STATE);

	if (reset_is_time_wait(reason))
		state = STATE_TIME_WAIT;
	if (state == STATE_TIME_WAIT || state == STATE_NEW_SYN_RECV)
		end->state = (uint8_t)state;
}

static int take_sent(struct rsts *q, const struct item *item, const struct sighting *seen,
		     struct rst **out)
{
	uint64_t ts_ns = item->event.ts_ns;
	const char *reason = bound_name(seen->bound, &item->event, BOUND_REASON, item->section);
	const struct life *sender = seen->is_remote ? NULL : seen->life;
	const struct life *receiver = seen->is_remote ? seen->life : NULL;
	struct rst *r;

	if (sender)
		forget_local(q, sender, ts_ns);
	r = sender || receiver ? find_received(q, sender ? sender : receiver, !sender) : NULL;
	if (!r)
		r = add(q, ts_ns);
	if (!r)
		return ERR_NOMEM;
	r->sent_ns = ts_ns;
	if (!bound_int(seen->bound, &item->event, BOUND_SKBADDR, &r->answered))
		r->answered = 0;
	r->author = (uint8_t)author_of(q, item, seen, reason);
	snprintf(r->reason, sizeof(r->reason), "%s", reason ? reason : "");
	if (sender) {
		look(&r->sender, sender, ts_ns);
		look_mini(&r->sender, item, seen->bound, reason);
		explain(r, sender, ts_ns);
	} else if (receiver && !r->receiver.conn) {
		look(&r->receiver, receiver, ts_ns);
	} else if (!receiver &&
		   !(read_end(item, seen->bound, BOUND_SADDR, &r->sender.tuple.local) &&
		     read_end(item, seen->bound, BOUND_DADDR, &r->sender.tuple.remote))) {
		memset(&r->sender.tuple, 0, sizeof(r->sender.tuple));
	}
	*out = r;
	return 0;
}

static int take_received(struct rsts *q, const struct item *item, const struct sighting *seen,
			 struct rst **out)
{
	struct rst *r = seen->life ? find_sent(q, seen->life) : NULL;

	if (!r)
		r = add(q, item->event.ts_ns);
	if (!r)
		return ERR_NOMEM;
	r->received_ns = item->event.ts_ns;
	if (seen->life && is_listeners(r))
		pass_to(r, seen->life, item->event.ts_ns);
	else if (seen->life)
		look(&r->receiver, seen->life, item->event.ts_ns);
	if (seen->sender)
		explain(r, seen->sender, item->event.ts_ns);
	*out = r;
	return 0;
}

/* The receiver tells of the sender that had no room for it. */
static void explain_received(struct rst *r, const struct life *receiver)
{
	enum end_cause cause = end_cause_of(receiver);

	if (r->cause || cause != END_QUEUE_OVERFLOW)
		return;
	r->cause = (uint8_t)cause;
	r->author = (uint8_t)reset_author_by_cause(cause, (enum reset_author)r->author);
	end_cause_evidence(cause, receiver, r->evidence);
}

/* At its end TCP has counted all that came, unread or not, and says what ended it. */
static void look_again(struct rsts *q, const struct life *l)
{
	for (struct rst *r = q->first; r; r = r->next) {
		if (r->receiver.conn == l->conn && r->received_ns) {
			look(&r->receiver, l, r->received_ns);
			explain_received(r, l);
		}
		if (r->sender.conn == l->conn && r->sent_ns && !r->cause)
			explain(r, l, r->sent_ns);
	}
}

int rsts_see(struct rsts *q, const struct item *item, const struct sighting *seen, struct rst **out)
{
	*out = NULL;
	switch (seen->bound->kind) {
	case EVENT_SEND_RESET:
		return take_sent(q, item, seen, out);
	case EVENT_RECEIVE_RESET:
		return take_received(q, item, seen, out);
	case EVENT_DROP:
		take_answered(q, item, seen);
		return 0;
	case EVENT_STATE:
	case EVENT_SUMMARY:
	case EVENT_ERROR_REPORT:
		if (seen->life)
			look_again(q, seen->life);
		return 0;
	default:
		return 0;
	}
}

static struct rst *take_first(struct rsts *q)
{
	struct rst *r = q->first;

	q->first = r->next;
	if (!q->first)
		q->last = NULL;
	q->waiting--;
	return r;
}

struct rst *rsts_next(struct rsts *q, uint64_t now_ns)
{
	bool is_due = q->first && now_ns > q->first->ts_ns && now_ns - q->first->ts_ns > FLIGHT_NS;

	return is_due || q->waiting > WAITING_MAX ? take_first(q) : NULL;
}

void rsts_release(struct rsts *q)
{
	while (q->first)
		free(take_first(q));
}
