/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * keyed_columns.c -- the keyed columns of a block: decoded together, row by row, as each
 * value is predicted by one of another row (docs/FORMAT.md section 7.5).
 */
#include "format/keyed_rows.h"

#include "format/column.h"

/* The places of keys of one attribute, by row; NULL until a column needs them. */
struct key_places {
	uint16_t *plain, *flipped; /* the slab's */
};

/* The attribute that a key comes from, for each row. A row without an entry has 0; an entry
 * that damage took away makes all keyed values of the block unknown. */
static bool find_keys(struct batch *b, const struct slot *s, const struct key_source *source,
		      uint16_t *out)
{
	const struct column *ids = batch_column(b, s->refs[source->ref], NULL, s->count);
	uint32_t dict = s->schema->refs[source->ref];

	if (!ids)
		return false;
	if (ids->mask)
		return dict_set_keys(b->dicts, dict, source->attribute, ids->shorts, s->count, out);
	if (!dict_set_keys(b->dicts, dict, source->attribute, ids->shorts, 1, out))
		return false;
	for (uint32_t row = 1; row < s->count; row++)
		out[row] = out[0];
	return true;
}

/* Of plain keys; NULL if one is unknown, or without memory. */
static uint16_t *plain_places(struct batch *b, const struct slot *s,
			      const struct key_source *source)
{
	uint16_t *places = slab_alloc(b->slab, s->count, sizeof(*places));

	if (!places || !find_keys(b, s, source, places))
		return NULL;
	for (uint32_t row = 0; row < s->count; row++)
		places[row] = keyed_place(places[row]);
	return places;
}

static uint16_t *flipped_places(struct batch *b, const uint16_t *restrict plain, uint32_t count)
{
	uint16_t *restrict places = slab_alloc(b->slab, count, sizeof(*places));

	for (uint32_t row = 0; places && row < count; row++)
		places[row] = keyed_place_flipped(plain[row]);
	return places;
}

static const uint16_t *places_of(struct batch *b, const struct slot *s, struct key_places *known,
				 unsigned field)
{
	unsigned source = s->schema->key_of[field];
	struct key_places *k = &known[source];

	if (!k->plain)
		k->plain = plain_places(b, s, &s->schema->key_sources[source]);
	if (!k->plain || !(s->schema->fields[field].flags & FIELD_FLIP))
		return k->plain;
	if (!k->flipped)
		k->flipped = flipped_places(b, k->plain, s->count);
	return k->flipped;
}

/* What column `own` of the slot needs to be decoded. */
static bool keyed_column_init(struct batch *b, const struct slot *s, unsigned own, struct column *c,
			      struct keyed_column *k)
{
	uint32_t raw = s->raw[own];
	struct view tokens;

	if (raw == NO_COLUMN || batch_column_bytes(b, &b->columns[raw], &k->raw, NULL) ||
	    batch_column_bytes(b, c, &tokens, NULL) || view_len(tokens) < s->count)
		return false;
	k->tokens = tokens.p;
	k->end = tokens.end;
	k->rows = s->count;
	k->mask = keyed_mask(k->field->elem_size);
	k->is_paired = c->codec != CODEC_KEYED;
	k->is_told = c->codec == CODEC_TOLD;
	k->told = RECENT_EMPTY;
	k->space = k->field->key_space;
	c->mask = UINT32_MAX;
	k->shift = k->field->elem_size > 4 ? KEYED_LONG : KEYED_SHORT;
	k->values = slab_alloc(b->slab, s->count + 1u, (size_t)1 << k->shift);
	if (k->shift == KEYED_LONG)
		c->longs = (void *)k->values;
	else
		c->shorts = (void *)k->values;
	k->is_usual = k->is_told && !k->field->near && !k->field->start;
	return k->values;
}

/* The column of own field `own`, if it is keyed. */
static struct column *keyed_column(struct batch *b, const struct slot *s, const struct field *f,
				   unsigned own)
{
	struct column *c;

	if (!f->key_ref || s->own[own] == NO_COLUMN)
		return NULL;
	c = &b->columns[s->own[own]];
	return column_is_keyed(c->codec) ? c : NULL;
}

static unsigned keyed_count(struct batch *b, const struct slot *s)
{
	unsigned count = 0;

	for (unsigned i = 0; i < s->schema->field_count; i++)
		count += keyed_column(b, s, &s->schema->fields[i], s->schema->own_of[i]) != NULL;
	return count;
}

/* Those that have something near, or have not. */
static bool add_columns(struct batch *b, const struct slot *s, struct key_places *known,
			struct keyed_slot *k, bool has_near)
{
	const struct schema *schema = s->schema;

	for (unsigned i = 0; i < schema->field_count; i++) {
		const struct field *f = &schema->fields[i];
		struct column *column = keyed_column(b, s, f, schema->own_of[i]);

		if (!column || (column->codec != CODEC_KEYED && f->near) != has_near)
			continue;
		*k->end = (struct keyed_column){.field = f, .column = column};
		k->end->places = places_of(b, s, known, i);
		if (!k->end->places || !keyed_column_init(b, s, schema->own_of[i], column, k->end))
			return false;
		k->end++;
	}
	return true;
}

static const struct keyed_column *keyed_of(const struct keyed_slot *k, const struct field *f)
{
	for (const struct keyed_column *c = k->columns; c < k->end; c++)
		if (c->field == f)
			return c;
	return NULL;
}

/* What is near is a keyed column, or one that is decoded before: no recalled one, which may need
 * keyed ones itself. */
static bool find_near(struct batch *b, const struct slot *s, const struct keyed_slot *k,
		      struct keyed_column *c)
{
	unsigned number = c->field->near - 1u;
	const struct field *near = &s->schema->fields[number];
	const struct keyed_column *keyed = keyed_of(k, near);
	uint32_t column = s->own[s->schema->own_of[number]];

	if (keyed)
		c->near = keyed->column;
	else if (column != NO_COLUMN && !column_is_recalled(b->columns[column].codec))
		c->near = batch_column(b, column, near, s->count);
	return c->near;
}

static bool find_start(const struct slot *s, const struct keyed_slot *k, struct keyed_column *c)
{
	c->start = keyed_of(k, &s->schema->fields[c->field->start - 1]);
	return c->start;
}

/* What tells about the values of paired columns; it must be there. */
static bool find_companions(struct batch *b, const struct slot *s, struct keyed_slot *k)
{
	for (struct keyed_column *c = k->columns; c < k->end; c++) {
		if (!c->is_paired)
			continue;
		if ((c->field->near && !find_near(b, s, k, c)) ||
		    (c->field->start && !find_start(s, k, c)))
			return false;
	}
	return true;
}

static bool keyed_slot_init(struct batch *b, const struct slot *s, struct keyed_slot *k)
{
	unsigned sources = s->schema->key_source_count, count = keyed_count(b, s);
	struct key_places *known;

	if (count == 0)
		return true;
	known = slab_zalloc(b->slab, sources, sizeof(*known));
	k->columns = k->end = slab_alloc(b->slab, count, sizeof(*k->columns));
	return known && k->columns && add_columns(b, s, known, k, false) &&
	       add_columns(b, s, known, k, true) && find_companions(b, s, k);
}

static void mark_keyed(struct batch *b, const struct slot *s)
{
	for (unsigned i = 0; s->schema && i < s->schema->field_count; i++) {
		const struct field *f = &s->schema->fields[i];
		struct column *c = keyed_column(b, s, f, s->schema->own_of[i]);

		if (!c)
			continue;
		c->state = (uint8_t)b->keyed;
		if (c->state == COLUMN_READY)
			column_normalise(c, f, s->count);
	}
}

static bool decode_keyed(struct batch *b)
{
	struct keyed_slot *slots = slab_zalloc(b->slab, b->slot_count, sizeof(*slots));
	bool is_ok = slots;

	/* Values of an unknown schema may have shared keys with known ones. */
	for (size_t i = 0; is_ok && i < b->slot_count; i++)
		is_ok = b->slots[i].schema && keyed_slot_init(b, &b->slots[i], &slots[i]);
	is_ok = is_ok && keyed_rows_decode(b, slots);
	if (slab_is_failed(b->slab))
		unpacker_starve(b->unpacker);
	return is_ok;
}

/* All keyed columns of the block are decoded together, or none is. */
bool batch_open_keyed(struct batch *b)
{
	if (b->keyed == COLUMN_WAITING) {
		b->keyed = decode_keyed(b) ? COLUMN_READY : COLUMN_BAD;
		for (size_t i = 0; i < b->slot_count; i++)
			mark_keyed(b, &b->slots[i]);
	}
	return b->keyed == COLUMN_READY;
}
