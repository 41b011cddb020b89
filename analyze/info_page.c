/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* info_page.c -- sentences and short tables; nothing here is a promise. */
#include "analyze/info_page.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/units.h"

enum {
	LINE_MAX_BYTES = 600,
	VALUES_SHOWN = 20,
	RATE_EVENTS = 10000, /* below, a cost per event would tell of starting and stopping only */
};

static const struct column label_columns[] = {
	{.title = "", .width = 12},
	{.title = "", .wraps = true},
};
static const struct table label_table = {"info", label_columns, 2};

static const struct column event_columns[] = {
	{.title = "event", .width = 28},
	{.title = "events", .align = ALIGN_RIGHT, .width = 9},
	{.title = "rate", .align = ALIGN_RIGHT, .width = 8},
	{.title = "lost", .align = ALIGN_RIGHT},
};
static const struct table event_table = {"events", event_columns, 4};

static const struct column loss_columns[] = {
	{.title = "lost", .align = ALIGN_RIGHT, .width = 6},
	{.title = "cpu", .align = ALIGN_RIGHT},
	{.title = "from", .align = ALIGN_RIGHT, .unit = UNIT_TIME},
	{.title = "to", .align = ALIGN_RIGHT, .unit = UNIT_TIME},
	{.title = "event"},
	{.title = "cause"},
};
static const struct table loss_table = {"losses", loss_columns, 6};

static void print_line(struct renderer *r, const char *label, const char *value)
{
	const struct cell cells[] = {cell_string(label), cell_string(value)};

	render_row(r, cells);
}

__attribute__((format(printf, 3, 4))) static void print_format(struct renderer *r,
							       const char *label, const char *fmt,
							       ...)
{
	char text[LINE_MAX_BYTES];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	print_line(r, label, text);
}

static const char *known(const char *text)
{
	return text && *text ? text : "unknown";
}

static void print_host(const struct summary *s, struct renderer *r)
{
	print_format(r, "host", "%.200s, Linux %.200s, %.40s, %.20s CPUs",
		     known(summary_fact(s, "host")), known(summary_fact(s, "kernel")),
		     known(summary_fact(s, "arch")), known(summary_fact(s, "cpus")));
}

/* Why it ended, after a comma; an error stands for itself. */
static const char *until_text(const struct summary *s)
{
	static const char *const texts[][2] = {
		{"command", ", until its command ended"},
		{"duration", ", as long as was asked for"},
		{"signal", ", until it was stopped"},
		{"stop", ", until it was stopped"},
		{"size", ", until it was as large as allowed"},
		{"rotated", ", until the next piece began"},
	};

	for (size_t i = 0; s->is_closed && i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(s->end_reason, texts[i][0]) == 0)
			return texts[i][1];
	return "";
}

static void print_times(const struct summary *s, struct renderer *r)
{
	char start[UNITS_MAX] = "at an unknown time", duration[UNITS_MAX];
	uint64_t realtime_ns;

	if (summary_start(s, &realtime_ns)) {
		units_utc(realtime_ns, start);
		/* People read seconds; JSON has the rest. */
		memcpy(start + strlen("2026-11-21T01:13:57"), "Z", 2);
	}
	print_format(r, "recorded", "%s, for %s%s", start,
		     units_duration((int64_t)summary_duration_ns(s), duration), until_text(s));
	if (strncmp(s->end_reason, "error", 5) == 0)
		print_format(r, "", "ended by %.60s", s->end_reason);
	print_line(r, "clock", known(summary_fact(s, "clock")));
}

/* All values of a repeated fact, one a line; `none` when there is none. */
static void print_facts(const struct summary *s, struct renderer *r, const char *key,
			const char *label, const char *none)
{
	size_t n = 0;

	for (size_t i = 0; i < s->facts.count; i++) {
		if (strcmp(s->facts.facts[i].key, key) != 0)
			continue;
		if (n < VALUES_SHOWN)
			print_line(r, n ? "" : label, s->facts.facts[i].value);
		n++;
	}
	if (n == 0)
		print_line(r, label, none);
	if (n > VALUES_SHOWN)
		print_format(r, "", "and %zu more; see -f json", n - VALUES_SHOWN);
}

/* The same on one line. */
static void print_joined(const struct summary *s, struct renderer *r, const char *key,
			 const char *label, const char *none)
{
	char text[LINE_MAX_BYTES] = "";
	size_t at = 0;

	for (size_t i = 0; i < s->facts.count && at < sizeof(text); i++)
		if (strcmp(s->facts.facts[i].key, key) == 0)
			at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%.80s",
					       at ? ", " : "", s->facts.facts[i].value);
	print_line(r, label, at ? text : none);
}

/* Those that have no row anywhere. */
static void print_minis(const struct summary *s, struct renderer *r)
{
	uint64_t waiting = 0, requests = 0, spaces;
	char where[64] = "";

	summary_number(s, "time_wait_sockets", &waiting);
	summary_number(s, "request_sockets", &requests);
	if (summary_number(s, "network_namespaces", &spaces))
		snprintf(where, sizeof(where), ", in %" PRIu64 " network namespace%s", spaces,
			 units_plural(spaces));
	if (waiting || requests)
		print_format(r, "at start", "%" PRIu64 " in TIME_WAIT and %" PRIu64 " half-open%s",
			     waiting, requests, where);
}

static void print_counts(const struct info_page *page, const struct summary *s, struct renderer *r)
{
	char rate[UNITS_MAX];
	size_t types = 0;

	for (size_t i = 0; i < s->event_count; i++)
		types += s->events[i].count != 0;
	print_format(r, "events", "%" PRIu64 " of %zu type%s, %s, on %" PRIu64 " socket%s",
		     s->events_total, types, units_plural(types),
		     units_rate(s->events_total, summary_duration_ns(s), rate), page->sockets,
		     units_plural(page->sockets));
	print_minis(s, r);
	if (summary_lost(s))
		print_format(r, "lost", "%" PRIu64 " event%s", summary_lost(s),
			     units_plural(summary_lost(s)));
	else if (s->loss_count)
		print_line(r, "lost", "an unknown number of events");
	else
		print_line(r, "lost", "none");
}

static const char *state_text(const struct info_page *page, const struct summary *s)
{
	if (page->is_damaged)
		return s->is_closed ? "damaged" : "damaged and cut short";
	return s->is_closed ? "complete" : "cut short: the recording was not closed";
}

static void print_size(const struct info_page *page, const struct summary *s, struct renderer *r)
{
	const struct extent *e = page->extent;
	char size[UNITS_MAX];
	uint64_t hundredths;

	if (!e) {
		print_line(r, "tape", state_text(page, s));
		return;
	}
	if (s->events_total < RATE_EVENTS) { /* that would be the size of the schemas */
		print_format(r, "tape", "%s in %" PRIu64 " block%s, %s",
			     units_bytes(e->bytes, size), e->blocks, units_plural(e->blocks),
			     state_text(page, s));
		return;
	}
	/* A file of 100 petabytes would overflow; nothing else would. */
	hundredths = e->bytes * 100 / s->events_total;
	print_format(r, "tape",
		     "%s in %" PRIu64 " blocks, %" PRIu64 ".%02" PRIu64 " bytes an event, %s",
		     units_bytes(e->bytes, size), e->blocks, hundredths / 100, hundredths % 100,
		     state_text(page, s));
}

static const char *time_text(uint64_t ns, char out[UNITS_MAX])
{
	return units_duration((int64_t)(ns & INT64_MAX), out);
}

/* ", 470 ms of CPU to start, then 3.1 s (204 ns an event)"; returns its length. */
static int put_cpu(const struct summary *s, char *text, size_t size)
{
	char quantity[UNITS_MAX];
	uint64_t all, start = 0, later;
	int at = 0;

	if (!summary_number(s, "cpu_ns", &all))
		return 0;
	summary_number(s, "start_cpu_ns", &start);
	later = all > start ? all - start : 0;
	if (start)
		at = snprintf(text, size, ", %s of CPU to start", time_text(start, quantity));
	at += snprintf(text + at, size - (size_t)at, start ? ", then %s" : ", %s of CPU",
		       time_text(later, quantity));
	if (s->events_total >= RATE_EVENTS)
		at += snprintf(text + at, size - (size_t)at, " (%s an event)",
			       time_text(later / s->events_total, quantity));
	return at;
}

static void print_cost(const struct summary *s, struct renderer *r)
{
	char text[LINE_MAX_BYTES], quantity[UNITS_MAX];
	uint64_t v;
	int at = snprintf(text, sizeof(text), "%.100s", known(summary_fact(s, "recorder")));

	at += put_cpu(s, text + at, sizeof(text) - (size_t)at);
	if (summary_number(s, "max_rss_bytes", &v))
		at += snprintf(text + at, sizeof(text) - (size_t)at, ", %s of memory",
			       units_bytes(v, quantity));
	if (summary_number(s, "ring_peak_percent", &v))
		snprintf(text + at, sizeof(text) - (size_t)at,
			 ", buffer %" PRIu64 " %% full at most", v);
	print_line(r, "recorder", text);
}

static void print_labels(const struct info_page *page, const struct summary *s, struct renderer *r)
{
	char heading[64];

	if (page->number > 1) {
		snprintf(heading, sizeof(heading), "recording %" PRIu64 " on this tape",
			 page->number);
		render_heading(r, heading);
	}
	render_begin(r, &label_table);
	print_host(s, r);
	print_times(s, r);
	if (summary_fact(s, "piece"))
		print_format(r, "part of", "piece %.20s of recording %.64s",
			     summary_fact(s, "piece"), known(summary_fact(s, "recording")));
	if (summary_fact(s, "recovered"))
		print_facts(s, r, "recovered", "recovered", "");
	if (summary_fact(s, "command"))
		print_line(r, "command", summary_fact(s, "command")); /* to paste: never cut */
	print_joined(s, r, "event_pattern", "asked for", "the default events");
	print_joined(s, r, "filter", "filter", "none");
	if (summary_fact(s, "unfiltered"))
		print_joined(s, r, "unfiltered", "unfiltered", "");
	print_counts(page, s, r);
	print_size(page, s, r);
	print_cost(s, r);
	print_facts(s, r, "unavailable", "unavailable", "nothing");
	if (summary_fact(s, "fallback"))
		print_facts(s, r, "fallback", "otherwise", "");
	if (summary_fact(s, "shed"))
		print_facts(s, r, "shed", "left out", "");
	render_finish(r);
}

/* The most frequent first, then by name. */
static int compare_events(const void *a, const void *b)
{
	const struct event_count *const *x = a, *const *y = b;

	if ((*x)->count != (*y)->count)
		return (*x)->count < (*y)->count ? 1 : -1;
	return strcmp((*x)->name, (*y)->name);
}

static void print_events(const struct summary *s, struct renderer *r, struct arena *a)
{
	const struct event_count **sorted = arena_take_array(a, s->event_count, sizeof(*sorted));
	char rate[UNITS_MAX];
	size_t n = 0;

	for (size_t i = 0; sorted && i < s->event_count; i++)
		if (s->events[i].name && (s->events[i].count || s->events[i].lost))
			sorted[n++] = &s->events[i];
	if (n == 0)
		return;
	qsort(sorted, n, sizeof(*sorted), compare_events);
	render_heading(r, "");
	render_begin(r, &event_table);
	for (size_t i = 0; i < n; i++) {
		const struct cell cells[] = {
			cell_string(sorted[i]->name),
			cell_uint(sorted[i]->count),
			cell_string(units_rate(sorted[i]->count, summary_duration_ns(s), rate)),
			sorted[i]->lost ? cell_uint(sorted[i]->lost) : cell_null(),
		};

		render_row(r, cells);
	}
	render_finish(r);
}

/* What was lost before the tape's first event has no time of its own. */
static struct cell time_cell(const struct info_page *page, uint64_t ts_ns, const char *before)
{
	return ts_ns < page->origin_ns ? cell_string(before) : cell_uint(ts_ns);
}

static void print_losses(const struct info_page *page, const struct summary *s, struct renderer *r)
{
	size_t shown = s->loss_count < VALUES_SHOWN ? s->loss_count : VALUES_SHOWN;
	char more[64];

	if (s->loss_count == 0)
		return;
	render_heading(r, "");
	render_begin(r, &loss_table);
	for (size_t i = 0; i < shown; i++) {
		const struct loss *l = &s->losses[i];
		const struct cell cells[] = {
			l->count ? cell_uint(l->count) : cell_null(),
			l->cpu == LOSS_ANY_CPU ? cell_null() : cell_uint(l->cpu),
			time_cell(page, l->from_ns, "beginning"),
			time_cell(page, l->to_ns, "first event"),
			cell_string(summary_event_name(s, l->schema)),
			cell_string(summary_cause_name(l->cause)),
		};

		render_row(r, cells);
	}
	if (s->loss_count > shown) {
		snprintf(more, sizeof(more), "and %zu more losses; see -f json",
			 s->loss_count - shown);
		render_note(r, more);
	}
	render_finish(r);
}

void info_page_print(const struct info_page *page, const struct summary *s, struct renderer *r,
		     struct arena *a)
{
	print_labels(page, s, r);
	print_events(s, r, a);
	print_losses(page, s, r);
}
