/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * exchange_groups.c -- sums and histograms of each group.
 */
#include "analyze/exchange_groups.h"

#include <string.h>

#include "analyze/histogram.h"
#include "analyze/life_text.h"
#include "analyze/service.h"

/* The times that are spread; four columns each. */
enum { TIME_TOTAL, TIME_THINK, TIME_QUEUE, TIME_WORK, TIME_COUNT };
enum { P50, P90, P99, MOST, POINT_COUNT };

enum {
	COL_GROUP,
	COL_EXCHANGES,
	COL_REQUEST_BYTES,
	COL_RESPONSE_BYTES,
	COL_TIMES,
	COL_UNANSWERED = COL_TIMES + TIME_COUNT * POINT_COUNT,
	COL_PIPELINED,
	COL_STREAMS,
	COL_COUNT
};

struct exchange_sums {
	struct histogram times[TIME_COUNT]; /* owned, nanoseconds */
	uint64_t request_bytes, response_bytes;
	uint64_t unanswered, pipelined, streams;
};

/* clang-format off */
#define SPREAD(name, half, nearly_all, most, what) \
	{.key = name "_p50_ns", .title = half, .doc = what ": half of them take no longer", .unit = UNIT_NS, .align = ALIGN_RIGHT}, \
	{.key = name "_p90_ns", .doc = "nine in ten", .unit = UNIT_NS, .align = ALIGN_RIGHT}, \
	{.key = name "_p99_ns", .title = nearly_all, .doc = "99 in 100", .unit = UNIT_NS, .align = ALIGN_RIGHT}, \
	{.key = name "_max_ns", .title = most, .doc = "the longest", .unit = UNIT_NS, .align = ALIGN_RIGHT}

/* In the order of enum, after the column that tells the group. */
#define FOLLOWING \
	{.key = "exchanges", .title = "count", .doc = "how many", .align = ALIGN_RIGHT}, \
	{.key = "request_bytes", .title = "asked", .doc = "bytes of all requests", .unit = UNIT_BYTES, .align = ALIGN_RIGHT}, \
	{.key = "response_bytes", .title = "answered", .doc = "bytes of all responses", .unit = UNIT_BYTES, .align = ALIGN_RIGHT}, \
	SPREAD("total", "total p50", "p99", "max", "request, think and response together"), \
	SPREAD("think", "think p50", "p99", NULL, "last byte of the request to first byte of the response"), \
	SPREAD("queue", NULL, "queue p99", NULL, "the request waits at the server to be read"), \
	SPREAD("work", NULL, NULL, NULL, "the server's last byte read to its first byte written"), \
	{.key = "unanswered", .doc = "requests without a response"}, \
	{.key = "pipelined", .doc = "exchanges of several requests without waiting for answers"}, \
	{.key = "streams", .doc = "one-way streams"}

static const struct column by_service[COL_COUNT] = {
	{.key = "service", .title = "service", .doc = "the server's address and port"}, FOLLOWING};
static const struct column by_peer[COL_COUNT] = {
	{.key = "peer", .title = "peer", .doc = "the client's address; the server's where only the client is on the tape"}, FOLLOWING};
static const struct column by_conn[COL_COUNT] = {
	{.key = "conn", .title = "conn", .doc = "number of the client's socket life, or of the one the tape holds", .align = ALIGN_RIGHT}, FOLLOWING};
/* clang-format on */

const struct table exchange_groups_tables[EXCHANGE_GROUPINGS] = {
	[EXCHANGES_BY_SERVICE] = {"exchanges", by_service, COL_COUNT},
	[EXCHANGES_BY_PEER] = {"exchanges", by_peer, COL_COUNT},
	[EXCHANGES_BY_CONN] = {"exchanges", by_conn, COL_COUNT},
};

static enum exchange_grouping grouping_of(const char *by)
{
	if (strcmp(by, "conn") == 0)
		return EXCHANGES_BY_CONN;
	return strcmp(by, "peer") == 0 ? EXCHANGES_BY_PEER : EXCHANGES_BY_SERVICE;
}

void exchange_groups_begin(struct exchange_groups *g, const struct view_input *in)
{
	g->in = in;
	g->grouping = grouping_of(in->by);
	render_begin(in->renderer, &exchange_groups_tables[g->grouping]);
	tally_init(&g->tally, sizeof(struct exchange_sums));
}

static void release_sums(struct tally_group *group)
{
	struct exchange_sums *sums = group->own;

	for (int i = 0; i < TIME_COUNT; i++)
		histogram_release(&sums->times[i]);
}

void exchange_groups_release(struct exchange_groups *g)
{
	for (size_t i = 0; i < g->tally.count; i++)
		release_sums(g->tally.groups[i]);
	if (g->tally.rest)
		release_sums(g->tally.rest);
	tally_release(&g->tally);
}

static bool add_times(struct exchange_sums *sums, const struct exchange *x)
{
	struct histogram *h = sums->times;

	if (x->has_answer && (!histogram_add(&h[TIME_TOTAL], x->total_ns) ||
			      !histogram_add(&h[TIME_THINK], x->think_ns)))
		return false;
	if (x->has_queue && !histogram_add(&h[TIME_QUEUE], x->queue_ns))
		return false;
	return !x->has_server || !x->has_answer || histogram_add(&h[TIME_WORK], x->think_ns);
}

static struct tally_group *find_group(struct exchange_groups *g, const struct life *client,
				      const struct life *server, uint64_t start_ns)
{
	const struct life *own = client ? client : server;
	struct service service = service_of(server ? server : client);
	char text[ENDPOINT_MAX];

	if (g->grouping == EXCHANGES_BY_CONN)
		return tally_count(&g->tally, tally_number(own->conn), start_ns);
	if (g->grouping == EXCHANGES_BY_PEER)
		address_format((server ? &server->tuple : &client->tuple)->remote.addr, text);
	else
		service_format(&service, text);
	return tally_count(&g->tally, tally_text(text), start_ns);
}

int exchange_groups_add(struct exchange_groups *g, const struct life *client,
			const struct life *server, const struct exchange *x, struct error *err)
{
	struct tally_group *group = find_group(g, client, server, x->start_ns);
	struct exchange_sums *sums = group ? group->own : NULL;

	if (!sums || !add_times(sums, x))
		return error_nomem(err);
	sums->request_bytes += x->request_bytes;
	sums->response_bytes += x->response_bytes;
	sums->unanswered += x->kind == EXCHANGE_UNANSWERED;
	sums->pipelined += x->kind == EXCHANGE_PIPELINED;
	sums->streams += x->kind == EXCHANGE_TO_CLIENT || x->kind == EXCHANGE_TO_SERVER;
	return 0;
}

static void fill_spread(struct cell *cells, const struct histogram *h)
{
	static const double percents[] = {[P50] = 50, [P90] = 90, [P99] = 99, [MOST] = 100};

	for (int i = 0; i < POINT_COUNT && h->count; i++)
		cells[i] = cell_uint(histogram_percentile(h, percents[i]));
}

static void print_group(const struct exchange_groups *g, const struct tally_group *group)
{
	const struct exchange_sums *sums = group->own;
	struct cell cells[COL_COUNT] = {{0}};

	if (g->grouping == EXCHANGES_BY_CONN)
		cells[COL_GROUP] = view_number(g->in, group->number);
	else
		cells[COL_GROUP] = cell_nonempty(group->text);
	cells[COL_EXCHANGES] = cell_uint(group->count);
	cells[COL_REQUEST_BYTES] = cell_uint(sums->request_bytes);
	cells[COL_RESPONSE_BYTES] = cell_uint(sums->response_bytes);
	for (int i = 0; i < TIME_COUNT; i++)
		fill_spread(cells + COL_TIMES + i * POINT_COUNT, &sums->times[i]);
	cells[COL_UNANSWERED] = cell_uint(sums->unanswered);
	cells[COL_PIPELINED] = cell_uint(sums->pipelined);
	cells[COL_STREAMS] = cell_uint(sums->streams);
	render_row(g->in->renderer, cells);
}

void exchange_groups_print(struct exchange_groups *g)
{
	tally_sort(&g->tally, g->grouping == EXCHANGES_BY_CONN ? TALLY_BY_KEY : TALLY_BY_COUNT);
	for (size_t i = 0; i < g->tally.count; i++)
		print_group(g, g->tally.groups[i]);
	if (g->tally.rest)
		print_group(g, g->tally.rest);
}
