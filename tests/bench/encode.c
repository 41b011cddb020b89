/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * encode.c -- what writing events costs: entries to dictionaries, rows to columns, blocks to
 * /dev/null, each by itself:
 *
 *	encode TAPE EVENTS ROUNDS
 *
 * All rounds are one recording, each the next part of it: later, and of other sockets. As in the
 * recorder, an entry is interned once an epoch, and the id remembered, and rows are taken as they lie
 * in memory (writer_add_raw) if their flags suffice to say what is absent. Blocks end where the writer
 * ends them, and at the end of a round: a first round, which is not measured, finds out where.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/bench/reel.h"
#include "tests/bench/turn.h"
#include "tests/bench/walk.h"

enum { INTERN, ADD, FLUSH, STEPS, MAX_ROUNDS = 101 };

struct encode {
	struct reel reel;
	struct turn turn; /* its number is that of the round */
	struct sink *sink;
	struct writer *writer;
	size_t *ends; /* rows written when a block was, ascending */
	size_t end_count, end_cap;
	struct {
		uint64_t turn; /* turn.times + 1 */
		uint32_t epoch, id;
	} * known;      /* [entry number - 1] */
	uint32_t *news; /* entries to intern for the next block */
	size_t news_count, interned;
	struct buf packed;                 /* those entries, as they are this round */
	struct raw_row *raw;               /* [row]; memory NULL = it comes value by value */
	uint32_t (*refs)[SCHEMA_MAX_REFS]; /* of the next block's rows */
	uint64_t spent_ns[STEPS];          /* in the round */
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void *array(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size);
	struct error err;

	if (!p)
		walk_must(error_nomem(&err), &err);
	return p;
}

static const struct schema *schema_of(const struct encode *e, const struct row *row)
{
	return section_schema(&e->reel.names, row->schema);
}

enum { FLAGS = 16 }; /* of a row */

/* Where the values of a schema's rows lie: one behind the other, a flag for each that may be
 * absent. Returns their bytes, 0 if there are not enough flags or it has strings. */
static size_t place(const struct schema *s, struct place *places)
{
	unsigned optional = 0;
	size_t at = 0;

	for (unsigned i = 0; i < s->field_count; i++) {
		const struct field *f = &s->fields[i];
		struct place *p = &places[s->own_of[i]];

		if (f->ref)
			continue;
		*p = (struct place){.at = (uint16_t)at};
		if (f->flags & FIELD_OPTIONAL)
			p->needs = (uint16_t)(1u << optional++ % FLAGS);
		at += field_bytes(f);
	}
	return optional > FLAGS || s->string_count || at > UINT16_MAX ? 0 : at + 1;
}

static void flatten_row(const struct schema *s, const struct row *row, size_t bytes,
			struct raw_row *out)
{
	struct place places[SCHEMA_MAX_FIELDS];
	uint8_t *memory = array(bytes, 1);

	*out = (struct raw_row){row->schema, row->cpu, row->ts_ns, 0, NULL, memory, NULL};
	place(s, places);
	for (unsigned i = 0; i < s->field_count; i++) {
		const struct field *f = &s->fields[i];
		const struct value *v = &row->values[s->own_of[i]];
		const struct place *p = &places[s->own_of[i]];

		if (f->ref || v->is_absent)
			continue;
		out->flags |= p->needs;
		if (f->kind == FIELD_INT)
			store_le(memory + p->at, f->elem_size, v->num);
		else
			memcpy(memory + p->at, v->bytes, field_bytes(f));
	}
}

static void flatten(struct encode *e)
{
	struct place places[SCHEMA_MAX_FIELDS];

	e->raw = array(e->reel.row_count, sizeof(*e->raw));
	for (size_t i = 0; i < e->reel.row_count; i++) {
		const struct schema *s = schema_of(e, &e->reel.rows[i]);
		size_t bytes = place(s, places);

		if (bytes)
			flatten_row(s, &e->reel.rows[i], bytes, &e->raw[i]);
	}
}

static void lay_out(struct encode *e)
{
	struct place places[SCHEMA_MAX_FIELDS];
	struct error err;

	for (size_t i = 0; i < e->reel.names.schema_count; i++) {
		const struct schema *s = e->reel.names.schemas[i];

		if (s && s->kind == SCHEMA_EVENT && place(s, places))
			walk_must(writer_lay_out(e->writer, s->id, places, &err), &err);
	}
}

/* Which entries the rows refer to whose ids are not known in this epoch, or this round. */
static void find_news(struct encode *e, size_t from, size_t to)
{
	uint32_t epoch = writer_epoch(e->writer);
	uint64_t turn = e->turn.times + 1;

	e->news_count = 0;
	for (size_t i = from; i < to; i++) {
		const struct row *row = &e->reel.rows[i];

		for (int r = 0; r < schema_of(e, row)->ref_count; r++) {
			uint32_t n = row->refs[r];

			if (n == 0 ||
			    (e->known[n - 1].turn == turn && e->known[n - 1].epoch == epoch))
				continue;
			e->known[n - 1].turn = turn;
			e->known[n - 1].epoch = epoch;
			e->news[e->news_count++] = n;
		}
	}
	e->interned += e->news_count;
}

/* In the recorder, too, they were packed a moment ago, and are in a cache. */
static void pack_news(struct encode *e)
{
	struct error err;

	buf_clear(&e->packed);
	for (size_t i = 0; i < e->news_count; i++)
		turn_entry(&e->turn, &e->reel, &e->reel.entries[e->news[i] - 1], &e->packed);
	if (e->packed.is_failed)
		walk_must(error_nomem(&err), &err);
}

static void intern_news(struct encode *e)
{
	const uint8_t *packed;
	uint64_t before;
	struct error err;

	pack_news(e);
	packed = e->packed.data;
	before = now_ns();
	for (size_t i = 0; i < e->news_count; i++) {
		const struct reel_entry *entry = &e->reel.entries[e->news[i] - 1];

		walk_must(writer_intern(e->writer, entry->dict, packed, entry->len,
					&e->known[e->news[i] - 1].id, &err),
			  &err);
		packed += entry->len;
	}
	e->spent_ns[INTERN] += now_ns() - before;
}

/* What of the rows is as it is this time only. */
static void fill_rows(struct encode *e, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct row *row = &e->reel.rows[i];

		for (int r = 0; r < schema_of(e, row)->ref_count; r++)
			e->refs[i - from][r] = row->refs[r] ? e->known[row->refs[r] - 1].id : 0;
		e->raw[i].refs = e->refs[i - from];
		e->raw[i].ts_ns = row->ts_ns + turn_later(&e->turn);
	}
}

static int add_value_by_value(struct encode *e, size_t i, struct error *err)
{
	struct row row = e->reel.rows[i];

	row.refs = e->raw[i].refs;
	row.ts_ns = e->raw[i].ts_ns;
	return writer_add(e->writer, &row, err);
}

static void add_rows(struct encode *e, size_t from, size_t to, int step)
{
	uint64_t before = now_ns();
	struct error err;

	for (size_t i = from; i < to; i++)
		walk_must(e->raw[i].memory ? writer_add_raw(e->writer, &e->raw[i], &err)
					   : add_value_by_value(e, i, &err),
			  &err);
	e->spent_ns[step] += now_ns() - before;
}

/* The rows of one block; the last of them makes the writer write it. */
static void write_block(struct encode *e, size_t from, size_t to)
{
	uint64_t bytes;

	find_news(e, from, to);
	intern_news(e);
	fill_rows(e, from, to);
	bytes = writer_bytes(e->writer);
	add_rows(e, from, to - 1, ADD);
	if (writer_bytes(e->writer) != bytes) {
		fprintf(stderr, "encode: a block was written before its time\n");
		exit(1);
	}
	add_rows(e, to - 1, to, FLUSH);
}

static void write_rest(struct encode *e, size_t from)
{
	uint64_t before;
	struct error err;

	find_news(e, from, e->reel.row_count);
	intern_news(e);
	fill_rows(e, from, e->reel.row_count);
	add_rows(e, from, e->reel.row_count, ADD);
	before = now_ns();
	walk_must(writer_flush(e->writer, &err), &err);
	e->spent_ns[FLUSH] += now_ns() - before;
}

/* One row after the other, as the recorder does; notes where blocks end. */
static void find_ends(struct encode *e)
{
	struct error err;

	for (size_t i = 0; i < e->reel.row_count; i++) {
		uint64_t bytes = writer_bytes(e->writer);

		find_news(e, i, i + 1);
		intern_news(e);
		fill_rows(e, i, i + 1);
		add_rows(e, i, i + 1, ADD);
		if (writer_bytes(e->writer) == bytes)
			continue;
		if (!array_grow((void **)&e->ends, &e->end_cap, e->end_count + 1, sizeof(*e->ends)))
			exit(1);
		e->ends[e->end_count++] = i + 1;
	}
	walk_must(writer_flush(e->writer, &err), &err);
}

static void write_round(struct encode *e)
{
	size_t from = 0;

	for (size_t i = 0; i < e->end_count; from = e->ends[i++])
		write_block(e, from, e->ends[i]);
	write_rest(e, from);
}

static void run_round(struct encode *e, bool is_first)
{
	for (int i = 0; i < STEPS; i++)
		e->spent_ns[i] = 0;
	e->interned = 0;
	if (is_first)
		find_ends(e);
	else
		write_round(e);
	e->turn.times++;
}

static void begin(struct encode *e, const char *tape, size_t events)
{
	struct writer_options options = {.salt = 1};
	struct error err;

	reel_load(&e->reel, tape, events);
	turn_begin(&e->turn, &e->reel);
	e->known = array(e->reel.entry_count, sizeof(*e->known));
	e->news = array(e->reel.entry_count, sizeof(*e->news));
	e->refs = array(e->reel.row_count, sizeof(*e->refs));
	flatten(e);
	walk_must(sink_open("/dev/null", true, &e->sink, &err), &err);
	walk_must(writer_new(e->sink, &options, &e->writer, &err), &err);
	reel_declare(&e->reel, e->writer);
	lay_out(e);
}

static void end(struct encode *e)
{
	struct error err;

	walk_must(writer_end(e->writer, "stop", &err), &err);
	writer_free(e->writer);
	walk_must(sink_close(e->sink, &err), &err);
	for (size_t i = 0; i < e->reel.row_count; i++)
		free((void *)e->raw[i].memory);
	free(e->raw);
	reel_release(&e->reel);
	buf_release(&e->packed);
	free(e->known);
	free(e->news);
	free(e->refs);
	free(e->ends);
}

static int by_size(const void *left, const void *right)
{
	uint64_t l = *(const uint64_t *)left, r = *(const uint64_t *)right;

	return l < r ? -1 : l > r;
}

static void print_step(const char *name, uint64_t *ns, unsigned rounds, size_t events)
{
	qsort(ns, rounds, sizeof(*ns), by_size);
	printf("%-14s %8.1f %10.1f %10.1f\n", name, (double)ns[rounds / 2] / (double)events,
	       (double)ns[0] / (double)events, (double)ns[rounds - 1] / (double)events);
}

int main(int argc, char **argv)
{
	static const char *const names[] = {"writer_intern", "writer_add", "writing blocks"};
	uint64_t ns[STEPS + 1][MAX_ROUNDS] = {{0}};
	unsigned long rounds = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	struct encode e = {0};
	uint64_t bytes = 0;
	size_t events;

	if (rounds < 1 || rounds > MAX_ROUNDS) {
		fprintf(stderr, "usage: encode TAPE EVENTS ROUNDS (1 to %d)\n", MAX_ROUNDS);
		return 2;
	}
	begin(&e, argv[1], strtoul(argv[2], NULL, 10));
	events = e.reel.row_count;
	run_round(&e, true);
	for (unsigned long i = 0; i < rounds; i++) {
		bytes = writer_bytes(e.writer);
		run_round(&e, false);
		for (int step = 0; step < STEPS; step++) {
			ns[step][i] = e.spent_ns[step];
			ns[STEPS][i] += e.spent_ns[step];
		}
		bytes = writer_bytes(e.writer) - bytes;
	}
	printf("%zu events, %zu blocks, %.2f bytes/event, %.2f entries interned an event, %lu rounds\n",
	       events, e.end_count + 1, (double)bytes / (double)events,
	       (double)e.interned / (double)events, rounds);
	printf("%-14s %8s %10s %10s\n", "ns/event", "median", "least", "most");
	for (int step = 0; step < STEPS; step++)
		print_step(names[step], ns[step], (unsigned)rounds, events);
	print_step("all", ns[STEPS], (unsigned)rounds, events);
	end(&e);
	return 0;
}
