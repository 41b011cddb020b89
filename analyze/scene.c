/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * scene.c -- keeping moments until they can be told.
 */
#include "analyze/scene.h"

#include <stdlib.h>

int scene_add(struct scene *s, const struct moment *m, struct error *err)
{
	void *moments = s->moments;

	if (!array_grow(&moments, &s->cap, s->count + 1, sizeof(*s->moments)))
		return error_nomem(err);
	s->moments = moments;
	s->moments[s->count++] = *m;
	return 0;
}

void scene_release(struct scene *s)
{
	free(s->moments);
	*s = (struct scene){0};
}

static int by_time(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;

	if (x->ts_ns != y->ts_ns)
		return x->ts_ns < y->ts_ns ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

void scene_sort(struct scene *s)
{
	if (s->count)
		qsort(s->moments, s->count, sizeof(*s->moments), by_time);
}

/* The first buffer filled since the last return of a call on the same socket. */
static void link_call(struct scene *s, size_t end)
{
	struct moment *first = NULL, *call = &s->moments[end];

	for (size_t i = end; i-- > 0;) {
		struct moment *m = &s->moments[i];

		if (m->conn != call->conn)
			continue;
		if (m->kind == EVENT_SEND_LENGTH)
			break;
		if (m->kind == EVENT_SENDMSG)
			first = m;
		else if (m->kind == EVENT_RECV_LENGTH || m->kind == EVENT_STATE)
			break;
	}
	if (!first || call->value <= 0)
		return;
	first->value = call->value;
	first->is_call_start = call->is_call_end = true;
	call->duration_ns = call->ts_ns - first->ts_ns;
}

void scene_link_calls(struct scene *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->moments[i].kind == EVENT_SEND_LENGTH)
			link_call(s, i);
}

void strays_add(struct strays *s, const struct tuple *tuple, const struct moment *m)
{
	struct stray *stray = &s->ring[s->next];

	s->waiting += !stray->is_waiting;
	*stray = (struct stray){.tuple = *tuple, .moment = *m, .is_waiting = true};
	s->next = (s->next + 1) % STRAYS_MAX;
}

bool strays_take(struct strays *s, const struct tuple *tuple, uint64_t from_ns, size_t *at,
		 struct stray *out)
{
	struct tuple reversed = tuple_reversed(tuple);

	if (!s->waiting)
		return false;
	while (*at < STRAYS_MAX) {
		struct stray *stray = &s->ring[(*at)++];

		if (!stray->is_waiting || stray->moment.ts_ns < from_ns ||
		    (!tuple_equal(&stray->tuple, tuple) && !tuple_equal(&stray->tuple, &reversed)))
			continue;
		*out = *stray;
		stray->is_waiting = false;
		s->waiting--;
		return true;
	}
	return false;
}
