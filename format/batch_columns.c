/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* batch_columns.c -- decodes columns of a block when they are asked for (docs/FORMAT.md section 7). */
#include "format/batch_data.h"

#include "format/column.h"

void column_normalise(struct column *c, const struct field *f, uint32_t values)
{
	uint32_t *v = c->shorts;

	if (f->elem_size >= 4)
		return;
	if (f->flags & FIELD_SIGNED)
		for (uint32_t i = 0; i < values; i++)
			v[i] = (uint32_t)sign_extend(v[i], f->elem_size);
	else
		for (uint32_t i = 0; i < values; i++)
			v[i] &= (UINT32_C(1) << 8 * f->elem_size) - 1;
}

static int decode_ints(struct batch *b, struct column *c, const struct field *f, uint32_t values,
		       struct error *err)
{
	struct view bytes;

	TRY(batch_column_bytes(b, c, &bytes, err));
	if (f && f->elem_size > 4) {
		c->longs = slab_alloc(b->slab, values, sizeof(*c->longs));
		if (!c->longs)
			return error_nomem(err);
		return column_decode_ints(c->codec, bytes, values, c->longs, err);
	}
	c->shorts = slab_alloc(b->slab, values, sizeof(*c->shorts));
	if (!c->shorts)
		return error_nomem(err);
	if (!f)
		return column_decode_ids(c->codec, bytes, values, c->shorts, err);
	TRY(column_decode_shorts(c->codec, bytes, values, c->shorts, err));
	column_normalise(c, f, values);
	return 0;
}

/* One string for all rows is as much to look at as one for each. */
static int check_text(const struct batch *b, const struct column *c, uint32_t rows,
		      struct error *err)
{
	uint64_t bytes = 0, limit = (uint64_t)b->body_len * BLOCK_TEXT_PER_BYTE;

	for (uint32_t i = 0; i < rows; i++)
		bytes += view_len(c->views[i & c->mask]);
	if (bytes > limit)
		return error_set(err, ERR_CORRUPT, "a column of %llu bytes, limit is %llu",
				 (unsigned long long)bytes, (unsigned long long)limit);
	return 0;
}

static int decode_views(struct batch *b, struct column *c, const struct field *f, uint32_t values,
			uint32_t rows, struct error *err)
{
	bool is_fixed = f->kind != FIELD_STRING && !(f->flags & FIELD_OPTIONAL);
	struct view bytes;

	TRY(batch_column_bytes(b, c, &bytes, err));
	c->views = slab_alloc(b->slab, values, sizeof(*c->views));
	if (!c->views)
		return error_nomem(err);
	TRY(column_decode_bytes(c->codec, bytes, values, is_fixed ? field_bytes(f) : 0, &c->scratch,
				c->views, err));
	return f->kind == FIELD_STRING ? check_text(b, c, rows, err) : 0;
}

struct column *batch_column(struct batch *b, uint32_t number, const struct field *f, uint32_t rows)
{
	struct column *c;
	uint32_t values;
	int rc;

	if (number == NO_COLUMN)
		return NULL;
	c = &b->columns[number];
	if (c->state == COLUMN_READY)
		return c;
	if (c->state == COLUMN_BAD)
		return NULL;
	if (f && f->key_ref && column_is_keyed(c->codec))
		return batch_open_keyed(b) && c->state == COLUMN_READY ? c : NULL;
	if (c->codec == CODEC_SHARED && c->what == COLUMN_REF)
		return batch_open_shared(b) && c->state == COLUMN_READY ? c : NULL;
	if (f && f->kind == FIELD_INT && column_is_recalled(c->codec))
		return batch_open_recalled(b) && c->state == COLUMN_READY ? c : NULL;
	c->mask = c->codec == CODEC_CONST ? 0 : UINT32_MAX;
	values = c->codec == CODEC_CONST ? 1 : rows;
	if (!f || f->kind == FIELD_INT)
		rc = decode_ints(b, c, f, values, NULL);
	else
		rc = decode_views(b, c, f, values, rows, NULL);
	if (rc == ERR_NOMEM)
		unpacker_starve(b->unpacker);
	c->state = rc ? COLUMN_BAD : COLUMN_READY;
	return rc ? NULL : c;
}

static size_t slot_open_all(struct batch *b, const struct slot *s)
{
	size_t bad = 0;

	for (unsigned i = 0; i < s->schema->ref_count; i++)
		bad += s->refs[i] != NO_COLUMN && !batch_column(b, s->refs[i], NULL, s->count);
	for (unsigned i = 0; i < s->schema->field_count; i++) {
		const struct field *f = &s->schema->fields[i];
		unsigned own = s->schema->own_of[i];

		if (f->ref || !field_is_known(f))
			continue;
		bad += s->own[own] != NO_COLUMN && !batch_column(b, s->own[own], f, s->count);
		bad += s->presence[own] != NO_COLUMN &&
		       !batch_column(b, s->presence[own], NULL, s->count);
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
