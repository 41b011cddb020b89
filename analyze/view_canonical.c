/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * view_canonical.c -- the canonical text of a tape: docs/FORMAT.md section 15. Two tapes
 * that tell the same have the same text, however they are encoded; so what stands where
 * a writer pleased to put it (losses, clock readings, facts) waits for the section's end.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/section_copy.h"
#include "analyze/spool.h"
#include "analyze/view.h"

enum {
	SCHEMA_FLAGS = SCHEMA_OWN | SCHEMA_GENERIC,
	FIELD_FLAGS = FIELD_SIGNED | FIELD_EXTRA | FIELD_OPTIONAL | FIELD_BITS,
};

struct canonical {
	const struct view_input *in;
	struct section section; /* a copy: it is told when the cursor has left */
	bool is_in_section;
	uint32_t schemas[SCHEMA_MAX + 1];  /* number in the text, by id; 0 = not yet printed */
	uint32_t enums[ENUM_MAX + 1];      /* likewise */
	uint32_t schema_count, enum_count; /* numbers given away */
	struct spool losses, clocks, gaps;
	struct section_end end;
	bool has_end;
	struct buf line;
};

static void put_text(struct buf *out, const char *s)
{
	put_bytes(out, s, strlen(s));
}

__attribute__((format(printf, 2, 3))) static void put_numbers(struct buf *out, const char *fmt, ...)
{
	char text[160];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	put_text(out, text);
}

static void put_hex(struct buf *out, uint8_t byte)
{
	static const char digits[] = "0123456789abcdef";

	put_u8(out, (uint8_t)digits[byte >> 4]);
	put_u8(out, (uint8_t)digits[byte & 15]);
}

/* " " and a name or a text that cannot be mistaken for two. */
static void put_escaped(struct buf *out, const char *s)
{
	put_text(out, *s ? " " : " %");
	for (; *s; s++) {
		uint8_t byte = (uint8_t)*s;

		if (byte > ' ' && byte < 0x7f && byte != '%') {
			put_u8(out, byte);
		} else {
			put_u8(out, '%');
			put_hex(out, byte);
		}
	}
}

static void flush_line(struct canonical *c)
{
	put_u8(&c->line, '\n');
	if (c->line.is_failed)
		return; /* for good: clearing it would forget that */
	render_verbatim(c->in->renderer, view_of(c->line.data, c->line.len));
	buf_clear(&c->line);
}

static void print_facts(struct canonical *c)
{
	for (size_t i = 0; i < c->section.facts.count; i++) {
		const struct fact *f = &c->section.facts.facts[i];

		put_text(&c->line, "fact");
		put_escaped(&c->line, f->key);
		put_escaped(&c->line, f->value);
		flush_line(c);
	}
}

/* Number of an enumeration, which is printed when it is first asked for; 0 = unknown. */
static uint32_t enum_number(struct canonical *c, uint16_t id)
{
	const struct enumeration *e = section_enum(&c->section, id);

	if (!e)
		return 0;
	if (c->enums[id])
		return c->enums[id];
	c->enums[id] = ++c->enum_count;
	put_numbers(&c->line, "enum %" PRIu32, c->enums[id]);
	put_escaped(&c->line, e->name);
	flush_line(c);
	for (size_t i = 0; i < e->count; i++) {
		put_numbers(&c->line, "value %" PRId64, (int64_t)e->values[i].value);
		put_escaped(&c->line, e->values[i].name);
		flush_line(c);
	}
	return c->enums[id];
}

static void print_field(struct canonical *c, const struct field *f)
{
	put_text(&c->line, "field");
	put_escaped(&c->line, f->name);
	put_escaped(&c->line, f->type);
	put_numbers(&c->line, " %u %u %u %u %u %" PRIu32, f->kind, f->role, f->flags & FIELD_FLAGS,
		    f->elem_size, f->count, enum_number(c, f->enum_id));
	flush_line(c);
}

/* As enum_number(). */
static uint32_t schema_number(struct canonical *c, const struct schema *s)
{
	if (c->schemas[s->id])
		return c->schemas[s->id];
	for (unsigned i = 0; i < s->field_count; i++)
		enum_number(c, s->fields[i].enum_id);
	c->schemas[s->id] = ++c->schema_count;
	put_numbers(&c->line, "schema %" PRIu32, c->schemas[s->id]);
	put_escaped(&c->line, s->group);
	put_escaped(&c->line, s->name);
	put_numbers(&c->line, " %u", s->flags & SCHEMA_FLAGS);
	put_escaped(&c->line, s->text);
	flush_line(c);
	for (unsigned i = 0; i < s->field_count; i++)
		print_field(c, &s->fields[i]);
	return c->schemas[s->id];
}

static void put_value(struct buf *out, const struct event *ev, int index)
{
	const struct field *f = &ev->schema->fields[index];
	struct view bytes;
	uint64_t num;

	if (f->kind == FIELD_INT) {
		if (!event_int(ev, index, &num))
			put_text(out, " -");
		else if (f->flags & FIELD_SIGNED)
			put_numbers(out, " %" PRId64, (int64_t)num);
		else
			put_numbers(out, " %" PRIu64, num);
		return;
	}
	if (!event_bytes(ev, index, &bytes)) {
		put_text(out, " -");
		return;
	}
	put_text(out, view_len(bytes) ? " " : " %");
	for (const uint8_t *p = bytes.p; p < bytes.end; p++)
		put_hex(out, *p);
}

static int print_event(struct canonical *c, const struct event *ev, struct error *err)
{
	uint32_t number = schema_number(c, ev->schema);

	put_numbers(&c->line, "event %" PRIu64 " %" PRIu32 " %" PRIu32, ev->ts_ns, ev->cpu, number);
	put_escaped(&c->line, ev->schema->name);
	for (int i = 0; i < ev->schema->field_count; i++)
		put_value(&c->line, ev, i);
	if (event_is_starved(ev))
		return error_nomem(err);
	flush_line(c);
	return 0;
}

static void print_unused(struct canonical *c)
{
	for (size_t i = 0; i < c->section.schema_count; i++)
		if (c->section.schemas[i] && c->section.schemas[i]->kind == SCHEMA_EVENT)
			schema_number(c, c->section.schemas[i]);
	for (size_t i = 1; i <= c->section.enum_count; i++)
		enum_number(c, (uint16_t)i);
}

/* One line each, `name` and the first `words` numbers. */
static int print_spool(struct canonical *c, struct spool *s, const char *name, unsigned words,
		       struct error *err)
{
	struct spool_record r;
	size_t at = 0;
	int rc;

	while ((rc = spool_next(s, &at, &r, err)) == 0) {
		/* A loss names a schema, by its id until here. */
		if (s == &c->losses)
			r.words[3] = r.words[3] <= SCHEMA_MAX ? c->schemas[r.words[3]] : 0;
		put_text(&c->line, name);
		for (unsigned i = 0; i < words; i++)
			put_numbers(&c->line, " %" PRIu64, r.words[i]);
		flush_line(c);
	}
	spool_release(s);
	return rc < 0 ? rc : 0;
}

/* What waited for the section's end. */
static int end_section(struct canonical *c, struct error *err)
{
	if (!c->is_in_section)
		return 0;
	print_unused(c);
	TRY(print_spool(c, &c->losses, "loss", 6, err));
	TRY(print_spool(c, &c->clocks, "clock", 4, err));
	print_facts(c);
	TRY(print_spool(c, &c->gaps, "gap", 2, err));
	put_text(&c->line, "end");
	if (c->has_end) {
		put_escaped(&c->line, c->end.reason);
		put_numbers(&c->line, " %" PRIu64 " %" PRIu64, c->end.rows, c->end.lost);
	} else {
		put_text(&c->line, " -");
	}
	flush_line(c);
	section_release(&c->section);
	return 0;
}

static int begin_section(struct canonical *c, const struct section *s, struct error *err)
{
	TRY(end_section(c, err));
	TRY(section_copy_news(&c->section, s, err));
	c->is_in_section = true;
	memset(c->schemas, 0, sizeof(c->schemas));
	memset(c->enums, 0, sizeof(c->enums));
	c->schema_count = c->enum_count = 0;
	c->has_end = false;
	put_text(&c->line, "section");
	flush_line(c);
	return 0;
}

static int keep_loss(struct canonical *c, const struct loss *l, struct error *err)
{
	struct spool_record r = {{l->from_ns, l->to_ns, l->cpu, l->schema, l->count, l->cause}};

	return spool_add(&c->losses, &r, err);
}

static int keep_clock(struct canonical *c, const struct clock_reading *k, struct error *err)
{
	struct spool_record r = {{k->ts_ns, k->monotonic_ns, k->boottime_ns, k->realtime_ns}};

	return spool_add(&c->clocks, &r, err);
}

static int keep_gap(struct canonical *c, const struct gap *g, struct error *err)
{
	struct spool_record r = {{g->offset, g->bytes}};

	return spool_add(&c->gaps, &r, err);
}

static int take_item(struct canonical *c, const struct item *item, struct error *err)
{
	switch (item->kind) {
	case ITEM_EVENT:
		return print_event(c, &item->event, err);
	case ITEM_LOSS:
		return keep_loss(c, &item->loss, err);
	case ITEM_CLOCK:
		return keep_clock(c, &item->clock, err);
	case ITEM_GAP: /* of a damaged block, what came before the fault may be known */
		TRY(keep_gap(c, &item->gap, err));
		return section_copy_news(&c->section, item->section, err);
	case ITEM_END:
		c->end = item->end;
		c->has_end = true;
		return section_copy_news(&c->section, item->section, err);
	case ITEM_SECTION:
		return begin_section(c, item->section, err);
	case ITEM_SCHEMA:
		return section_copy_news(&c->section, item->section, err);
	}
	return 0;
}

static int print_all(struct canonical *c, struct error *err)
{
	struct item item;
	int rc;

	put_text(&c->line, "tcptape canonical 1");
	flush_line(c);
	while ((rc = view_next(c->in, &item, err)) == 0) {
		TRY(take_item(c, &item, err));
		if (c->line.is_failed)
			return error_nomem(err);
	}
	TRY(rc < 0 ? rc : 0);
	TRY(end_section(c, err));
	return c->line.is_failed ? error_nomem(err) : 0;
}

int view_canonical(const struct view_input *in, struct error *err)
{
	struct canonical *c = calloc(1, sizeof(*c));
	int rc;

	if (!c)
		return error_nomem(err);
	c->in = in;
	rc = print_all(c, err);
	section_release(&c->section);
	spool_release(&c->losses);
	spool_release(&c->clocks);
	spool_release(&c->gaps);
	buf_release(&c->line);
	free(c);
	return rc;
}
