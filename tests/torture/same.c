/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * same.c -- tapes against each other and against themselves. Prints counts; of what must not be
 * at all, a complaint.
 *
 *	same part WITNESS TAPE...  every event of each tape is one of WITNESS, which was recorded at the
 *				   same time for longer: per CPU in the same order, without a gap.
 *				   A line each: events, strange, missing, lost there, lost in WITNESS
 *	same lost TAPE		   by type: events on the tape, and those it says could not be
 *				   written; none lies where all of its type and CPU were lost
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/bytes.h"
#include "format/cursor.h"
#include "format/source.h"

enum {
	CPUS_MAX = 256,
	AROUND = 256, /* two recorders see events of one CPU a little out of order */
};

static void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

static void fail(const char *fmt, ...)
{
	va_list args;

	fputs("FAILED: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

/* What the events of one CPU hold, their times left out. */
struct lane {
	uint64_t *events; /* owned */
	size_t count, cap;
};

struct loss_list {
	struct loss *losses; /* owned */
	char (*names)[128];  /* owned; of the schemas */
	size_t count, cap, name_cap;
};

struct tape {
	struct lane lanes[CPUS_MAX];
	struct loss_list lost;
	uint64_t events, lost_events;
};

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0xbf58476d1ce4e5b9);
	return h ^ h >> 29;
}

static uint64_t mix_bytes(uint64_t h, struct view bytes)
{
	h = mix(h, view_len(bytes));
	for (const uint8_t *p = bytes.p; p < bytes.end; p++)
		h = mix(h, *p);
	return h;
}

/* The accept queue may change between one recorder's look at it and the other's. */
static bool is_fleeting(const struct field *f)
{
	return strcmp(f->name, "backlog") == 0;
}

static uint64_t content_of(const struct event *ev)
{
	const char *name = ev->schema->name;
	uint64_t h = mix_bytes(0, view_of(name, strlen(name))), v;
	struct view bytes;

	for (int i = 0; i < ev->schema->field_count; i++) {
		if (is_fleeting(&ev->schema->fields[i]))
			continue;
		if (event_int(ev, i, &v))
			h = mix(h, v);
		else if (event_bytes(ev, i, &bytes))
			h = mix_bytes(h, bytes);
		else
			h = mix(h, 77);
	}
	return h;
}

/* What happened; rows of the recorder's own snapshot did not. */
static bool is_kernels(const struct event *ev)
{
	return strcmp(ev->schema->group, "tcptape") != 0;
}

static void keep_event(struct tape *t, const struct event *ev)
{
	struct lane *l = &t->lanes[ev->cpu % CPUS_MAX];
	void *events = l->events;

	if (!is_kernels(ev))
		return;
	if (!array_grow(&events, &l->cap, l->count + 1, sizeof(*l->events)))
		fail("out of memory");
	l->events = events;
	l->events[l->count++] = content_of(ev);
	t->events++;
}

static void name_of(const struct section *s, uint32_t id, char out[128])
{
	const struct schema *schema = section_schema(s, id);

	snprintf(out, 128, "%.60s:%.60s", schema ? schema->group : "", schema ? schema->name : "");
}

static void keep_loss(struct tape *t, const struct loss *loss, const struct section *s)
{
	struct loss_list *l = &t->lost;
	void *losses = l->losses, *names = l->names;

	t->lost_events += loss->count;
	if (!array_grow(&losses, &l->cap, l->count + 1, sizeof(*l->losses)))
		fail("out of memory");
	l->losses = losses;
	if (!array_grow(&names, &l->name_cap, l->count + 1, sizeof(*l->names)))
		fail("out of memory");
	l->names = names;
	name_of(s, loss->schema, l->names[l->count]);
	l->losses[l->count++] = *loss;
}

typedef void (*event_fn)(struct tape *t, const struct event *ev);

static void read_tape(const char *path, struct tape *t, event_fn take)
{
	struct error err = {0};
	struct source *source;
	struct cursor *c;
	struct item item;
	int rc;

	if (source_open(path, &source, &err) || cursor_open(source, &c, &err))
		fail("%s", err.text);
	while ((rc = cursor_next(c, &item, &err)) == 0) {
		if (item.kind == ITEM_EVENT)
			take(t, &item.event);
		else if (item.kind == ITEM_LOSS)
			keep_loss(t, &item.loss, item.section);
	}
	if (rc < 0)
		fail("%s: %s", path, err.text);
	cursor_close(c);
	source_close(source);
}

static void tape_release(struct tape *t)
{
	for (size_t i = 0; i < CPUS_MAX; i++)
		free(t->lanes[i].events);
	free(t->lost.losses);
	free(t->lost.names);
	*t = (struct tape){0};
}

/* Where in the whole the part begins: by the first of its events that is there only once. */
static size_t find_start(const struct lane *part, const struct lane *whole)
{
	for (size_t at = 0; at < part->count; at++) {
		size_t found = 0, place = 0;

		for (size_t i = 0; i < whole->count && found < 2; i++) {
			if (whole->events[i] != part->events[at])
				continue;
			place = i;
			found++;
		}
		if (found == 1)
			return place > at ? place - at : 0;
	}
	return 0;
}

struct match {
	size_t matched, strange, missing;
};

/* Where `event` is, near `from` or behind so many lost ones, and not yet taken; or
 * whole->count. */
static size_t find_near(const struct lane *whole, const bool *taken, size_t from, uint64_t lost,
			uint64_t event)
{
	size_t first = from > AROUND ? from - AROUND : 0;
	size_t last = whole->count - from > AROUND + lost ? from + AROUND + (size_t)lost
							  : whole->count;

	for (size_t i = from; i < last; i++)
		if (!taken[i] && whole->events[i] == event)
			return i;
	for (size_t i = first; i < from && i < last; i++)
		if (!taken[i] && whole->events[i] == event)
			return i;
	return whole->count;
}

static void match_lane(const struct lane *part, uint64_t lost, const struct lane *whole,
		       struct match *m)
{
	bool *taken = calloc(whole->count + 1, sizeof(*taken));
	size_t next = find_start(part, whole), low = whole->count, high = 0;

	if (!taken)
		fail("out of memory");
	for (size_t i = 0; i < part->count; i++) {
		size_t at = find_near(whole, taken, next, lost, part->events[i]);

		if (at == whole->count) {
			m->strange++;
			continue;
		}
		taken[at] = true;
		m->matched++;
		low = at < low ? at : low;
		high = at > high ? at : high;
		next = at >= next ? at + 1 : next;
	}
	for (size_t i = low; i <= high && i < whole->count; i++)
		m->missing += !taken[i];
	free(taken);
}

static int part(const char *witness, char **paths)
{
	static struct tape whole, t;

	read_tape(witness, &whole, keep_event);
	for (; *paths; paths++) {
		struct match m = {0};

		read_tape(*paths, &t, keep_event);
		for (size_t i = 0; i < CPUS_MAX; i++)
			if (t.lanes[i].count)
				match_lane(&t.lanes[i], t.lost_events, &whole.lanes[i], &m);
		printf("%" PRIu64 " %zu %zu %" PRIu64 " %" PRIu64 "\n", t.events, m.strange,
		       m.missing, t.lost_events, whole.lost_events);
		tape_release(&t);
	}
	tape_release(&whole);
	return 0;
}

struct type {
	char name[128];
	uint64_t events, lost;
};

static struct type types[512];
static size_t type_count;

static struct type *type_of(const char *name)
{
	for (size_t i = 0; i < type_count; i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	if (type_count == sizeof(types) / sizeof(types[0]))
		fail("more types than expected");
	snprintf(types[type_count].name, sizeof(types[0].name), "%s", name);
	return &types[type_count++];
}

static void count_event(struct tape *t, const struct event *ev)
{
	char name[128];

	snprintf(name, sizeof(name), "%.60s:%.60s", ev->schema->group, ev->schema->name);
	if (is_kernels(ev))
		type_of(name)->events++;
	t->events++;
}

static void check_place(struct tape *t, const struct event *ev)
{
	char name[128];

	snprintf(name, sizeof(name), "%.60s:%.60s", ev->schema->group, ev->schema->name);
	for (size_t i = 0; i < t->lost.count; i++) {
		const struct loss *l = &t->lost.losses[i];

		if (l->cause == LOSS_WRITE && l->cpu == ev->cpu && ev->ts_ns >= l->from_ns &&
		    ev->ts_ns <= l->to_ns && strcmp(t->lost.names[i], name) == 0)
			fail("%s at %" PRIu64 " on CPU %u, where all were lost", name, ev->ts_ns,
			     ev->cpu);
	}
}

static int lost(const char *path)
{
	static struct tape t, again;

	read_tape(path, &t, count_event);
	for (size_t i = 0; i < t.lost.count; i++) {
		const struct loss *l = &t.lost.losses[i];

		if (l->cause != LOSS_WRITE)
			fail("a loss of another cause: %u, %" PRIu64 " events", l->cause, l->count);
		type_of(t.lost.names[i])->lost += l->count;
	}
	/* The losses are known before the events this time. */
	again.lost = t.lost;
	t.lost = (struct loss_list){0};
	read_tape(path, &again, check_place);
	for (size_t i = 0; i < type_count; i++)
		printf("%s %" PRIu64 " %" PRIu64 "\n", types[i].name, types[i].events,
		       types[i].lost);
	tape_release(&t);
	tape_release(&again);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 4 && strcmp(argv[1], "part") == 0)
		return part(argv[2], argv + 3);
	if (argc == 3 && strcmp(argv[1], "lost") == 0)
		return lost(argv[2]);
	fputs("usage: same part WITNESS TAPE... | same lost TAPE\n", stderr);
	return 2;
}
