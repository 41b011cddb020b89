/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * view_replay.c -- every event again, in time order, with every field. In text, what the
 * tape could not see is said in its place.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/chosen.h"
#include "analyze/event_cells.h"
#include "analyze/event_columns.h"
#include "analyze/missing.h"
#include "analyze/pace.h"
#include "analyze/predicate.h"
#include "analyze/query.h"
#include "analyze/scope.h"
#include "analyze/tracker.h"
#include "analyze/units.h"
#include "analyze/view.h"
#include "analyze/watch.h"

enum {
	COL_TS,
	COL_CPU,
	COL_PID,
	COL_TID,
	COL_COMM,
	COL_TASK,
	COL_EVENT,
	COL_CONN,
	COL_VALUES,
	COL_FIELDS,
	COL_EXTRA,
	COL_OWN,
	COL_GENERIC,
	COL_COUNT
};

/* clang-format off */
static const struct column columns[COL_COUNT] = {
	[COL_TS] = {.key = "ts_ns", .title = "time", .unit = UNIT_TIME, .align = ALIGN_RIGHT,
		    .width = 9, .doc = "when, on the tape's clock"},
	[COL_CPU] = {.key = "cpu", .title = "cpu", .align = ALIGN_RIGHT, .doc = "processor"},
	[COL_PID] = {.key = "pid", .doc = "process that was running; in softirq any"},
	[COL_TID] = {.key = "tid", .doc = "its thread"},
	[COL_COMM] = {.key = "comm", .doc = "its name"},
	[COL_TASK] = {.title = "running", .made_of = "pid,comm", .width = 18},
	[COL_EVENT] = {.key = "event", .title = "event", .width = 24, .doc = "group:name"},
	[COL_CONN] = {.key = "conn", .title = "conn", .align = ALIGN_RIGHT,
		      .doc = "connection it belongs to, as numbered by conns"},
	[COL_VALUES] = {.title = "fields"},
	[COL_FIELDS] = {.key = "fields", .doc = "the fields of the kernel's format file"},
	[COL_EXTRA] = {.key = "extra", .doc = "what the recorder added"},
	[COL_OWN] = {.key = "own", .doc = "true when the kernel has no format file for it: "
					  "fields are then tcptape's own"},
	[COL_GENERIC] = {.key = "generic", .doc = "true when copied from the classic tracepoint "
						  "entry by the generic program"},
};
/* clang-format on */

const struct table replay_table = {"replay", columns, COL_COUNT};

struct replay {
	const struct view_input *in;
	struct tracker *tracker;
	struct arena arena;
	struct chosen chosen;
	struct pace pace;
	int64_t clock_offset_ns; /* real time less tape time, at the last reading */
	uint64_t clock_ts_ns;
	bool has_clock;
	bool has_origin;      /* an event has come, or is known of */
	struct missing early; /* lost before it */
	struct event_columns columns;
	struct cell *cells; /* owned; a row; NULL = the table has not begun */
	bool has_objects;   /* --where names a column of many values */
	bool has_any;       /* something was selected */
};

/* "comm[pid]" */
static struct cell task_cell(const struct task_facts *task, struct arena *a)
{
	size_t comm = view_len(task->comm), room = comm + 16;
	char *text = arena_take(a, room);

	if (!text)
		return cell_null();
	if (comm)
		memcpy(text, task->comm.p, comm);
	snprintf(text + comm, 16, "[%" PRIu32 "]", task->pid);
	return cell_text(view_of(text, strlen(text)));
}

/* --where looks at the fields as a whole. */
static bool names_objects(const struct query *q)
{
	for (size_t i = 0; q && q->where && i < predicate_name_count(q->where); i++)
		if (strcmp(predicate_name(q->where, i), "fields") == 0 ||
		    strcmp(predicate_name(q->where, i), "extra") == 0)
			return true;
	return false;
}

/* The columns are known when the names of fields are: with the first event. */
static int begin_rows(struct replay *r, const struct section *s, struct error *err)
{
	if (r->cells)
		return 0;
	TRY(event_columns_init(&r->columns, &replay_table, r->in->query, s, err));
	r->cells = calloc(r->columns.table.column_count, sizeof(*r->cells));
	if (!r->cells)
		return error_nomem(err);
	r->has_objects = names_objects(r->in->query);
	/* Of the same table CSV prints one head for all tapes. */
	render_begin(r->in->renderer,
		     r->columns.table.column_count > COL_COUNT ? &r->columns.table : &replay_table);
	return 0;
}

static bool needs(const struct replay *r, size_t first, size_t last)
{
	for (size_t i = first; i <= last; i++)
		if (render_needs(r->in->renderer, i))
			return true;
	return false;
}

static void fill_task(struct replay *r, const struct event *ev)
{
	struct task_facts task;

	if (!tracker_task(r->tracker, ev, &task))
		return;
	r->cells[COL_PID] = cell_uint(task.pid);
	r->cells[COL_TID] = cell_uint(task.tid);
	r->cells[COL_COMM] = cell_text(task.comm);
	if (render_needs(r->in->renderer, COL_TASK))
		r->cells[COL_TASK] = task_cell(&task, &r->arena);
}

static int fill_objects(struct replay *r, const struct item *item, struct error *err)
{
	struct event_cells values;

	TRY(event_cells_fill(&item->event, item->section, &r->arena, &values, err));
	r->cells[COL_VALUES] = values.known;
	r->cells[COL_FIELDS] = values.fields;
	r->cells[COL_EXTRA] = values.extra;
	return 0;
}

/* All but the objects, which cost most. */
static int fill_cells(struct replay *r, const struct item *item, const struct sighting *seen,
		      struct error *err)
{
	const struct event *ev = &item->event;
	const char *name;

	memset(r->cells, 0, COL_COUNT * sizeof(*r->cells));
	TRY(event_columns_fill(&r->columns, ev, item->section, &r->arena, r->cells, &name, err));
	r->cells[COL_TS] = cell_uint(ev->ts_ns);
	r->cells[COL_CPU] = cell_uint(ev->cpu);
	r->cells[COL_EVENT] = cell_string(name);
	r->cells[COL_OWN] = cell_bool(ev->schema->flags & SCHEMA_OWN);
	r->cells[COL_GENERIC] = cell_bool(ev->schema->flags & SCHEMA_GENERIC);
	if (needs(r, COL_PID, COL_TASK))
		fill_task(r, ev);
	if (seen->life)
		r->cells[COL_CONN] = view_number(r->in, seen->life->conn);
	return r->has_objects ? fill_objects(r, item, err) : 0;
}

static int print_event(struct replay *r, const struct item *item, const struct sighting *seen,
		       struct error *err)
{
	bool is_refused;

	arena_reset(&r->arena);
	TRY(fill_cells(r, item, seen, err));
	is_refused = render_refuses(r->in->renderer, r->cells);
	if (!is_refused && !r->has_objects && needs(r, COL_VALUES, COL_EXTRA))
		TRY(fill_objects(r, item, err));
	if (r->arena.is_failed || event_is_starved(&item->event))
		return error_nomem(err);
	if (!is_refused)
		pace_wait(&r->pace, item->event.ts_ns);
	r->has_any = true;
	render_row(r->in->renderer, r->cells);
	return 0;
}

static void print_loss(struct replay *r, const struct loss *loss, const struct section *s)
{
	const struct schema *schema = section_schema(s, loss->schema);
	uint64_t origin_ns = r->has_origin ? tracker_origin_ns(r->tracker)
					   : r->early.losses->from_ns;
	char text[600] = "-- ", *p = text + 3;

	loss_sentence(loss, origin_ns, p, 256);
	if (schema)
		snprintf(p + strlen(p), 300, ": %.120s:%.120s", schema->group, schema->name);
	render_note(r->in->renderer, text);
}

/* Times count from the first event: what was lost before it waits until that is known. */
static void print_early(struct replay *r, const struct section *s)
{
	for (size_t i = 0; i < r->early.count; i++)
		print_loss(r, &r->early.losses[i], s);
	missing_release(&r->early);
}

static void print_gap(struct replay *r, const struct gap *g)
{
	char text[320];

	snprintf(text, sizeof(text), "-- unreadable: %" PRIu64 " bytes at byte %" PRIu64 ": %s",
		 g->bytes, g->offset, g->reason);
	render_note(r->in->renderer, text);
}

/* Slewing moves a clock by at most 500 millionths; what exceeds the double, and a
 * millisecond for the reading itself, was a step. */
static void watch_clock(struct replay *r, const struct clock_reading *c)
{
	int64_t offset = (int64_t)(c->realtime_ns - c->ts_ns);
	int64_t moved = (int64_t)((uint64_t)offset - (uint64_t)r->clock_offset_ns);
	uint64_t size = moved < 0 ? 0 - (uint64_t)moved : (uint64_t)moved;
	char text[160], by[UNITS_MAX];

	if (r->has_clock && size > 1000000 + (c->ts_ns - r->clock_ts_ns) / 1000) {
		snprintf(text, sizeof(text), "-- the wall clock was set %s by %s",
			 moved < 0 ? "back" : "forward",
			 units_duration((int64_t)(size & INT64_MAX), by));
		render_note(r->in->renderer, text);
	}
	r->has_clock = true;
	r->clock_offset_ns = offset;
	r->clock_ts_ns = c->ts_ns;
}

static void begin_section(struct replay *r, const struct section *s)
{
	const char *host = fact_list_find(&s->facts, "host");
	char text[160];

	r->has_clock = false;
	if (s->number == 0)
		return;
	snprintf(text, sizeof(text), "-- another recording begins here: %.80s", host ? host : "");
	render_note(r->in->renderer, text);
}

static int take_item(struct replay *r, const struct item *item, struct error *err)
{
	struct sighting seen;

	TRY(tracker_feed(r->tracker, item, &seen, err));
	switch (item->kind) {
	case ITEM_EVENT:
		r->has_origin = true;
		TRY(begin_rows(r, item->section, err));
		print_early(r, item->section);
		if (chosen_has_event(&r->chosen, r->in, r->tracker, &item->event, &seen))
			return print_event(r, item, &seen, err);
		break;
	case ITEM_LOSS:
		if (!r->has_origin)
			return missing_add(&r->early, &item->loss, err);
		print_loss(r, &item->loss, item->section);
		break;
	case ITEM_CLOCK:
		watch_clock(r, &item->clock);
		break;
	case ITEM_GAP:
		print_gap(r, &item->gap);
		break;
	case ITEM_SECTION:
		begin_section(r, item->section);
		break;
	case ITEM_END:
		print_early(r, item->section);
		break;
	case ITEM_SCHEMA:
		break;
	}
	return 0;
}

/* Nothing more of what is waited for will come. */
static bool is_past(const struct replay *r, const struct item *item)
{
	uint64_t from_ns, to_ns;

	selection_span(r->in->selection, tracker_origin_ns(r->tracker), &from_ns, &to_ns);
	return item->kind == ITEM_EVENT && item->event.ts_ns >= to_ns;
}

static void explain_nothing(const struct replay *r)
{
	uint64_t events = tracker_event_count(r->tracker);
	char text[96];

	if (view_explain_empty(r->in, events, "no event on this tape is selected"))
		return;
	snprintf(text, sizeof(text), "none of the %" PRIu64 " events on this tape is selected",
		 events);
	render_note(r->in->renderer, text);
}

static int replay_all(struct replay *r, struct error *err)
{
	struct item item;
	int rc;

	tracker_forgo(r->tracker, FORGO_ENDS);
	TRY(chosen_prepare(&r->chosen, r->in, CHOSEN_LIVES, err));
	TRY(watch_begin(r->in, r->tracker, err));
	while ((rc = watch_item(r->in, r->tracker, &item, err)) == 0) {
		TRY(take_item(r, &item, err));
		if (r->in->follow && is_past(r, &item))
			break;
	}
	if (rc < 0)
		return rc;
	TRY(begin_rows(r, NULL, err));
	if (!r->has_any)
		explain_nothing(r);
	return 0;
}

int view_replay(const struct view_input *in, struct error *err)
{
	struct replay r = {
		.in = in,
		.pace = {.speed = in->speed},
		.has_origin = in->scope && in->scope->has_origin,
	};
	int rc;

	if (in->format == RENDER_CANONICAL)
		return view_canonical(in, err);
	r.tracker = scope_tracker(in->scope);
	rc = r.tracker ? replay_all(&r, err) : error_nomem(err);
	if (rc)
		render_discard(in->renderer);
	render_finish(in->renderer); /* before its table goes */
	tracker_free(r.tracker);
	arena_release(&r.arena);
	chosen_release(&r.chosen);
	missing_release(&r.early);
	event_columns_release(&r.columns);
	free(r.cells);
	return rc;
}
