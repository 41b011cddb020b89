/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * view_info.c -- what a tape holds: one row for each recording on it, which text shows
 * as a page (info_page.c).
 */
#include <stdio.h>
#include <string.h>

#include "analyze/census.h"
#include "analyze/chosen.h"
#include "analyze/info_page.h"
#include "analyze/progress.h"
#include "analyze/remarks.h"
#include "analyze/schema_rows.h"
#include "analyze/scope.h"
#include "analyze/units.h"
#include "analyze/view.h"

enum {
	COL_SECTION,
	COL_HOST,
	COL_KERNEL,
	COL_KERNEL_VERSION,
	COL_ARCH,
	COL_CPUS,
	COL_CLOCK,
	COL_BOOT_ID,
	COL_START_UTC,
	COL_DURATION,
	COL_COMMAND,
	COL_FILTERS,
	COL_EVENT_PATTERNS,
	COL_EVENTS_TOTAL,
	COL_EVENTS,
	COL_LOST_TOTAL,
	COL_LOST,
	COL_COMPLETE,
	COL_END,
	COL_BYTES,
	COL_BLOCKS,
	COL_SOCKETS,
	COL_UNAVAILABLE,
	COL_FALLBACK,
	COL_RECORDER,
	COL_SYSCTLS,
	COL_RECORDING,
	COL_PIECE,
	COL_SHED,
	COL_RECOVERED,
	COL_TIME_WAITS,
	COL_REQUESTS,
	COL_NAMESPACES,
	COL_COUNT
};

static const struct column columns[COL_COUNT] = {
	[COL_SECTION] = {.key = "section", .doc = "recording on this tape, from 1"},
	[COL_HOST] = {.key = "host", .doc = "name of the recording host"},
	[COL_KERNEL] = {.key = "kernel", .doc = "its kernel release"},
	[COL_KERNEL_VERSION] = {.key = "kernel_version", .doc = "its kernel build"},
	[COL_ARCH] = {.key = "arch", .doc = "its machine type"},
	[COL_CPUS] = {.key = "cpus", .doc = "its number of processors"},
	[COL_CLOCK] = {.key = "clock", .doc = "clock of all times on the tape"},
	[COL_BOOT_ID] = {.key = "boot_id", .doc = "times of one boot compare with each other"},
	[COL_START_UTC] = {.key = "start_utc", .doc = "when the recording began"},
	[COL_DURATION] = {.key = "duration_ns", .doc = "how long it lasted"},
	[COL_COMMAND] = {.key = "command", .doc = "command line of the recorder"},
	[COL_FILTERS] = {.key = "filters", .doc = "what the recorder was asked to select"},
	[COL_EVENT_PATTERNS] = {.key = "event_patterns", .doc = "events it was asked for"},
	[COL_EVENTS_TOTAL] = {.key = "events_total", .doc = "events, of those selected"},
	[COL_EVENTS] = {.key = "events", .doc = "their number by name"},
	[COL_LOST_TOTAL] = {.key = "lost_total", .doc = "events the recorder lost"},
	[COL_LOST] = {.key = "lost",
		      .doc = "where: from_ns, to_ns, cpu, event, count, cause; 4096 at most"},
	[COL_COMPLETE] = {.key = "complete", .doc = "closed in order, and nothing is damaged"},
	[COL_END] = {.key = "end", .doc = "why the recording ended; null when cut short"},
	[COL_BYTES] = {.key = "bytes", .doc = "its length in the file; null for a pipe"},
	[COL_BLOCKS] = {.key = "blocks", .doc = "its sound blocks; null for a pipe"},
	[COL_SOCKETS] = {.key = "sockets",
			 .doc = "socket lives seen, of those selected, in the time selected"},
	[COL_UNAVAILABLE] = {.key = "unavailable", .doc = "what could not be recorded, and why"},
	[COL_FALLBACK] = {.key = "fallback",
			  .doc = "events recorded in another way than usual, and how or why"},
	[COL_RECORDER] =
		{.key = "recorder",
		 .doc = "cpu_ns, start_cpu_ns (of it, until recording began), max_rss_bytes, "
			"ring_peak_percent, run_ns and program of the recorder"},
	[COL_SYSCTLS] = {.key = "sysctls", .doc = "kernel settings when recording began"},
	[COL_RECORDING] = {.key = "recording", .doc = "the same for all pieces of one recording"},
	[COL_PIECE] = {.key = "piece", .doc = "number of the piece, from 1; null for a whole"},
	[COL_SHED] = {.key = "shed",
		      .doc = "events left out to stay within a limit: when, and why"},
	[COL_RECOVERED] = {.key = "recovered",
			   .doc = "the damaged tape this was made from, and what is missing"},
	[COL_TIME_WAITS] = {.key = "time_wait_sockets",
			    .doc = "sockets in TIME_WAIT when recording began"},
	[COL_REQUESTS] = {.key = "request_sockets",
			  .doc = "half-open connections when recording began"},
	[COL_NAMESPACES] = {.key = "network_namespaces",
			    .doc = "in how many of them these were counted"},
};

const struct table info_table = {"info", columns, COL_COUNT};

struct info {
	const struct view_input *in;
	struct tracker *tracker;
	struct chosen chosen;
	struct summary summary;
	struct extent_walk extents;
	struct schema_rows schemas; /* if they are what is asked for */
	struct arena arena;
	struct conn_set seen; /* lives with an event between --since and --until */
	bool has_origin;
	bool is_whole; /* nothing is left out: of lives only their number counts */
	uint64_t salt;
	uint64_t number; /* of the section, from 1 */
	uint64_t sockets;
	uint64_t lives_before; /* in earlier sections */
};

static struct cell fact_cell(const struct summary *s, const char *key)
{
	return cell_string(summary_fact(s, key));
}

static struct cell number_cell(const struct summary *s, const char *key)
{
	uint64_t v;

	return summary_number(s, key, &v) ? cell_uint(v) : cell_null();
}

/* Every value of a repeated fact; without memory an empty list. */
static struct cell facts_cell(const struct summary *s, const char *key, struct arena *a)
{
	struct member *items = arena_take_array(a, s->facts.count, sizeof(*items));
	size_t n = 0;

	for (size_t i = 0; items && i < s->facts.count; i++)
		if (strcmp(s->facts.facts[i].key, key) == 0)
			items[n++].cell = cell_string(s->facts.facts[i].value);
	return cell_list(items, n);
}

static struct cell sysctls_cell(const struct summary *s, struct arena *a)
{
	static const char prefix[] = "sysctl ";
	struct member *items = arena_take_array(a, s->facts.count, sizeof(*items));
	size_t n = 0, len = sizeof(prefix) - 1;

	for (size_t i = 0; items && i < s->facts.count; i++) {
		const struct fact *f = &s->facts.facts[i];

		if (strncmp(f->key, prefix, len) == 0)
			items[n++] = (struct member){f->key + len, cell_string(f->value)};
	}
	return cell_object(items, n);
}

static struct cell recorder_cell(const struct summary *s, struct arena *a)
{
	static const char *const keys[] = {"cpu_ns", "start_cpu_ns", "max_rss_bytes",
					   "ring_peak_percent", "run_ns"};
	enum { KEYS = sizeof(keys) / sizeof(keys[0]) };
	struct member *items = arena_take_array(a, KEYS + 1, sizeof(*items));

	if (!items)
		return cell_null();
	for (size_t i = 0; i < KEYS; i++)
		items[i] = (struct member){keys[i], number_cell(s, keys[i])};
	items[KEYS] = (struct member){"program", fact_cell(s, "recorder")};
	return cell_object(items, KEYS + 1);
}

static struct cell events_cell(const struct summary *s, struct arena *a)
{
	struct member *items = arena_take_array(a, s->event_count, sizeof(*items));
	size_t n = 0;

	for (size_t i = 0; items && i < s->event_count; i++)
		if (s->events[i].count)
			items[n++] = (struct member){s->events[i].name,
						     cell_uint(s->events[i].count)};
	return cell_object(items, n);
}

static struct cell loss_cell(const struct summary *s, const struct loss *l, struct arena *a)
{
	const struct member items[] = {
		{"from_ns", cell_uint(l->from_ns)},
		{"to_ns", cell_uint(l->to_ns)},
		{"cpu", l->cpu == LOSS_ANY_CPU ? cell_null() : cell_uint(l->cpu)},
		{"event", cell_string(summary_event_name(s, l->schema))},
		{"count", l->count ? cell_uint(l->count) : cell_null()},
		{"cause", cell_string(summary_cause_name(l->cause))},
	};
	struct member *copy = arena_take(a, sizeof(items));

	if (!copy)
		return cell_null();
	memcpy(copy, items, sizeof(items));
	return cell_object(copy, sizeof(items) / sizeof(items[0]));
}

static struct cell losses_cell(const struct summary *s, struct arena *a)
{
	struct member *items = arena_take_array(a, s->loss_count, sizeof(*items));

	for (size_t i = 0; items && i < s->loss_count; i++)
		items[i].cell = loss_cell(s, &s->losses[i], a);
	return cell_list(items, items ? s->loss_count : 0);
}

static struct cell start_cell(const struct summary *s, struct arena *a)
{
	char text[UNITS_MAX];
	uint64_t realtime_ns;

	if (!summary_start(s, &realtime_ns))
		return cell_null();
	return cell_string(arena_copy(a, units_utc(realtime_ns, text)));
}

static bool is_part(const struct info *f)
{
	return f->in->scope && scope_is_part(f->in->scope);
}

static bool is_damaged(const struct info *f)
{
	const struct health *h = cursor_health(f->in->cursor), *unread = &f->extents.damage;

	return h->damaged_blocks || h->skipped_bytes ||
	       (is_part(f) && (unread->damaged_blocks || unread->skipped_bytes));
}

static bool is_only_cut(const struct info *f)
{
	return health_is_only_cut(cursor_health(f->in->cursor)) &&
	       !(is_part(f) && f->extents.damage.damaged_blocks);
}

static int print_row(struct info *f, const struct extent *e, struct error *err)
{
	const struct summary *s = &f->summary;
	struct arena *a = &f->arena;
	const struct cell cells[COL_COUNT] = {
		[COL_SECTION] = cell_uint(f->number),
		[COL_HOST] = fact_cell(s, "host"),
		[COL_KERNEL] = fact_cell(s, "kernel"),
		[COL_KERNEL_VERSION] = fact_cell(s, "kernel_version"),
		[COL_ARCH] = fact_cell(s, "arch"),
		[COL_CPUS] = number_cell(s, "cpus"),
		[COL_CLOCK] = fact_cell(s, "clock"),
		[COL_BOOT_ID] = fact_cell(s, "boot_id"),
		[COL_START_UTC] = start_cell(s, a),
		[COL_DURATION] = s->has_time ? cell_uint(summary_duration_ns(s)) : cell_null(),
		[COL_COMMAND] = fact_cell(s, "command"),
		[COL_FILTERS] = facts_cell(s, "filter", a),
		[COL_EVENT_PATTERNS] = facts_cell(s, "event_pattern", a),
		[COL_EVENTS_TOTAL] = cell_uint(s->events_total),
		[COL_EVENTS] = events_cell(s, a),
		[COL_LOST_TOTAL] = cell_uint(summary_lost(s)),
		[COL_LOST] = losses_cell(s, a),
		[COL_COMPLETE] = cell_bool(s->is_closed && !is_damaged(f)),
		[COL_END] = s->is_closed ? cell_string(s->end_reason) : cell_null(),
		[COL_BYTES] = e ? cell_uint(e->bytes) : cell_null(),
		[COL_BLOCKS] = e ? cell_uint(e->blocks) : cell_null(),
		[COL_SOCKETS] = cell_uint(f->sockets),
		[COL_UNAVAILABLE] = facts_cell(s, "unavailable", a),
		[COL_FALLBACK] = facts_cell(s, "fallback", a),
		[COL_RECORDER] = recorder_cell(s, a),
		[COL_SYSCTLS] = sysctls_cell(s, a),
		[COL_RECORDING] = fact_cell(s, "recording"),
		[COL_PIECE] = number_cell(s, "piece"),
		[COL_SHED] = facts_cell(s, "shed", a),
		[COL_RECOVERED] = facts_cell(s, "recovered", a),
		[COL_TIME_WAITS] = number_cell(s, "time_wait_sockets"),
		[COL_REQUESTS] = number_cell(s, "request_sockets"),
		[COL_NAMESPACES] = number_cell(s, "network_namespaces"),
	};

	if (a->is_failed)
		return error_nomem(err);
	render_row(f->in->renderer, cells);
	return 0;
}

static int print_recording(struct info *f, struct error *err)
{
	struct extent extent;
	int rc = extent_next(&f->extents, f->salt, &extent, err);
	struct info_page page = {
		.number = f->number,
		.sockets = f->sockets,
		.origin_ns = tracker_origin_ns(f->tracker),
		.is_damaged = is_damaged(f) && !is_only_cut(f),
		.extent = rc == 0 ? &extent : NULL,
	};

	if (rc < 0)
		return rc;
	if (f->in->is_page)
		info_page_print(&page, &f->summary, f->in->renderer, &f->arena);
	else
		TRY(print_row(f, page.extent, err));
	if (f->arena.is_failed)
		return error_nomem(err);
	arena_reset(&f->arena);
	return 0;
}

/* The section is over: all is known about it. */
static int print_section(struct info *f, struct error *err)
{
	if (f->in->lists_events)
		return schema_rows_print(&f->schemas, &f->summary, f->number, f->in->is_page,
					 f->in->renderer, err);
	return print_recording(f, err);
}

static void count_lives(struct info *f)
{
	const struct life *life;

	if (f->is_whole) {
		f->sockets = tracker_life_count(f->tracker) - f->lives_before;
		return;
	}
	while ((life = tracker_take(f->tracker)))
		if (!selection_has_span(f->in->selection) || conn_set_has(&f->seen, life->conn))
			f->sockets += chosen_has(&f->chosen, f->in, life);
}

static int begin_section(struct info *f, const struct section *s, struct error *err)
{
	if (f->number)
		TRY(print_section(f, err));
	summary_reset(&f->summary);
	schema_rows_release(&f->schemas);
	f->number++;
	f->salt = s->salt;
	f->sockets = 0;
	f->lives_before = tracker_life_count(f->tracker);
	return 0;
}

/* Is the event between --since and --until? */
static bool is_in_time(struct info *f, const struct event *ev)
{
	if (!f->has_origin && !(f->in->scope && f->in->scope->has_origin))
		tracker_set_origin(f->tracker, ev->ts_ns);
	f->has_origin = true;
	return selection_has_time(f->in->selection, ev->ts_ns, tracker_origin_ns(f->tracker));
}

static int note_lives(struct info *f, const struct sighting *seen, struct error *err)
{
	const struct life *lives[] = {seen->life, seen->sender, seen->receiver};

	for (size_t i = 0; i < sizeof(lives) / sizeof(lives[0]); i++)
		if (lives[i] && !conn_set_add(&f->seen, lives[i]->conn))
			return error_nomem(err);
	return 0;
}

static int take_item(struct info *f, const struct item *item, struct error *err)
{
	bool has_span = selection_has_span(f->in->selection);
	bool is_event = item->kind == ITEM_EVENT;
	bool is_wanted = !is_event || is_in_time(f, &item->event);
	struct sighting seen;

	/* The same whether what lies outside was read or not. */
	if (!is_wanted && selection_is_open(f->in->selection))
		return 0;
	TRY(tracker_feed(f->tracker, item, &seen, err));
	if (is_event && is_wanted && has_span)
		TRY(note_lives(f, &seen, err));
	if (is_event)
		is_wanted = chosen_has_event(&f->chosen, f->in, f->tracker, &item->event, &seen);
	count_lives(f);
	if (item->kind == ITEM_SECTION)
		TRY(begin_section(f, item->section, err));
	if (item->kind == ITEM_SCHEMA && f->in->lists_events)
		TRY(schema_rows_keep(&f->schemas, item->section, err));
	return is_wanted ? summary_take(&f->summary, item, err) : 0;
}

static bool is_whole(const struct view_input *in)
{
	const struct selection *s = in->selection;

	return selection_is_open(s) && !selection_has_span(s) && s->event_count == 0;
}

/* Events that come in a run need not be looked at one by one. */
static int take_run(struct info *f, struct error *err)
{
	uint64_t before = tracker_event_count(f->tracker);

	TRY(census_take(f->tracker, cursor_run(f->in->cursor), &f->summary, err));
	if (f->in->progress)
		progress_count(f->in->progress, f->in->source,
			       tracker_event_count(f->tracker) - before);
	return 0;
}

static int next(struct info *f, struct item *item, struct error *err)
{
	if (f->is_whole && !view_has_enough(f->in))
		TRY(take_run(f, err));
	return view_next(f->in, item, err);
}

static int info_all(struct info *f, struct error *err)
{
	struct item item;
	int rc;

	f->is_whole = is_whole(f->in);
	if (f->is_whole)
		tracker_forgo(f->tracker, CENSUS_FORGOES);
	TRY(chosen_prepare(&f->chosen, f->in, CHOSEN_LIVES, err));
	if (f->in->lists_events)
		render_begin(f->in->renderer, &events_table);
	else if (!f->in->is_page)
		render_begin(f->in->renderer, &info_table);
	while ((rc = next(f, &item, err)) == 0)
		TRY(take_item(f, &item, err));
	if (rc < 0)
		return rc;
	tracker_stop(f->tracker);
	count_lives(f);
	TRY(f->number ? print_section(f, err) : 0);
	if (is_part(f) && f->in->remarks)
		f->in->remarks->unread = f->extents.damage;
	return 0;
}

int view_info(const struct view_input *in, struct error *err)
{
	struct info f = {.in = in, .tracker = scope_tracker(in->scope)};
	int rc;

	extent_init(&f.extents, in->source);
	rc = f.tracker ? info_all(&f, err) : error_nomem(err);
	tracker_free(f.tracker);
	chosen_release(&f.chosen);
	conn_set_release(&f.seen);
	summary_release(&f.summary);
	schema_rows_release(&f.schemas);
	arena_release(&f.arena);
	return rc;
}
