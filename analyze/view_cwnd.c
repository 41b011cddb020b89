/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * view_cwnd.c -- the congestion window over time: every sample for programs, a sparkline of each
 * connection for people, and with --conn the samples at which something changed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/chart.h"
#include "analyze/chosen.h"
#include "analyze/conn_map.h"
#include "analyze/course.h"
#include "analyze/life_text.h"
#include "analyze/scope.h"
#include "analyze/units.h"
#include "analyze/view.h"
#include "analyze/watch.h"
#include "analyze/window.h"

enum { PAGE_SAMPLES = 40 /* of one connection, for people */, SPARK_WIDTH = 22 };

enum {
	COL_TS,
	COL_CONN,
	COL_CWND,
	COL_SSTHRESH,
	COL_SRTT,
	COL_SND_WND,
	COL_RCV_WND,
	COL_INFLIGHT,
	COL_CA_STATE,
	COL_DATA,
	COL_EVENT,
	COL_COUNT
};

enum {
	CONN_CONN,
	CONN_PROCESS,
	CONN_REMOTE,
	CONN_PID,
	CONN_COMM,
	CONN_LADDR,
	CONN_LPORT,
	CONN_RADDR,
	CONN_RPORT,
	CONN_SAMPLES,
	CONN_MIN,
	CONN_MAX,
	CONN_LAST,
	CONN_SSTHRESH,
	CONN_RETRANSMITS,
	CONN_COURSE,
	CONN_COUNT
};

/* clang-format off */
static const struct column columns[COL_COUNT] = {
	[COL_TS] = {.key = "ts_ns", .title = "time", .doc = "when", .unit = UNIT_TIME, .align = ALIGN_RIGHT},
	[COL_CONN] = {.key = "conn", .title = "conn", .doc = "number of the socket life", .align = ALIGN_RIGHT},
	[COL_CWND] = {.key = "cwnd", .title = "cwnd", .doc = "congestion window, segments", .align = ALIGN_RIGHT},
	[COL_SSTHRESH] = {.key = "ssthresh", .title = "ssthresh", .doc = "slow start threshold, segments; null while it has none", .align = ALIGN_RIGHT},
	[COL_SRTT] = {.key = "srtt_us", .title = "srtt", .doc = "smoothed round-trip time, microseconds", .unit = UNIT_US, .align = ALIGN_RIGHT},
	[COL_SND_WND] = {.key = "snd_wnd", .title = "peer's", .doc = "window that the peer offers, bytes", .unit = UNIT_BYTES, .align = ALIGN_RIGHT},
	[COL_RCV_WND] = {.key = "rcv_wnd", .title = "own", .doc = "window that this side offered last, bytes", .unit = UNIT_BYTES, .align = ALIGN_RIGHT},
	[COL_INFLIGHT] = {.key = "inflight_bytes", .title = "inflight", .doc = "bytes sent and not yet acknowledged", .unit = UNIT_BYTES, .align = ALIGN_RIGHT},
	[COL_CA_STATE] = {.key = "ca_state", .title = "state", .doc = "congestion state; null until the tape tells"},
	[COL_DATA] = {.key = "data_bytes", .title = "data", .doc = "bytes of the segment that arrived", .unit = UNIT_BYTES, .align = ALIGN_RIGHT},
	[COL_EVENT] = {.key = "event", .title = "event", .doc = "which event tells"},
};

static const struct column conn_columns[CONN_COUNT] = {
	[CONN_CONN] = {.key = "conn", .title = "conn", .doc = "number of the socket life", .align = ALIGN_RIGHT},
	[CONN_PROCESS] = {.title = "process", .made_of = "pid,comm", .doc = "owner"},
	[CONN_REMOTE] = {.title = "remote", .made_of = "raddr,rport", .doc = "remote address and port"},
	[CONN_PID] = {.key = "pid", .doc = "process that owns the socket"},
	[CONN_COMM] = {.key = "comm", .doc = "its command name"},
	[CONN_LADDR] = {.key = "laddr", .doc = "local address"},
	[CONN_LPORT] = {.key = "lport", .doc = "local port"},
	[CONN_RADDR] = {.key = "raddr", .doc = "remote address"},
	[CONN_RPORT] = {.key = "rport", .doc = "remote port"},
	[CONN_SAMPLES] = {.key = "samples", .title = "samples", .doc = "how often the window was told", .align = ALIGN_RIGHT},
	[CONN_MIN] = {.key = "min_cwnd", .title = "min", .doc = "the smallest window, segments", .align = ALIGN_RIGHT},
	[CONN_MAX] = {.key = "max_cwnd", .title = "max", .doc = "the largest", .align = ALIGN_RIGHT},
	[CONN_LAST] = {.key = "cwnd", .title = "last", .doc = "the last", .align = ALIGN_RIGHT},
	[CONN_SSTHRESH] = {.key = "ssthresh", .title = "ssthresh", .doc = "the last slow start threshold, segments", .align = ALIGN_RIGHT},
	[CONN_RETRANSMITS] = {.key = "retransmits", .title = "resent", .doc = "how often segments were sent again", .align = ALIGN_RIGHT},
	[CONN_COURSE] = {.title = "cwnd over its life", .doc = "the largest window of each part of its life"},
};
/* clang-format on */

const struct table cwnd_table = {"cwnd", columns, COL_COUNT};
const struct table cwnd_conns_table = {"cwnd_conns", conn_columns, CONN_COUNT};

/* What is known of a connection that is not over. */
struct path {
	int ca_state;
	uint64_t samples, retransmits;
	int64_t min, max, last, ssthresh;
	uint64_t last_ns;
	struct course course;
	struct window before; /* the sample kept last */
	struct window *kept;  /* owned; those at which something changed */
	size_t kept_count, kept_cap;
	uint64_t unkept;
};

struct cwnd {
	const struct view_input *in;
	struct tracker *tracker;
	struct chosen chosen;
	struct conn_map paths; /* -> struct path, owned */
	bool is_by_conn, is_story;
	uint64_t seen, shown; /* samples on the tape; samples, or rows, that were printed */
};

/* ---- samples ---- */

static struct cell told(int64_t value)
{
	return value >= 0 ? cell_uint((uint64_t)value) : cell_null();
}

static void print_sample(struct cwnd *v, const struct window *w, uint64_t conn)
{
	const struct cell cells[COL_COUNT] = {
		[COL_TS] = cell_uint(w->ts_ns),
		[COL_CONN] = view_number(v->in, conn),
		[COL_CWND] = told(w->cwnd),
		[COL_SSTHRESH] = told(w->ssthresh),
		[COL_SRTT] = told(w->srtt_us),
		[COL_SND_WND] = told(w->snd_wnd),
		[COL_RCV_WND] = told(w->rcv_wnd),
		[COL_INFLIGHT] = told(w->inflight_bytes),
		[COL_CA_STATE] = cell_string(window_ca_state(w)),
		[COL_DATA] = told(w->data_bytes),
		[COL_EVENT] = cell_string(window_event(w)),
	};

	render_row(v->in->renderer, cells);
	v->shown++;
}

/* ---- connections ---- */

static struct path *path_of(struct cwnd *v, uint64_t conn)
{
	struct path *p = conn_map_find(&v->paths, conn);

	if (p)
		return p;
	p = calloc(1, sizeof(*p));
	if (p && !conn_map_set(&v->paths, conn, p)) {
		free(p);
		return NULL;
	}
	if (p)
		*p = (struct path){.ca_state = -1, .ssthresh = -1, .before = {.cwnd = -1}};
	return p;
}

static void path_free(struct path *p)
{
	free(p->kept);
	free(p);
}

static bool is_change(const struct window *a, const struct window *b)
{
	return b->kind != EVENT_PROBE || a->cwnd != b->cwnd || a->ssthresh != b->ssthresh ||
	       a->ca_state != b->ca_state;
}

static bool keep(struct path *p, const struct window *w)
{
	void *kept = p->kept;

	if (p->kept_count == PAGE_SAMPLES || !is_change(&p->before, w)) {
		p->unkept++;
		return true;
	}
	if (!array_grow(&kept, &p->kept_cap, p->kept_count + 1, sizeof(*p->kept)))
		return false;
	p->kept = kept;
	p->kept[p->kept_count++] = *w;
	if (w->cwnd >= 0)
		p->before = *w;
	return true;
}

static void count(struct path *p, const struct window *w)
{
	if (w->kind == EVENT_RETRANSMIT) {
		p->retransmits++;
		course_mark(&p->course, w->ts_ns);
	}
	if (w->cwnd < 0)
		return;
	if (!p->samples || w->cwnd < p->min)
		p->min = w->cwnd;
	if (w->cwnd > p->max)
		p->max = w->cwnd;
	p->last = w->cwnd;
	p->ssthresh = w->ssthresh;
	p->last_ns = w->ts_ns;
	p->samples++;
	if (w->cwnd)
		course_add(&p->course, w->ts_ns, (uint32_t)w->cwnd);
}

static int take_event(struct cwnd *v, const struct event *ev, const struct sighting *seen,
		      struct error *err)
{
	struct window w;
	struct path *p;

	if (!seen->life || !window_read(ev, seen, &w))
		return 0;
	v->seen++;
	p = path_of(v, seen->life->conn);
	if (!p)
		return error_nomem(err);
	if (w.ca_state >= 0)
		p->ca_state = w.ca_state;
	w.ca_state = p->ca_state;
	if (!chosen_has_event(&v->chosen, v->in, v->tracker, ev, seen))
		return 0;
	if (!v->is_by_conn && !v->is_story) {
		print_sample(v, &w, seen->life->conn);
		return 0;
	}
	count(p, &w);
	return v->is_story && !keep(p, &w) ? error_nomem(err) : 0;
}

/* Returns how many columns are marked. */
static size_t sparkline(const struct path *p, size_t width, char spark[CHART_MAX],
			char marks[CHART_MAX])
{
	uint32_t values[CHART_WIDTH_MAX];
	bool is_marked[CHART_WIDTH_MAX];
	size_t count = course_read(&p->course, width, values, is_marked), marked = 0;

	chart_sparkline(values, count, (uint32_t)p->max, spark);
	chart_marks(is_marked, count, marks);
	for (size_t i = 0; i < count; i++)
		marked += is_marked[i];
	return marked;
}

static void print_conn(struct cwnd *v, const struct life *l, const struct path *p)
{
	struct life_text text;
	char spark[CHART_MAX], marks[CHART_MAX];
	struct cell cells[CONN_COUNT] = {
		[CONN_CONN] = view_number(v->in, l->conn),
		[CONN_PID] = cell_nonzero(l->owner.pid),
		[CONN_COMM] = cell_nonempty(l->owner.comm),
		[CONN_LPORT] = cell_nonzero(l->tuple.local.port),
		[CONN_SAMPLES] = cell_uint(p->samples),
		[CONN_MIN] = cell_uint((uint64_t)p->min),
		[CONN_MAX] = cell_uint((uint64_t)p->max),
		[CONN_LAST] = cell_uint((uint64_t)p->last),
		[CONN_SSTHRESH] = told(p->ssthresh),
	};

	life_text_fill(&text, l);
	sparkline(p, SPARK_WIDTH, spark, marks);
	cells[CONN_PROCESS] = cell_nonempty(text.process);
	cells[CONN_REMOTE] = cell_nonempty(text.remote);
	cells[CONN_LADDR] = cell_string(text.laddr);
	cells[CONN_RADDR] = cell_nonempty(text.raddr);
	if (text.has_remote)
		cells[CONN_RPORT] = cell_uint(l->tuple.remote.port);
	if (l->has_retransmit_events)
		cells[CONN_RETRANSMITS] = cell_uint(p->retransmits);
	cells[CONN_COURSE] = cell_string(spark);
	render_row(v->in->renderer, cells);
	v->shown++;
}

static void print_headline(struct cwnd *v, const struct life *l, const struct path *p)
{
	struct life_text text;
	char line[320], time[UNITS_MAX], ssthresh[32] = "";

	life_text_fill(&text, l);
	snprintf(line, sizeof(line), "connection %" PRIu64 ": %s%s%s → %s", l->conn, text.process,
		 text.process[0] ? " " : "", text.local, text.remote);
	render_heading(v->in->renderer, line);
	if (p->ssthresh >= 0)
		snprintf(ssthresh, sizeof(ssthresh), ", ssthresh %" PRId64, p->ssthresh);
	snprintf(line, sizeof(line),
		 "cwnd %" PRId64 " to %" PRId64 " segments, at last %" PRId64 "%s; %" PRIu64
		 " sample%s in %s, %" PRIu64 " retransmit%s",
		 p->min, p->max, p->last, ssthresh, p->samples, units_plural(p->samples),
		 units_duration((int64_t)(p->last_ns - p->course.start_ns), time), p->retransmits,
		 units_plural(p->retransmits));
	render_note(v->in->renderer, line);
}

static void print_story(struct cwnd *v, const struct life *l, const struct path *p)
{
	struct renderer *r = v->in->renderer;
	char spark[CHART_MAX], marks[CHART_MAX], line[160];
	size_t marked;

	print_headline(v, l, p);
	marked = sparkline(p, CHART_WIDTH_MAX, spark, marks);
	render_note(r, spark);
	if (marked)
		render_note(r, marks);
	render_begin(r, &cwnd_table);
	for (size_t i = 0; i < p->kept_count; i++)
		print_sample(v, &p->kept[i], l->conn);
	if (p->unkept) {
		snprintf(line, sizeof(line),
			 "not shown: %" PRIu64 " of %" PRIu64
			 ", without a change or after %d with one;"
			 " -f json has them",
			 p->unkept, p->unkept + p->kept_count, PAGE_SAMPLES);
		render_note(r, line);
	}
	render_finish(r);
}

static void take_ended(struct cwnd *v)
{
	const struct life *l;

	while ((l = tracker_take(v->tracker))) {
		struct path *p = conn_map_find(&v->paths, l->conn);

		if (!p)
			continue;
		conn_map_remove(&v->paths, l->conn);
		if (p->samples && v->is_story)
			print_story(v, l, p);
		else if (p->samples && v->is_by_conn)
			print_conn(v, l, p);
		path_free(p);
	}
}

/* ---- the view ---- */

static void explain_nothing(const struct cwnd *v)
{
	char text[160];

	if (view_explain_empty(v->in, tracker_event_count(v->tracker),
			       "no congestion window on this tape is selected"))
		return;
	if (v->seen)
		snprintf(text, sizeof(text),
			 "none of the %" PRIu64 " samples of congestion windows is selected",
			 v->seen);
	else
		snprintf(text, sizeof(text),
			 "no congestion window recorded; %" PRIu64 " TCP socket lives seen%s",
			 tracker_life_count(v->tracker),
			 tracker_binding(v->tracker)->has_kind[EVENT_PROBE]
				 ? ""
				 : ": no tcp_probe on this tape");
	render_note(v->in->renderer, text);
}

static int read_all(struct cwnd *v, struct error *err)
{
	struct sighting seen;
	struct item item;
	int rc;

	TRY(chosen_prepare(&v->chosen, v->in, CHOSEN_LIVES, err));
	TRY(watch_begin(v->in, v->tracker, err));
	if (!v->is_story)
		render_begin(v->in->renderer, v->is_by_conn ? &cwnd_conns_table : &cwnd_table);
	while ((rc = watch_item(v->in, v->tracker, &item, err)) == 0) {
		TRY(tracker_feed(v->tracker, &item, &seen, err));
		if (seen.bound)
			TRY(take_event(v, &item.event, &seen, err));
		take_ended(v);
	}
	if (rc < 0)
		return rc;
	tracker_stop(v->tracker);
	take_ended(v);
	if (!v->shown)
		explain_nothing(v);
	else if (v->in->is_page && v->is_by_conn)
		render_note(v->in->renderer, "--conn tells more of one");
	return 0;
}

/* For people, samples one by one are of use only where they chose a connection. */
int view_cwnd(const struct view_input *in, struct error *err)
{
	struct cwnd v = {.in = in, .tracker = scope_tracker(in->scope)};
	bool is_chosen = in->selection->conn_count > 0;
	int rc;

	v.is_story = in->is_page && is_chosen && !in->by;
	v.is_by_conn = in->by || (in->is_page && !is_chosen);
	rc = v.tracker ? read_all(&v, err) : error_nomem(err);
	for (size_t i = 0; i < v.paths.size; i++)
		if (v.paths.entries[i].conn)
			path_free(v.paths.entries[i].value);
	conn_map_release(&v.paths);
	tracker_free(v.tracker);
	chosen_release(&v.chosen);
	return rc;
}
