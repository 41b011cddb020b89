/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * counts.c -- rows of groups.
 */
#include "analyze/counts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyze/life_text.h"

enum { NS_PER_SECOND = 1000000000, SHARE_MAX = 16 };

/* The columns that follow the property. */
enum { AFTER_COUNT, AFTER_SHARE, AFTER_BYTES, AFTER_FIRST, AFTER_LAST, AFTER_COLUMNS };

/* clang-format off */
#define FOLLOWING \
	{.key = "count", .title = "count", .doc = "how many there were", .align = ALIGN_RIGHT}, \
	{.title = "share", .doc = "of all that are counted", .align = ALIGN_RIGHT}, \
	{.key = "bytes", .title = "bytes", .doc = "payload of them", .unit = UNIT_BYTES, .align = ALIGN_RIGHT}, \
	{.key = "first_ns", .title = "first", .doc = "when the first was", .unit = UNIT_TIME, .align = ALIGN_RIGHT}, \
	{.key = "last_ns", .title = "last", .doc = "when the last was", .unit = UNIT_TIME, .align = ALIGN_RIGHT}

static const struct column by_reason[] = {{.key = "reason", .title = "reason"}, FOLLOWING};
static const struct column by_location[] = {{.key = "location", .title = "location"}, FOLLOWING};
static const struct column by_stack[] = {{.key = "stack"}, FOLLOWING};
static const struct column by_second[] = {{.key = "second", .title = "second", .align = ALIGN_RIGHT}, FOLLOWING};
static const struct column by_kind[] = {{.key = "kind", .title = "kind"}, FOLLOWING};
static const struct column by_peer[] = {{.key = "peer", .title = "peer"}, FOLLOWING};
static const struct column by_service[] = {{.key = "service", .title = "service"}, FOLLOWING};
static const struct column by_stage[] = {{.key = "stage", .title = "stage"}, FOLLOWING};
static const struct column by_direction[] = {{.key = "direction", .title = "direction"}, FOLLOWING};

enum { CONN_CONN, CONN_LOCAL, CONN_REMOTE, CONN_LADDR, CONN_LPORT, CONN_RADDR, CONN_RPORT, CONN_COLUMNS };

static const struct column by_conn[] = {
	[CONN_CONN] = {.key = "conn", .title = "conn", .align = ALIGN_RIGHT},
	[CONN_LOCAL] = {.title = "local", .made_of = "laddr,lport"},
	[CONN_REMOTE] = {.title = "remote", .made_of = "raddr,rport"},
	[CONN_LADDR] = {.key = "laddr"},
	[CONN_LPORT] = {.key = "lport"},
	[CONN_RADDR] = {.key = "raddr"},
	[CONN_RPORT] = {.key = "rport"},
	FOLLOWING
};

#define TABLE(word) {#word, by_##word, sizeof(by_##word) / sizeof(by_##word[0])}

const struct table counts_tables[COUNTS_WORDS] = {
	[COUNTS_REASON] = TABLE(reason),
	[COUNTS_LOCATION] = TABLE(location),
	[COUNTS_CONN] = TABLE(conn),
	[COUNTS_STACK] = TABLE(stack),
	[COUNTS_SECOND] = TABLE(second),
	[COUNTS_KIND] = TABLE(kind),
	[COUNTS_PEER] = TABLE(peer),
	[COUNTS_SERVICE] = TABLE(service),
	[COUNTS_STAGE] = TABLE(stage),
	[COUNTS_DIRECTION] = TABLE(direction),
};
/* clang-format on */

/* What is added up for a group. */
struct sums {
	uint64_t bytes;
	struct tuple tuple;
	bool has_tuple, is_known;
};

struct row_text {
	char local[ENDPOINT_MAX], remote[ENDPOINT_MAX];
	char laddr[ADDRESS_MAX], raddr[ADDRESS_MAX];
	char share[SHARE_MAX];
};

enum counts_by counts_find(const char *word)
{
	for (int by = COUNTS_NONE + 1; word && by < COUNTS_WORDS; by++)
		if (strcmp(counts_tables[by].name, word) == 0)
			return (enum counts_by)by;
	return COUNTS_NONE;
}

void counts_begin(struct counts *c, const struct view_input *in, const struct table *list)
{
	*c = (struct counts){.in = in, .by = counts_find(in->by)};
	tally_init(&c->tally, sizeof(struct sums));
	render_begin(in->renderer, in->by ? &counts_tables[c->by] : list);
}

void counts_release(struct counts *c)
{
	tally_release(&c->tally);
}

static struct tally_key key_of(enum counts_by by, const struct counted *thing)
{
	struct tally_key key = {0};

	switch (by) {
	case COUNTS_CONN:
		key.number = thing->conn;
		break;
	case COUNTS_SECOND:
		if (thing->ts_ns > thing->origin_ns)
			key.number = (thing->ts_ns - thing->origin_ns) / NS_PER_SECOND;
		break;
	default: /* what is not known is not "" */
		key.number = view_len(thing->text) == 0;
		key.text = thing->text;
		break;
	}
	return key;
}

int counts_add(struct counts *c, const struct counted *thing, struct error *err)
{
	struct tally_group *g = tally_count(&c->tally, key_of(c->by, thing), thing->ts_ns);
	struct sums *sums;

	if (!g)
		return error_nomem(err);
	sums = g->own;
	sums->bytes += thing->bytes;
	if (c->by == COUNTS_CONN && thing->conn && thing->tuple) {
		sums->tuple = *thing->tuple;
		sums->has_tuple = true;
	}
	c->total++;
	return 0;
}

static void fill_ends(struct cell *cells, const struct tuple *t, struct row_text *text)
{
	cells[CONN_LOCAL] = cell_string(endpoint_format(&t->local, text->local));
	cells[CONN_LADDR] = cell_string(address_format(t->local.addr, text->laddr));
	cells[CONN_LPORT] = cell_nonzero(t->local.port);
	if (!t->remote.port)
		return;
	cells[CONN_REMOTE] = cell_string(endpoint_format(&t->remote, text->remote));
	cells[CONN_RADDR] = cell_string(address_format(t->remote.addr, text->raddr));
	cells[CONN_RPORT] = cell_uint(t->remote.port);
}

static void fill_key(const struct counts *c, const struct tally_group *g, struct cell *cells,
		     struct row_text *text)
{
	const struct sums *sums = g->own;

	if (c->by == COUNTS_SECOND) {
		cells[0] = cell_uint(g->number);
	} else if (c->by == COUNTS_CONN) {
		cells[CONN_CONN] = cell_nonzero(g->number);
		if (sums->has_tuple)
			fill_ends(cells, &sums->tuple, text);
	} else if (!g->number) {
		cells[0] = cell_string(g->text);
	}
}

static const char *share_of(uint64_t count, uint64_t total, char out[SHARE_MAX])
{
	uint64_t tenths = total > UINT64_MAX / 2000 ? count / (total / 1000)
						    : (count * 1000 + total / 2) / total;

	if (tenths && tenths < 100)
		snprintf(out, SHARE_MAX, "%u.%u %%", (unsigned)tenths / 10, (unsigned)tenths % 10);
	else
		snprintf(out, SHARE_MAX, "%u %%", (unsigned)(tenths + 5) / 10);
	return out;
}

/* As `perf report` shows them: a frame a line, the innermost first. */
static void note_frames(const struct counts *c, const char *stack)
{
	char line[128];

	while (*stack) {
		size_t len = strcspn(stack, ";");

		snprintf(line, sizeof(line), "    %.*s", len < 120 ? (int)len : 120, stack);
		render_note(c->in->renderer, line);
		stack += len + (stack[len] == ';');
	}
}

static void print_group(const struct counts *c, const struct tally_group *g)
{
	size_t keys = counts_tables[c->by].column_count - AFTER_COLUMNS;
	struct cell cells[CONN_COLUMNS + AFTER_COLUMNS] = {{0}}, *after = &cells[keys];
	const struct sums *sums = g->own;
	struct row_text text;

	if (g != c->tally.rest)
		fill_key(c, g, cells, &text);
	after[AFTER_COUNT] = cell_uint(g->count);
	after[AFTER_SHARE] = cell_string(share_of(g->count, c->total, text.share));
	after[AFTER_BYTES] = cell_uint(sums->bytes);
	after[AFTER_FIRST] = cell_uint(g->first_ns);
	after[AFTER_LAST] = cell_uint(g->last_ns);
	render_row(c->in->renderer, cells);
	if (c->by == COUNTS_STACK)
		note_frames(c, g->text[0] ? g->text : "no stack was recorded");
}

void counts_print(struct counts *c)
{
	struct tally *t = &c->tally;

	tally_sort(t, c->by == COUNTS_SECOND ? TALLY_BY_KEY : TALLY_BY_COUNT);
	for (size_t i = 0; i < t->count; i++)
		print_group(c, t->groups[i]);
	if (!t->rest)
		return;
	print_group(c, t->rest);
	render_note(c->in->renderer, "the last row is of all others together");
}
