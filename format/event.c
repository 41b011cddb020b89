/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* event.c -- single values of a decoded block (docs/FORMAT.md section 7). */
#include "format/batch_data.h"

/* As batch_column(), which is called the first time only. */
static inline const struct column *column_of(struct batch *b, uint32_t number,
					     const struct field *f, uint32_t rows)
{
	if (number != NO_COLUMN && b->columns[number].state == COLUMN_READY)
		return &b->columns[number];
	return batch_column(b, number, f, rows);
}

static bool is_present(struct batch *b, const struct slot *s, const struct field *f, unsigned own,
		       uint32_t row)
{
	const struct column *c;

	if (!(f->flags & FIELD_OPTIONAL))
		return true;
	c = column_of(b, s->presence[own], NULL, s->count);
	return c && column_id(c, row);
}

/* UINT32_MAX stands for all that are larger, too: they are no one's. */
uint32_t event_ref(const struct event *ev, int ref)
{
	const struct slot *s = &ev->batch->slots[ev->slot];
	const struct column *c;
	uint32_t id;

	if (ref < 1 || ref > ev->schema->ref_count)
		return 0;
	c = column_of(ev->batch, s->refs[ref - 1], NULL, s->count);
	id = c ? column_id(c, ev->schema_row) : 0;
	return id < UINT32_MAX ? id : 0;
}

const struct dict_set *event_dicts(const struct event *ev)
{
	return ev->batch->dicts;
}

uint32_t event_epoch(const struct event *ev)
{
	return dict_set_epoch(ev->batch->dicts);
}

bool event_ref_bytes(const struct event *ev, int ref, int attribute, struct view *out)
{
	uint32_t id = event_ref(ev, ref);

	return id &&
	       dict_set_attribute(ev->batch->dicts, ev->schema->refs[ref - 1], id, attribute, out);
}

bool event_ref_int(const struct event *ev, int ref, int attribute, uint64_t *out)
{
	uint32_t id = event_ref(ev, ref);

	return id && dict_set_int(ev->batch->dicts, ev->schema->refs[ref - 1], id, attribute, out);
}

/* False when the column, or what tells which rows have a value, is missing or damaged. */
static bool reader_init(struct reader *r, struct batch *b, const struct slot *s,
			const struct field *f, unsigned own)
{
	const struct column *c = column_of(b, s->own[own], f, s->count), *presence = NULL;

	if (f->flags & FIELD_OPTIONAL)
		presence = column_of(b, s->presence[own], NULL, s->count);
	if (!c || (f->flags & FIELD_OPTIONAL && !presence))
		return false;
	*r = (struct reader){.longs = c->longs,
			     .shorts = c->shorts,
			     .mask = c->mask,
			     .is_signed = f->flags & FIELD_SIGNED};
	if (presence) {
		r->presence = presence->shorts;
		r->presence_mask = presence->mask;
	}
	return true;
}

bool event_int(const struct event *ev, int index, uint64_t *out)
{
	const struct slot *s = &ev->batch->slots[ev->slot];
	const struct field *f;

	if (index < 0 || index >= ev->schema->field_count)
		return false;
	f = &ev->schema->fields[index];
	if (f->kind != FIELD_INT)
		return false;
	if (f->ref)
		return event_ref_int(ev, f->ref, f->attribute, out);
	if (!reader_is_ready(&s->readers[index]) &&
	    !reader_init(&s->readers[index], ev->batch, s, f, ev->schema->own_of[index]))
		return false;
	return reader_int(&s->readers[index], ev->schema_row, out);
}

static bool own_bytes(const struct event *ev, const struct field *f, unsigned own, struct view *out)
{
	const struct slot *s = &ev->batch->slots[ev->slot];
	const struct column *c = column_of(ev->batch, s->own[own], f, s->count);

	if (!c || !is_present(ev->batch, s, f, own, ev->schema_row))
		return false;
	*out = c->views[ev->schema_row & c->mask];
	return true;
}

/* Strings that each row takes from a dictionary may be much more than the block. */
static SELDOM bool count_told(struct batch *b, const struct slot *s, const struct field *f)
{
	const struct column *ids = column_of(b, s->refs[f->ref - 1], NULL, s->count);
	uint32_t dict = s->schema->refs[f->ref - 1];
	uint64_t bytes = 0;
	struct view text = {0};

	for (uint32_t row = 0; ids && row < s->count; row++) {
		if ((row == 0 || ids->mask) &&
		    !dict_set_attribute(b->dicts, dict, column_id(ids, row), f->attribute, &text))
			text = (struct view){0};
		bytes += view_len(text);
	}
	return bytes <= (uint64_t)b->body_len * BLOCK_TEXT_PER_BYTE;
}

static bool told_bytes(const struct event *ev, int index, struct view *out)
{
	const struct slot *s = &ev->batch->slots[ev->slot];
	const struct field *f = &ev->schema->fields[index];
	struct reader *r = &s->readers[index];

	if (f->kind == FIELD_STRING && r->told == COLUMN_WAITING)
		r->told = count_told(ev->batch, s, f) ? COLUMN_READY : COLUMN_BAD;
	return r->told != COLUMN_BAD && event_ref_bytes(ev, f->ref, f->attribute, out);
}

/* A value has the length its field says, wherever it is stored: callers rely on it. */
bool event_bytes(const struct event *ev, int index, struct view *out)
{
	const struct field *f;
	struct view bytes;

	if (index < 0 || index >= ev->schema->field_count)
		return false;
	f = &ev->schema->fields[index];
	if (f->kind == FIELD_INT || !field_is_known(f))
		return false;
	if (f->ref ? !told_bytes(ev, index, &bytes)
		   : !own_bytes(ev, f, ev->schema->own_of[index], &bytes))
		return false;
	if (f->kind != FIELD_STRING && view_len(bytes) != field_bytes(f))
		return false;
	*out = bytes;
	return true;
}

bool event_is_starved(const struct event *ev)
{
	return unpacker_is_starved(ev->batch->unpacker);
}
