/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* event_lines.c -- lines by time; few have the same. */
#include "tests/torture/event_lines.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct line {
	uint64_t ts_ns;
	const char *text; /* from the CPU on */
	bool is_used;
};

struct event_lines {
	struct line *lines; /* by time */
	size_t count;
};

static uint64_t time_of(const char *event)
{
	return strtoull(event + 6, NULL, 10);
}

static int by_time(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->ts_ns != y->ts_ns)
		return x->ts_ns < y->ts_ns ? -1 : 1;
	return x->text < y->text ? -1 : x->text > y->text;
}

struct event_lines *event_lines_new(const struct tape_text *t)
{
	struct event_lines *e = calloc(1, sizeof(*e));

	if (e)
		e->lines = calloc(t->count + 1, sizeof(*e->lines));
	if (!e || !e->lines) {
		fprintf(stderr, "torture: out of memory\n");
		exit(1);
	}
	e->count = t->count;
	for (size_t i = 0; i < t->count; i++)
		e->lines[i] = (struct line){time_of(t->events[i]), strchr(t->events[i] + 6, ' '),
					    false};
	qsort(e->lines, e->count, sizeof(*e->lines), by_time);
	return e;
}

void event_lines_free(struct event_lines *e)
{
	if (!e)
		return;
	free(e->lines);
	free(e);
}

/* " CPU NUMBER NAME VALUE...": word by word. 0 different, 1 equal, 2 but for nulls. */
static int compare(const char *sound, const char *other, bool is_exact)
{
	int same = 1;

	for (unsigned word = 0; *sound && *other; word++) {
		size_t a = strcspn(++sound, " "), b = strcspn(++other, " ");
		bool is_equal = a == b && memcmp(sound, other, a) == 0;

		if (!is_equal && word != 1) {
			if (is_exact || word < 3 || b != 1 || *other != '-')
				return 0;
			same = 2;
		}
		sound += a;
		other += b;
	}
	return *sound || *other ? 0 : same;
}

static size_t first_at(const struct event_lines *e, uint64_t ts_ns)
{
	size_t lo = 0, hi = e->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (e->lines[mid].ts_ns < ts_ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The best match among the lines of the same time: equal before nulled. 0 = none. */
static int match(struct event_lines *e, const char *event, bool is_exact)
{
	uint64_t ts_ns = time_of(event);
	const char *text = strchr(event + 6, ' ');
	struct line *best = NULL;
	int how = 0;

	for (size_t i = first_at(e, ts_ns); i < e->count && e->lines[i].ts_ns == ts_ns; i++) {
		int same = e->lines[i].is_used ? 0 : compare(e->lines[i].text, text, is_exact);

		if (same && (!how || same < how)) {
			best = &e->lines[i];
			how = same;
		}
	}
	if (best)
		best->is_used = true;
	return how;
}

const char *event_lines_stray(struct event_lines *e, const struct tape_text *t, bool is_exact,
			      size_t *nulled)
{
	*nulled = 0;
	for (size_t i = 0; i < e->count; i++)
		e->lines[i].is_used = false;
	for (size_t i = 0; i < t->count; i++) {
		int how = match(e, t->events[i], is_exact);

		if (!how)
			return t->events[i];
		*nulled += how == 2;
	}
	return NULL;
}
