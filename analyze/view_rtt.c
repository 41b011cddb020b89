/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * view_rtt.c -- how round-trip times are spread: in all, by peer, by service, by connection.
 * Each connection gathers its own; what it belongs to is settled when it is over, since its role
 * and its owner may be learnt late.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/conn_map.h"
#include "analyze/histogram_chart.h"
#include "analyze/life_text.h"
#include "analyze/rtt.h"
#include "analyze/scope.h"
#include "analyze/service.h"
#include "analyze/tally.h"
#include "analyze/view.h"
#include "analyze/watch.h"

enum { CHARTS_MAX = 16 /* drawn in text, below the table */ };

enum {
	COL_PEER,
	COL_SERVICE,
	COL_CONN,
	COL_PROCESS,
	COL_REMOTE,
	COL_CONNS,
	COL_SAMPLES,
	COL_MIN,
	COL_P50,
	COL_P90,
	COL_P99,
	COL_MAX,
	COL_MEAN,
	COL_MIN_RTT,
	COL_HANDSHAKES,
	COL_HANDSHAKE_MIN,
	COL_HANDSHAKE_P50,
	COL_HANDSHAKE_P99,
	COL_HANDSHAKE_MAX,
	COL_HISTOGRAM,
	COL_COUNT
};

/* clang-format off */
static const struct column columns[COL_COUNT] = {
	[COL_PEER] = {.key = "peer", .title = "peer", .doc = "remote address"},
	[COL_SERVICE] = {.key = "service", .title = "service", .doc = "the server's address and port"},
	[COL_CONN] = {.key = "conn", .title = "conn", .doc = "number of the socket life", .align = ALIGN_RIGHT},
	[COL_PROCESS] = {.title = "process", .made_of = "pid,comm", .doc = "owner"},
	[COL_REMOTE] = {.title = "remote", .made_of = "raddr,rport", .doc = "remote address and port"},
	[COL_CONNS] = {.key = "conns", .title = "conns", .doc = "connections whose round-trip time was told", .align = ALIGN_RIGHT},
	[COL_SAMPLES] = {.key = "samples", .title = "samples", .doc = "how often the smoothed round-trip time was told", .align = ALIGN_RIGHT},
	[COL_MIN] = {.key = "min_us", .title = "min", .doc = "the least of these, microseconds", .unit = UNIT_US, .align = ALIGN_RIGHT},
	[COL_P50] = {.key = "p50_us", .title = "p50", .doc = "half of them are no more", .unit = UNIT_US, .align = ALIGN_RIGHT},
	[COL_P90] = {.key = "p90_us", .title = "p90", .doc = "nine in ten are no more", .unit = UNIT_US, .align = ALIGN_RIGHT},
	[COL_P99] = {.key = "p99_us", .title = "p99", .doc = "99 in 100 are no more", .unit = UNIT_US, .align = ALIGN_RIGHT},
	[COL_MAX] = {.key = "max_us", .title = "max", .doc = "the greatest", .unit = UNIT_US, .align = ALIGN_RIGHT},
	[COL_MEAN] = {.key = "mean_us", .title = "mean", .doc = "their mean", .unit = UNIT_US, .align = ALIGN_RIGHT},
	[COL_MIN_RTT] = {.key = "min_rtt_us", .title = "raw min", .doc = "the least single measurement, before smoothing, of connections that ended or that were older than the tape", .unit = UNIT_US, .align = ALIGN_RIGHT},
	[COL_HANDSHAKES] = {.key = "handshakes", .doc = "how many handshakes were measured"},
	[COL_HANDSHAKE_MIN] = {.key = "handshake_min_us", .doc = "the least of them", .unit = UNIT_US},
	[COL_HANDSHAKE_P50] = {.key = "handshake_p50_us", .title = "handshake", .doc = "half of them are no more", .unit = UNIT_US, .align = ALIGN_RIGHT},
	[COL_HANDSHAKE_P99] = {.key = "handshake_p99_us", .doc = "99 in 100 are no more", .unit = UNIT_US},
	[COL_HANDSHAKE_MAX] = {.key = "handshake_max_us", .doc = "the greatest", .unit = UNIT_US},
	[COL_HISTOGRAM] = {.key = "histogram", .doc = "from, to and number of samples, for each range that has some; both included, microseconds"},
};
/* clang-format on */

const struct table rtt_table = {"rtt", columns, COL_COUNT};

enum grouping { BY_NOTHING, BY_PEER, BY_SERVICE, BY_CONN };

struct chart {
	char name[2 * ENDPOINT_MAX];
	struct histogram srtt; /* owned */
};

struct rtt_view {
	const struct view_input *in;
	struct tracker *tracker;
	enum grouping grouping;
	struct column columns[COL_COUNT];
	struct table table;
	struct conn_map by_conn; /* -> struct rtts, owned, of lives that are not over */
	struct tally groups;     /* of struct rtts */
	struct chart charts[CHARTS_MAX];
	size_t chart_count;
	uint64_t seen, told; /* samples on the tape; rows */
	bool has_probe;      /* in one of its sections */
	struct arena arena;  /* of one row */
};

/* ---- gathering ---- */

static struct rtts *rtts_of(struct rtt_view *v, uint64_t conn)
{
	struct rtts *m = conn_map_find(&v->by_conn, conn);

	if (m)
		return m;
	m = calloc(1, sizeof(*m));
	if (m && !conn_map_set(&v->by_conn, conn, m)) {
		free(m);
		return NULL;
	}
	return m;
}

static int take_event(struct rtt_view *v, const struct event *ev, const struct sighting *seen,
		      struct error *err)
{
	const struct selection *s = v->in->selection;
	struct rtts *m;
	struct rtt rtt;

	if (!rtt_read(v->tracker, ev, seen, &rtt))
		return 0;
	v->seen++;
	if (!selection_has_time(s, ev->ts_ns, tracker_origin_ns(v->tracker)) ||
	    !selection_has_event(s, ev->schema->group, ev->schema->name))
		return 0;
	m = rtts_of(v, seen->life->conn);
	return m && rtts_add(m, &rtt) ? 0 : error_nomem(err);
}

/* ---- telling ---- */

static struct cell histogram_cell(struct arena *a, const struct histogram *h)
{
	struct histogram_bucket b;
	struct member *ranges, *range;
	unsigned at = 0;
	size_t n = 0;

	while (histogram_next(h, &at, &b))
		n++;
	ranges = arena_take_array(a, n, sizeof(*ranges));
	range = arena_take_array(a, 3 * n, sizeof(*range));
	if (!ranges || !range)
		return cell_null();
	at = 0;
	for (size_t i = 0; histogram_next(h, &at, &b); i++, range += 3) {
		range[0].cell = cell_uint(b.from);
		range[1].cell = cell_uint(b.to);
		range[2].cell = cell_uint(b.count);
		ranges[i].cell = cell_list(range, 3);
	}
	return cell_list(ranges, n);
}

static void fill_srtt(struct cell *cells, const struct histogram *h)
{
	cells[COL_SAMPLES] = cell_uint(h->count);
	if (!h->count)
		return;
	cells[COL_MIN] = cell_uint(h->min);
	cells[COL_P50] = cell_uint(histogram_percentile(h, 50));
	cells[COL_P90] = cell_uint(histogram_percentile(h, 90));
	cells[COL_P99] = cell_uint(histogram_percentile(h, 99));
	cells[COL_MAX] = cell_uint(h->max);
	cells[COL_MEAN] = cell_uint((uint64_t)(histogram_mean(h) + 0.5));
}

static void fill_handshake(struct cell *cells, const struct histogram *h)
{
	cells[COL_HANDSHAKES] = cell_uint(h->count);
	if (!h->count)
		return;
	cells[COL_HANDSHAKE_MIN] = cell_uint(h->min);
	cells[COL_HANDSHAKE_P50] = cell_uint(histogram_percentile(h, 50));
	cells[COL_HANDSHAKE_P99] = cell_uint(histogram_percentile(h, 99));
	cells[COL_HANDSHAKE_MAX] = cell_uint(h->max);
}

/* Takes the histogram away for a chart, if there is room for one. */
static void keep_chart(struct rtt_view *v, const char *name, struct rtts *m)
{
	struct chart *c = &v->charts[v->chart_count];

	if (!v->in->is_page || v->chart_count == CHARTS_MAX || !m->srtt.count)
		return;
	snprintf(c->name, sizeof(c->name), "%s", name);
	c->srtt = m->srtt;
	m->srtt = (struct histogram){0};
	v->chart_count++;
}

/* The cells that tell which group it is are the caller's. */
static int print_rtts(struct rtt_view *v, struct cell *cells, uint64_t conns, struct rtts *m,
		      const char *name, struct error *err)
{
	cells[COL_CONNS] = cell_uint(conns);
	fill_srtt(cells, &m->srtt);
	fill_handshake(cells, &m->handshake);
	cells[COL_MIN_RTT] = cell_nonzero(m->min_us);
	cells[COL_HISTOGRAM] = histogram_cell(&v->arena, &m->srtt);
	if (v->arena.is_failed)
		return error_nomem(err);
	render_row(v->in->renderer, cells);
	arena_reset(&v->arena);
	v->told++;
	keep_chart(v, name, m);
	return 0;
}

static int print_conn(struct rtt_view *v, const struct life *l, struct rtts *m, struct error *err)
{
	struct cell cells[COL_COUNT] = {{0}};
	struct life_text text;
	char name[2 * ENDPOINT_MAX];

	life_text_fill(&text, l);
	cells[COL_CONN] = view_number(v->in, l->conn);
	cells[COL_PROCESS] = cell_nonempty(text.process);
	cells[COL_REMOTE] = cell_nonempty(text.remote);
	snprintf(name, sizeof(name), "connection %" PRIu64 ", with %s", l->conn, text.remote);
	return print_rtts(v, cells, 1, m, name, err);
}

static bool merge(struct rtt_view *v, const struct life *l, const struct rtts *m)
{
	struct tally_group *g;
	struct service service;
	char name[ENDPOINT_MAX] = "";

	if (v->grouping == BY_PEER)
		address_format(l->tuple.remote.addr, name);
	if (v->grouping == BY_SERVICE) {
		service = service_of(l);
		service_format(&service, name);
	}
	g = tally_count(&v->groups, tally_text(name), l->first_ns);
	return g && rtts_merge(g->own, m);
}

static int take_ended(struct rtt_view *v, struct error *err)
{
	const struct life *l;
	int rc = 0;

	while (rc == 0 && (l = tracker_take(v->tracker))) {
		struct selection_subject subject = life_subject(l);
		struct rtts *m = conn_map_find(&v->by_conn, l->conn);

		if (!m)
			continue;
		conn_map_remove(&v->by_conn, l->conn);
		if (selection_has(v->in->selection, &subject)) {
			if (v->grouping == BY_CONN)
				rc = print_conn(v, l, m, err);
			else if (!merge(v, l, m))
				rc = error_nomem(err);
		}
		rtts_release(m);
		free(m);
	}
	return rc;
}

static int by_samples(const void *a, const void *b)
{
	const struct tally_group *x = *(struct tally_group *const *)a;
	const struct tally_group *y = *(struct tally_group *const *)b;
	uint64_t m = ((const struct rtts *)x->own)->srtt.count;
	uint64_t n = ((const struct rtts *)y->own)->srtt.count;

	if (m != n)
		return m > n ? -1 : 1;
	return strcmp(x->text, y->text);
}

static int print_group(struct rtt_view *v, struct tally_group *g, const char *name,
		       struct error *err)
{
	struct cell cells[COL_COUNT] = {{0}};

	cells[v->grouping == BY_SERVICE ? COL_SERVICE : COL_PEER] = cell_nonempty(g->text);
	return print_rtts(v, cells, g->count, g->own, name, err);
}

static int print_groups(struct rtt_view *v, struct error *err)
{
	struct tally *t = &v->groups;

	if (t->count)
		qsort(t->groups, t->count, sizeof(struct tally_group *), by_samples);
	for (size_t i = 0; i < t->count; i++) {
		const char *name = v->grouping == BY_NOTHING ? "all" : t->groups[i]->text;

		TRY(print_group(v, t->groups[i], name, err));
	}
	return t->rest ? print_group(v, t->rest, "all others", err) : 0;
}

static void print_charts(const struct rtt_view *v)
{
	struct renderer *r = v->in->renderer;
	/* Of many connections, those that ended first are no better than others. */
	bool is_many = v->grouping == BY_CONN && v->told > CHARTS_MAX;

	for (size_t i = 0; i < v->chart_count && !is_many; i++)
		histogram_chart_print(&v->charts[i].srtt, v->charts[i].name, "µs", r);
	render_heading(r, "");
	if (is_many)
		render_note(r, "histograms are drawn of no more than 16 connections:"
			       " choose with --conn");
	else if (v->told > CHARTS_MAX)
		render_note(r, "histograms are drawn of the 16 with most samples only");
	render_note(r, v->has_probe
			       ? "as TCP smoothed them (srtt), when a segment arrived and when a"
				 " connection began and ended"
			       : "as TCP smoothed them (srtt), when a connection began and ended:"
				 " no tcp_probe on this tape");
}

static void explain_nothing(const struct rtt_view *v)
{
	char text[160];

	if (view_explain_empty(v->in, tracker_event_count(v->tracker),
			       "no round-trip time on this tape is selected"))
		return;
	if (v->seen)
		snprintf(text, sizeof(text),
			 "none of the %" PRIu64 " round-trip times on this tape is selected",
			 v->seen);
	else
		snprintf(text, sizeof(text),
			 "no round-trip time recorded; %" PRIu64 " TCP socket lives seen",
			 tracker_life_count(v->tracker));
	render_note(v->in->renderer, text);
}

/* ---- the view ---- */

static enum grouping grouping_of(const char *by)
{
	if (!by)
		return BY_NOTHING;
	return strcmp(by, "peer") == 0 ? BY_PEER : strcmp(by, "conn") == 0 ? BY_CONN : BY_SERVICE;
}

/* Only the columns that tell which group it is. */
static void begin(struct rtt_view *v)
{
	static const uint8_t of[COL_REMOTE + 1] = {
		[COL_PEER] = BY_PEER,    [COL_SERVICE] = BY_SERVICE, [COL_CONN] = BY_CONN,
		[COL_PROCESS] = BY_CONN, [COL_REMOTE] = BY_CONN,
	};

	memcpy(v->columns, columns, sizeof(columns));
	for (size_t i = 0; i <= COL_REMOTE; i++)
		if (of[i] != v->grouping)
			v->columns[i].key = v->columns[i].title = NULL;
	if (v->grouping == BY_CONN)
		v->columns[COL_CONNS].key = v->columns[COL_CONNS].title = NULL;
	v->table = (struct table){rtt_table.name, v->columns, COL_COUNT};
	tally_init(&v->groups, sizeof(struct rtts));
	render_begin(v->in->renderer, &v->table);
}

static int read_all(struct rtt_view *v, struct error *err)
{
	struct sighting seen;
	struct item item;
	int rc;

	TRY(watch_begin(v->in, v->tracker, err));
	while ((rc = watch_item(v->in, v->tracker, &item, err)) == 0) {
		TRY(tracker_feed(v->tracker, &item, &seen, err));
		if (seen.bound)
			TRY(take_event(v, &item.event, &seen, err));
		else
			v->has_probe |= tracker_binding(v->tracker)->has_kind[EVENT_PROBE];
		TRY(take_ended(v, err));
	}
	if (rc < 0)
		return rc;
	tracker_stop(v->tracker);
	TRY(take_ended(v, err));
	TRY(print_groups(v, err));
	if (!v->told)
		explain_nothing(v);
	else if (v->in->is_page)
		print_charts(v);
	return 0;
}

static void release(struct rtt_view *v)
{
	for (size_t i = 0; i < v->by_conn.size; i++) {
		if (v->by_conn.entries[i].conn)
			rtts_release(v->by_conn.entries[i].value);
		if (v->by_conn.entries[i].conn)
			free(v->by_conn.entries[i].value);
	}
	conn_map_release(&v->by_conn);
	for (size_t i = 0; i < v->groups.count; i++)
		rtts_release(v->groups.groups[i]->own);
	if (v->groups.rest)
		rtts_release(v->groups.rest->own);
	tally_release(&v->groups);
	for (size_t i = 0; i < v->chart_count; i++)
		histogram_release(&v->charts[i].srtt);
	arena_release(&v->arena);
	tracker_free(v->tracker);
}

int view_rtt(const struct view_input *in, struct error *err)
{
	struct rtt_view v = {.in = in, .tracker = scope_tracker(in->scope)};
	int rc;

	v.grouping = grouping_of(in->by);
	begin(&v);
	rc = v.tracker ? read_all(&v, err) : error_nomem(err);
	render_finish(in->renderer);
	release(&v);
	return rc;
}
