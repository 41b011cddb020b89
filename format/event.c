/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* event.c -- single values of a decoded block (docs/FORMAT.md section 7). */
#include "format/batch_data.h"

#include "format/column.h"

static int decode_views(struct batch *b, struct column *c, const struct field *f, uint32_t rows,
			struct error *err)
{
	bool is_fixed = f->kind != FIELD_STRING && !(f->flags & FIELD_OPTIONAL);
	struct view bytes;

	TRY(batch_column_bytes(b, c, &bytes, err));
	c->views = slab_alloc(b->slab, rows, sizeof(*c->views));
	if (!c->views)
		return error_nomem(err);
	return column_decode_bytes(c->codec, bytes, rows, is_fixed ? field_bytes(f) : 0,
				   &c->scratch, c->views, err);
}
/* Column `number`, decoded; NULL when it is missing or damaged. `f` is NULL for
 * references and presence. */
static struct column *column_open(struct batch *b, uint32_t number, const struct field *f,
				  uint32_t rows)
{
	struct column *c;
	int rc;

	if (number == NO_COLUMN)
		return NULL;
	c = &b->columns[number];
	if (c->state == COLUMN_READY)
		return c;
	if (c->state == COLUMN_BAD)
		return NULL;
	if (f && f->key_ref && c->codec == CODEC_KEYED)
		return batch_open_keyed(b) && c->state == COLUMN_READY ? c : NULL;
	if (!f || f->kind == FIELD_INT)
		rc = batch_decode_ints(b, c, rows, NULL);
	else
		rc = decode_views(b, c, f, rows, NULL);
	if (!rc && f && f->kind == FIELD_INT)
		batch_normalise(f, c->ints, rows);
	c->state = rc ? COLUMN_BAD : COLUMN_READY;
	return rc ? NULL : c;
}
static size_t slot_open_all(struct batch *b, const struct slot *s)
{
	size_t bad = 0;

	for (unsigned i = 0; i < s->schema->ref_count; i++)
		bad += s->refs[i] != NO_COLUMN && !column_open(b, s->refs[i], NULL, s->count);
	for (unsigned i = 0; i < s->schema->field_count; i++) {
		const struct field *f = &s->schema->fields[i];
		unsigned own = s->schema->own_of[i];

		if (f->ref || !field_is_known(f))
			continue;
		bad += s->own[own] != NO_COLUMN && !column_open(b, s->own[own], f, s->count);
		bad += s->presence[own] != NO_COLUMN &&
		       !column_open(b, s->presence[own], NULL, s->count);
	}
	return bad;
}

size_t batch_open_all(struct batch *b)
{
	size_t bad = 0;

	for (size_t i = 0; i < b->slot_count; i++)
		if (b->slots[i].schema)
			bad += slot_open_all(b, &b->slots[i]);
	return bad;
}

static bool is_present(struct batch *b, const struct slot *s, const struct field *f, unsigned own,
		       uint32_t row)
{
	const struct column *c;

	if (!(f->flags & FIELD_OPTIONAL))
		return true;
	c = column_open(b, s->presence[own], NULL, s->count);
	return c && c->ints[row];
}

uint32_t event_ref(const struct event *ev, int ref)
{
	const struct slot *s = &ev->batch->slots[ev->slot];
	const struct column *c;

	if (ref < 1 || ref > ev->schema->ref_count)
		return 0;
	c = column_open(ev->batch, s->refs[ref - 1], NULL, s->count);
	return c && c->ints[ev->schema_row] <= UINT32_MAX ? (uint32_t)c->ints[ev->schema_row] : 0;
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

bool event_int(const struct event *ev, int index, uint64_t *out)
{
	const struct slot *s = &ev->batch->slots[ev->slot];
	const struct column *c;
	const struct field *f;
	unsigned own;

	if (index < 0 || index >= ev->schema->field_count)
		return false;
	f = &ev->schema->fields[index];
	if (f->kind != FIELD_INT)
		return false;
	if (f->ref)
		return event_ref_int(ev, f->ref, f->attribute, out);
	own = ev->schema->own_of[index];
	c = column_open(ev->batch, s->own[own], f, s->count);
	if (!c || !is_present(ev->batch, s, f, own, ev->schema_row))
		return false;
	*out = c->ints[ev->schema_row];
	return true;
}

static bool own_bytes(const struct event *ev, const struct field *f, unsigned own, struct view *out)
{
	const struct slot *s = &ev->batch->slots[ev->slot];
	const struct column *c = column_open(ev->batch, s->own[own], f, s->count);

	if (!c || !is_present(ev->batch, s, f, own, ev->schema_row))
		return false;
	*out = c->views[ev->schema_row];
	return true;
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
	if (f->ref ? !event_ref_bytes(ev, f->ref, f->attribute, &bytes)
		   : !own_bytes(ev, f, ev->schema->own_of[index], &bytes))
		return false;
	if (f->kind != FIELD_STRING && view_len(bytes) != field_bytes(f))
		return false;
	*out = bytes;
	return true;
}
