/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * repeat.c -- makes a long tape of a recording, by writing it again and again, each time
 * later:
 *
 *	repeat TAPE OUT EVENTS [alive]
 *
 * Each time the sockets are others: cookies and stream numbers go on where they ended, so
 * that dictionaries grow as they do on a busy host. What the recorder itself put there in
 * the beginning (sockets that exist) is there once. With "alive" nothing that follows an
 * established connection is written, and each time is on other loopback addresses: sockets
 * come, and none goes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/reel.h"
#include "tests/bench/turn.h"
#include "tests/bench/walk.h"

struct repeat {
	struct reel reel;
	struct writer *writer;
	struct turn turn;
	bool is_alive; /* connections stay */
	struct buf packed;
	struct {
		uint64_t turn; /* turn.times + 1 */
		uint32_t epoch, id;
	} * known; /* [entry number - 1] */
	uint32_t refs[SCHEMA_MAX_REFS];
};

/* Elsewhere each time: between other addresses of 127.0.0.0/8, and where no other socket was, as
 * those before are still there. */
static void move_entry(const struct repeat *p, const struct schema *s, int f, uint8_t *packed)
{
	const char *name = s->fields[f].name;
	uint8_t *at = packed + s->offsets[f];
	size_t len = field_bytes(&s->fields[f]);
	int cookie = schema_find(s, "cookie");

	if (strcmp(name, "skaddr") == 0 && cookie >= 0) {
		uint64_t n = load_le(packed + s->offsets[cookie], s->fields[cookie].elem_size);

		if (n)
			store_le(at, s->fields[f].elem_size, n << 12);
	} else if (strncmp(name, "saddr", 5) == 0 || strncmp(name, "daddr", 5) == 0) {
		at[len - 3] ^= (uint8_t)p->turn.times;
		at[len - 2] ^= (uint8_t)(p->turn.times >> 8);
	}
}

/* The entry as it is this time. */
static void make_entry(struct repeat *p, const struct reel_entry *e)
{
	const struct schema *s = section_schema(&p->reel.names, e->dict);

	buf_clear(&p->packed);
	turn_entry(&p->turn, &p->reel, e, &p->packed);
	for (int f = 0; p->is_alive && f < s->field_count; f++)
		if (s->offsets[f] >= 0)
			move_entry(p, s, f, p->packed.data);
}

static uint32_t entry_id(struct repeat *p, uint32_t number)
{
	const struct reel_entry *e = &p->reel.entries[number - 1];
	uint32_t epoch = writer_epoch(p->writer);
	struct error err;

	if (p->known[number - 1].turn == p->turn.times + 1 && p->known[number - 1].epoch == epoch)
		return p->known[number - 1].id;
	make_entry(p, e);
	walk_must(writer_intern(p->writer, e->dict, p->packed.data, p->packed.len,
				&p->known[number - 1].id, &err),
		  &err);
	p->known[number - 1].turn = p->turn.times + 1;
	p->known[number - 1].epoch = epoch;
	return p->known[number - 1].id;
}

static void write_row(struct repeat *p, const struct row *from)
{
	const struct schema *s = section_schema(&p->reel.names, from->schema);
	struct row row = *from;
	struct error err;

	for (int i = 0; i < s->ref_count; i++)
		p->refs[i] = from->refs[i] ? entry_id(p, from->refs[i]) : 0;
	row.refs = p->refs;
	row.ts_ns += turn_later(&p->turn);
	walk_must(writer_add(p->writer, &row, &err), &err);
}

/* Does the row tell of a connection's end? */
static bool is_end(const struct schema *s, const struct row *row)
{
	enum { ESTABLISHED = 1, SYN_SENT = 2, SYN_RECV = 3, LISTEN = 10 };
	int at = schema_find(s, "newstate");
	uint64_t state = at < 0 ? ESTABLISHED : row->values[s->own_of[at]].num;

	return strcmp(s->name, "tcp_destroy_sock") == 0 || strcmp(s->name, "sock_summary") == 0 ||
	       (state != ESTABLISHED && state != SYN_SENT && state != SYN_RECV && state != LISTEN);
}

static void write_clocks(struct repeat *p)
{
	uint64_t later = turn_later(&p->turn);
	struct error err;

	for (size_t i = 0; i < p->reel.clock_count; i++) {
		struct clock_reading c = p->reel.clocks[i];

		c.ts_ns += later;
		c.monotonic_ns += later;
		c.boottime_ns += later;
		c.realtime_ns += later;
		walk_must(writer_clock(p->writer, &c, &err), &err);
	}
}

static void write_all(struct repeat *p, uint64_t events)
{
	const struct reel *r = &p->reel;
	uint64_t done = 0;

	for (; done < events; p->turn.times++) {
		write_clocks(p);
		for (size_t i = 0; i < r->row_count && done < events; i++) {
			const struct schema *s = section_schema(&r->names, r->rows[i].schema);

			if (p->turn.times && strcmp(s->group, "tcptape") == 0)
				continue;
			if (p->is_alive && is_end(s, &r->rows[i]))
				continue;
			write_row(p, &r->rows[i]);
			done++;
		}
	}
}

int main(int argc, char **argv)
{
	struct writer_options options = {.salt = 1};
	struct repeat p = {0};
	struct sink *sink;
	struct error err;

	p.is_alive = argc == 5 && strcmp(argv[4], "alive") == 0;
	if (argc != 4 && !p.is_alive) {
		fprintf(stderr, "usage: repeat TAPE OUT EVENTS [alive]\n");
		return 2;
	}
	reel_load(&p.reel, argv[1], SIZE_MAX);
	turn_begin(&p.turn, &p.reel);
	p.known = calloc(p.reel.entry_count + 1, sizeof(*p.known));
	if (!p.known)
		walk_must(error_nomem(&err), &err);
	walk_must(sink_open(argv[2], true, &sink, &err), &err);
	walk_must(writer_new(sink, &options, &p.writer, &err), &err);
	reel_declare(&p.reel, p.writer);
	write_all(&p, strtoull(argv[3], NULL, 10));
	walk_must(writer_end(p.writer, "stop", &err), &err);
	printf("%llu events, %llu bytes, %llu times\n", (unsigned long long)writer_rows(p.writer),
	       (unsigned long long)writer_bytes(p.writer), (unsigned long long)p.turn.times);
	writer_free(p.writer);
	walk_must(sink_close(sink, &err), &err);
	reel_release(&p.reel);
	buf_release(&p.packed);
	free(p.known);
	return 0;
}
