/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * step.h -- one event on its way through the tracker, and the tracker's own state.
 * Private to tracker.c, identity.c, reaction.c and acceptance.c; everybody else uses tracker.h.
 */
#ifndef ANALYZE_STEP_H
#define ANALYZE_STEP_H

#include "analyze/awaited.h"
#include "analyze/accepting.h"
#include "analyze/blindspots.h"
#include "analyze/flow.h"
#include "analyze/lives.h"
#include "analyze/route.h"
#include "analyze/slots.h"
#include "analyze/sock_facts.h"
#include "analyze/spans.h"
#include "analyze/tasks.h"
#include "analyze/tracker.h"
#include "format/run.h"

struct tracker {
	struct binding binding;
	struct lives lives;
	struct flows flows;
	struct slots socks; /* of struct sock_slot (identity.c) */
	struct tasks tasks;
	struct accepting accepting;
	struct routes routes;
	struct blindspots blindspots;
	const struct spans *spans; /* NULL: all of the tape is fed */
	const struct span *span;   /* of the section; NULL: not known */
	const struct section *section;
	struct awaited awaited;
	uint64_t origin_ns;  /* first event of the tape */
	uint64_t section_ns; /* first event of the section */
	uint64_t last_ns;    /* last event of the section so far */
	uint64_t event_count;
	bool has_origin, has_section_ns;
	bool has_calls;
	unsigned forgone; /* bits of enum forgone */
	bool is_gap_open; /* damage was skipped after last_ns */
};

struct step {
	struct tracker *t;
	const struct event *ev;
	const struct reader *readers; /* of the event's fields */
	const struct bound *e;
	struct sock_facts facts; /* filled when the socket was not found by its slot */
	struct life *life;       /* the event's, or NULL */
	bool is_tuple_new;       /* this event completed the life's tuple */
	bool is_starved;         /* no memory for a new life */
	struct sighting *out;
};

/* bound_int(), bound_int32() and bound_state() of the event. */
static ALWAYS_INLINE bool step_int(const struct step *s, enum bound_field f, uint64_t *out)
{
	int index = s->e->field[f];

	return index >= 0 && run_int(s->ev, &s->readers[index], index, out);
}

/* The task that was running, or NULL. */
static inline const struct task *step_task(const struct step *s)
{
	return tasks_find(&s->t->tasks, &s->t->binding, s->e, s->ev);
}

static inline int32_t step_int32(const struct step *s, enum bound_field f, int32_t missing)
{
	uint64_t v;

	return step_int(s, f, &v) ? (int32_t)(uint32_t)v : missing;
}

static inline enum tcp_state step_state(const struct step *s, enum bound_field f)
{
	uint64_t v;

	if (!step_int(s, f, &v) || v >= BOUND_STATES)
		return STATE_UNKNOWN;
	return (enum tcp_state)s->e->states[v];
}

#endif
