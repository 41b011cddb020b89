/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * keyed_columns.c -- the keyed columns of a block: decoded together, row by row, as each
 * value is predicted by one of another row (docs/FORMAT.md section 7.5).
 */
#include "format/batch_data.h"

#include <stdlib.h>

#include "format/column.h"
#include "format/keyed.h"

enum { CHUNK = 64 }; /* rows of a column at once: all columns' stay in the fastest cache */

/* One keyed column of a slot. */
struct keyed_column {
	/* What each row needs lies together. */
	const uint16_t *keys; /* attributes modulo KEYED_PLACES, by row; lent */
	uint64_t mask;        /* of the field's bytes */
	struct view raw;
	uint16_t flip, space; /* make places of keys */
	uint8_t size;         /* of the field, in bytes */
	struct view tokens;
	struct column *column;
	const struct field *field;
	uint64_t values[CHUNK]; /* of the rows at hand: tokens that become values */
};

/* The keyed columns of the rows of one schema. */
struct keyed_slot {
	struct keyed_column *columns; /* owned, unlike the rest, which is the slab's */
	unsigned count;
	uint32_t row;    /* the next */
	uint32_t left;   /* rows from it on */
	uint16_t **keys; /* [key source]; NULL where no column needs it */
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

static const uint16_t *keys_of(struct batch *b, const struct slot *s, struct keyed_slot *k,
			       unsigned field)
{
	unsigned source = s->schema->key_of[field];

	if (k->keys[source])
		return k->keys[source];
	k->keys[source] = slab_alloc(b->slab, s->count, sizeof(**k->keys));
	if (!k->keys[source] || !find_keys(b, s, &s->schema->key_sources[source], k->keys[source]))
		return NULL;
	return k->keys[source];
}

/* What column `own` of the slot needs to be decoded. */
static bool keyed_column_init(struct batch *b, const struct slot *s, unsigned own,
			      struct keyed_column *k)
{
	struct column *c = k->column;
	uint32_t raw = s->raw[own];

	if (raw == NO_COLUMN || batch_column_bytes(b, &b->columns[raw], &k->raw, NULL) ||
	    batch_column_bytes(b, c, &k->tokens, NULL))
		return false;
	k->size = k->field->elem_size;
	k->mask = keyed_mask(k->size);
	k->flip = k->field->flags & FIELD_FLIP ? 1 : 0;
	k->space = (uint16_t)(keyed_key(k->field, k->flip) % KEYED_PLACES);
	c->mask = UINT32_MAX;
	if (k->field->elem_size > 4)
		c->longs = slab_alloc(b->slab, s->count, sizeof(*c->longs));
	else
		c->shorts = slab_alloc(b->slab, s->count, sizeof(*c->shorts));
	return c->longs || c->shorts;
}

/* The column of own field `own`, if it is keyed. */
static struct column *keyed_column(struct batch *b, const struct slot *s, const struct field *f,
				   unsigned own)
{
	struct column *c;

	if (!f->key_ref || s->own[own] == NO_COLUMN)
		return NULL;
	c = &b->columns[s->own[own]];
	return c->codec == CODEC_KEYED ? c : NULL;
}

static unsigned keyed_count(struct batch *b, const struct slot *s)
{
	unsigned count = 0;

	for (unsigned i = 0; i < s->schema->field_count; i++)
		count += keyed_column(b, s, &s->schema->fields[i], s->schema->own_of[i]) != NULL;
	return count;
}

static bool keyed_slot_init(struct batch *b, const struct slot *s, struct keyed_slot *k)
{
	const struct schema *schema = s->schema;
	unsigned sources = schema->key_source_count;

	k->left = s->count;
	if (sources == 0)
		return true;
	k->keys = slab_zalloc(b->slab, sources, sizeof(*k->keys));
	k->columns = malloc((keyed_count(b, s) + 1) * sizeof(*k->columns));
	if (!k->keys || !k->columns) {
		unpacker_starve(b->unpacker);
		return false;
	}
	for (unsigned i = 0; i < schema->field_count; i++) {
		const struct field *f = &schema->fields[i];
		struct column *column = keyed_column(b, s, f, schema->own_of[i]);
		struct keyed_column *c = &k->columns[k->count];

		if (!column)
			continue;
		c->field = f;
		c->column = column;
		c->keys = keys_of(b, s, k, i);
		if (!c->keys || !keyed_column_init(b, s, schema->own_of[i], c))
			return false;
		k->count++;
	}
	return true;
}

/* Values of the rows before `row` go where they stay. */
static void column_keep(const struct keyed_column *c, uint32_t row)
{
	uint32_t first = (row - 1) / CHUNK * CHUNK;

	if (c->column->longs)
		for (uint32_t i = first; i < row; i++)
			c->column->longs[i] = c->values[i - first];
	else
		for (uint32_t i = first; i < row; i++)
			c->column->shorts[i] = (uint32_t)c->values[i - first];
}

static void slot_keep(const struct keyed_slot *k)
{
	for (unsigned i = 0; k->row && i < k->count; i++)
		column_keep(&k->columns[i], k->row);
}

static bool slot_fill(struct keyed_slot *k)
{
	uint32_t count = k->left < CHUNK ? k->left : CHUNK;

	slot_keep(k);
	for (unsigned i = 0; i < k->count; i++)
		if (!take_varints(&k->columns[i].tokens, count, k->columns[i].values))
			return false;
	return true;
}

/* The slot's next row. */
static bool settle_row(struct keyed *keyed, struct keyed_slot *k)
{
	uint32_t row = k->row, at = row % CHUNK;

	if (at == 0 && !slot_fill(k))
		return false;
	k->row++;
	k->left--;
	for (unsigned i = 0; i < k->count; i++) { /* columns may be NULL */
		struct keyed_column *c = &k->columns[i];
		uint16_t place = (uint16_t)((c->keys[row] ^ c->flip) + c->space);

		if (!keyed_next(&keyed->last[place], c->values[at], c->size, c->mask, &c->raw,
				&c->values[at]))
			return false;
	}
	return true;
}

/* Tokens of all rows become values, in row order. */
static bool settle_rows(struct batch *b, struct keyed *keyed, struct keyed_slot *slots)
{
	for (uint32_t i = 0; i < b->rows; i++) {
		struct keyed_slot *k = &slots[b->slot_of[i]];

		if (k->count && !settle_row(keyed, k))
			return false;
	}
	return true;
}

/* The last values of each column; false if tokens or raw bytes are left. */
static bool keep_last(const struct batch *b, const struct keyed_slot *slots)
{
	for (size_t i = 0; i < b->slot_count; i++) {
		slot_keep(&slots[i]);
		for (unsigned n = 0; n < slots[i].count; n++)
			if (view_len(slots[i].columns[n].tokens) ||
			    view_len(slots[i].columns[n].raw))
				return false;
	}
	return true;
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
	struct keyed *keyed = slab_zalloc(b->slab, 1, sizeof(*keyed));
	bool is_ok = slots && keyed;

	/* Values of an unknown schema may have shared keys with known ones. */
	for (size_t i = 0; is_ok && i < b->slot_count; i++)
		is_ok = b->slots[i].schema && keyed_slot_init(b, &b->slots[i], &slots[i]);
	is_ok = is_ok && settle_rows(b, keyed, slots) && keep_last(b, slots);
	for (size_t i = 0; slots && i < b->slot_count; i++)
		free(slots[i].columns);
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
