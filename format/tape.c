/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* tape.c -- the public interface over cursor and source: tapes and their items. */
#include "format/tape_data.h"

#include <stdlib.h>
#include <string.h>

#include "format/source.h"
#include "format/version.h"

#define SAME(ours, public)                                                                         \
	_Static_assert((int)(ours) == (int)(public), #public " is part of the interface")

SAME(ITEM_SECTION, TCPTAPE_SECTION);
SAME(ITEM_EVENT, TCPTAPE_EVENT);
SAME(ITEM_LOSS, TCPTAPE_LOSS);
SAME(ITEM_CLOCK, TCPTAPE_CLOCK);
SAME(ITEM_SCHEMA, TCPTAPE_NAMES);
SAME(ITEM_GAP, TCPTAPE_GAP);
SAME(ITEM_END, TCPTAPE_SECTION_END);
SAME(ERR_IO, TCPTAPE_ERR_IO);
SAME(ERR_NOT_A_TAPE, TCPTAPE_ERR_NOT_A_TAPE);
SAME(ERR_CORRUPT, TCPTAPE_ERR_CORRUPT);
SAME(ERR_UNSUPPORTED, TCPTAPE_ERR_UNSUPPORTED);
SAME(ERR_NOMEM, TCPTAPE_ERR_NOMEM);
SAME(ERR_USAGE, TCPTAPE_ERR_USAGE);
SAME(LOSS_RING_FULL, TCPTAPE_LOSS_RING_FULL);
SAME(LOSS_WRITE, TCPTAPE_LOSS_WRITE);
SAME(LOSS_MEMORY, TCPTAPE_LOSS_MEMORY);
SAME(LOSS_DAMAGE, TCPTAPE_LOSS_DAMAGE);
SAME(LOSS_SHED, TCPTAPE_LOSS_SHED);
SAME(LOSS_NESTED, TCPTAPE_LOSS_NESTED);
_Static_assert((uint32_t)LOSS_ANY_CPU == TCPTAPE_ANY_CPU, "the same number");

static int fail(struct tcptape_error *out, const struct error *why)
{
	if (!out)
		return why->status;
	out->status = why->status;
	out->sys_errno = why->sys_errno;
	_Static_assert(sizeof(out->text) >= sizeof(why->text), "sentences fit");
	memcpy(out->text, why->text, sizeof(why->text));
	return why->status;
}

const char *tcptape_version(void)
{
	return TCPTAPE_VERSION;
}

/* Takes ownership of `source`, also on failure. */
static int open_source(struct source *source, struct tcptape **out, struct error *err)
{
	struct tcptape *t = calloc(1, sizeof(*t));
	int rc = t ? cursor_open(source, &t->cursor, err) : error_nomem(err);

	if (rc) {
		source_close(source);
		free(t);
		return rc;
	}
	t->source = source;
	*out = t;
	return 0;
}

/* The same, if the source could be opened: `rc`. */
static int opened(int rc, struct source *source, struct error *why, struct tcptape **out,
		  struct tcptape_error *err)
{
	if (!rc)
		rc = open_source(source, out, why);
	return rc ? fail(err, why) : 0;
}

int tcptape_open(const char *path, struct tcptape **out, struct tcptape_error *err)
{
	struct error why = {0};
	struct source *source = NULL;
	int rc = source_open(path, &source, &why);

	return opened(rc, source, &why, out, err);
}

int tcptape_open_fd(int fd, struct tcptape **out, struct tcptape_error *err)
{
	struct error why = {0};
	struct source *source = NULL;
	int rc = source_open_fd(fd, &source, &why);

	return opened(rc, source, &why, out, err);
}

int tcptape_open_memory(const void *data, size_t len, struct tcptape **out,
			struct tcptape_error *err)
{
	struct error why = {0};
	struct source *source = NULL;
	int rc = source_open_memory(data, len, &source, &why);

	return opened(rc, source, &why, out, err);
}

void tcptape_close(struct tcptape *t)
{
	if (!t)
		return;
	cursor_close(t->cursor);
	source_close(t->source);
	free(t);
}

int tcptape_limit_time(struct tcptape *t, uint64_t from_ns, uint64_t to_ns,
		       struct tcptape_error *err)
{
	struct error why = {0};

	if (t->has_begun) {
		error_set(&why, ERR_USAGE,
			  "the time cannot be limited after the first tcptape_next()");
		return fail(err, &why);
	}
	return cursor_limit_time(t->cursor, from_ns, to_ns, &why) ? fail(err, &why) : 0;
}

int tcptape_follow(struct tcptape *t, struct tcptape_error *err)
{
	struct error why = {0};

	if (t->has_begun)
		error_set(&why, ERR_USAGE,
			  "a tape cannot be followed after the first tcptape_next()");
	else if (!source_can_grow(t->source) && source_size(t->source) != UINT64_MAX)
		error_set(&why, ERR_USAGE, "a tape in memory cannot be followed: it does not grow");
	else
		cursor_follow(t->cursor);
	return why.status ? fail(err, &why) : 0;
}

void tcptape_unfollow(struct tcptape *t)
{
	source_stop_following(t->source);
}

/* A hostile tape may count as it likes. */
static uint64_t add_capped(uint64_t a, uint64_t b)
{
	return a + b < a ? UINT64_MAX : a + b;
}

static uint64_t lost_so_far(const struct tcptape *t)
{
	return add_capped(t->lost_before, t->lost > t->lost_declared ? t->lost : t->lost_declared);
}

static void take_section(struct tcptape *t)
{
	t->lost_before = lost_so_far(t);
	t->lost = 0;
	t->lost_declared = 0;
}

static void take_loss(struct tcptape *t, const struct loss *l)
{
	t->lost = add_capped(t->lost, l->count);
	t->loss = (struct tcptape_loss){.from_ns = l->from_ns,
					.to_ns = l->to_ns,
					.count = l->count,
					.schema = tape_handle(t, l->schema),
					.cpu = l->cpu,
					.cause = l->cause};
}

static void take_clock(struct tcptape *t, const struct clock_reading *c)
{
	t->clock = (struct tcptape_clock){.ts_ns = c->ts_ns,
					  .monotonic_ns = c->monotonic_ns,
					  .boottime_ns = c->boottime_ns,
					  .realtime_ns = c->realtime_ns};
}

static void take_gap(struct tcptape *t, const struct gap *g)
{
	t->gap = (struct tcptape_gap){.offset = g->offset,
				      .bytes = g->bytes,
				      .blocks = g->blocks,
				      .reason = g->reason};
}

static void take_end(struct tcptape *t, const struct section_end *e)
{
	t->lost_declared = e->lost;
	t->end = (struct tcptape_section_end){.reason = e->reason,
					      .events = e->rows,
					      .lost = e->lost};
}

/* False for kinds that are not part of the interface. */
static bool take_item(struct tcptape *t, const struct item *item)
{
	t->section = item->section;
	switch (item->kind) {
	case ITEM_EVENT:
		t->event_schema = tape_handle(t, item->event.schema->id);
		t->events++;
		return true;
	case ITEM_SECTION:
		take_section(t);
		return true;
	case ITEM_LOSS:
		take_loss(t, &item->loss);
		return true;
	case ITEM_CLOCK:
		take_clock(t, &item->clock);
		return true;
	case ITEM_GAP:
		take_gap(t, &item->gap);
		return true;
	case ITEM_END:
		take_end(t, &item->end);
		return true;
	case ITEM_SCHEMA:
		return true;
	}
	return false;
}

/* The end, or a failure: what tcptape_next() says from now on. */
static void close_down(struct tcptape *t, int rc, const struct error *why)
{
	t->is_over = true;
	t->kind = rc < 0 ? fail(&t->failure, why) : 0;
}

int tcptape_next(struct tcptape *t, struct tcptape_error *err)
{
	struct error why = {0};
	int rc = 0;

	t->has_begun = true;
	t->event_schema = 0;
	if (!t->is_over) {
		do
			rc = cursor_next(t->cursor, &t->item, &why);
		while (!rc && !take_item(t, &t->item));
		t->kind = (int)t->item.kind;
		if (rc)
			close_down(t, rc, &why);
	}
	if (t->kind < 0 && err)
		*err = t->failure;
	return t->kind;
}

uint64_t tcptape_section(const struct tcptape *t)
{
	return t->section ? t->section->number : 0;
}

const struct tcptape_health *tcptape_health_now(struct tcptape *t)
{
	const struct health *h = cursor_health(t->cursor);

	t->health = (struct tcptape_health){.sections = h->sections,
					    .events = t->events,
					    .lost_events = lost_so_far(t),
					    .blocks = h->blocks,
					    .damaged_blocks = h->damaged_blocks,
					    .skipped_bytes = h->skipped_bytes,
					    .unreadable_events = h->unreadable_events,
					    .late_events = h->late_events,
					    .is_complete = h->is_complete,
					    .is_cut = h->is_cut,
					    .first_problem = h->first_problem};
	return &t->health;
}

const struct tcptape_loss *tcptape_item_loss(const struct tcptape *t)
{
	return t->kind == TCPTAPE_LOSS ? &t->loss : NULL;
}

const struct tcptape_clock *tcptape_item_clock(const struct tcptape *t)
{
	return t->kind == TCPTAPE_CLOCK ? &t->clock : NULL;
}

const struct tcptape_gap *tcptape_item_gap(const struct tcptape *t)
{
	return t->kind == TCPTAPE_GAP ? &t->gap : NULL;
}

const struct tcptape_section_end *tcptape_item_end(const struct tcptape *t)
{
	return t->kind == TCPTAPE_SECTION_END ? &t->end : NULL;
}

uint64_t tcptape_event_ns(const struct tcptape *t)
{
	return t->kind == TCPTAPE_EVENT ? t->item.event.ts_ns : 0;
}

uint32_t tcptape_event_cpu(const struct tcptape *t)
{
	return t->kind == TCPTAPE_EVENT ? t->item.event.cpu : 0;
}

uint64_t tcptape_event_schema(const struct tcptape *t)
{
	return t->event_schema;
}
