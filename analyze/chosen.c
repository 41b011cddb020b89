/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* chosen.c -- all lives are looked at before the first row. */
#include "analyze/chosen.h"

#include "analyze/ahead.h"
#include "analyze/sock_facts.h"

static int keep(struct chosen *c, const struct life *life, enum chosen_whom whom, struct error *err)
{
	if (!conn_set_add(&c->lives, life->conn) ||
	    (whom == CHOSEN_COUPLES && life->peer && !conn_set_add(&c->lives, life->peer)))
		return error_nomem(err);
	return 0;
}

static int keep_ended(struct chosen *c, const struct view_input *in, struct tracker *t,
		      enum chosen_whom whom, struct error *err)
{
	const struct life *life;

	while ((life = tracker_take(t))) {
		struct selection_subject subject = life_subject(life);

		if (selection_has(in->selection, &subject))
			TRY(keep(c, life, whom, err));
	}
	return 0;
}

static int read_ahead(struct chosen *c, const struct view_input *in, enum chosen_whom whom,
		      struct error *err)
{
	struct ahead ahead = {0};
	struct sighting seen;
	struct item item;
	int rc = ahead_open(&ahead, in, err);

	while (rc == 0 && (rc = ahead_next(&ahead, &item, &seen, err)) == 0)
		rc = keep_ended(c, in, ahead.tracker, whom, err);
	if (rc == END)
		rc = keep_ended(c, in, ahead.tracker, whom, err);
	ahead_close(&ahead);
	return rc;
}

static int add_numbers(struct chosen *c, const struct selection *s, struct error *err)
{
	for (size_t i = 0; i < s->conn_count; i++)
		if (!conn_set_add(&c->lives, s->conns[i]))
			return error_nomem(err);
	return 0;
}

int chosen_prepare(struct chosen *c, const struct view_input *in, enum chosen_whom whom,
		   struct error *err)
{
	const struct selection *s = in->selection;

	c->is_everything = selection_is_open(s);
	if (c->is_everything)
		return 0;
	c->is_told = selection_is_by_conn(s) && whom == CHOSEN_LIVES;
	if (c->is_told)
		return add_numbers(c, s, err);
	if (!ahead_is_possible(in))
		return 0;
	TRY(read_ahead(c, in, whom, err));
	c->is_told = true;
	return 0;
}

bool chosen_has(const struct chosen *c, const struct view_input *in, const struct life *life)
{
	struct selection_subject subject;

	if (c->is_everything || !life)
		return c->is_everything;
	if (c->is_told)
		return conn_set_has(&c->lives, life->conn);
	subject = life_subject(life);
	return selection_has(in->selection, &subject);
}

static bool has_tuple(const struct view_input *in, const struct tuple *t)
{
	const struct selection_subject subject = {
		.lport = t->local.port,
		.rport = t->remote.port,
		.laddr = t->local.addr,
		.raddr = t->remote.addr,
	};

	return selection_has(in->selection, &subject);
}

/* Packets before a connection is known, and sockets that are not TCP, belong to no life
 * but have addresses. */
static bool has_stranger(const struct view_input *in, const struct tracker *t,
			 const struct event *ev, const struct sighting *seen)
{
	struct flow_headers headers;
	struct sock_facts facts;

	if (seen->has_flow)
		return has_tuple(in, &seen->flow);
	if (seen->bound && flow_read(tracker_binding(t), seen->bound, ev, &headers))
		return has_tuple(in, &headers.tuple);
	return seen->bound && sock_facts_read(tracker_binding(t), seen->bound, ev, &facts) &&
	       has_tuple(in, &facts.tuple);
}

bool chosen_has_event(const struct chosen *c, const struct view_input *in, const struct tracker *t,
		      const struct event *ev, const struct sighting *seen)
{
	const struct life *lives[] = {seen->life, seen->sender, seen->receiver};

	if (!selection_has_time(in->selection, ev->ts_ns, tracker_origin_ns(t)) ||
	    !selection_has_event(in->selection, ev->schema->group, ev->schema->name))
		return false;
	if (c->is_everything)
		return true;
	for (size_t i = 0; i < sizeof(lives) / sizeof(lives[0]); i++)
		if (lives[i] && chosen_has(c, in, lives[i]))
			return true;
	return !seen->life && has_stranger(in, t, ev, seen);
}

void chosen_release(struct chosen *c)
{
	conn_set_release(&c->lives);
	*c = (struct chosen){0};
}
