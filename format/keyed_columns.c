/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * keyed_columns.c -- the keyed columns of a block: decoded together, row by row, as each
 * value is predicted by one of another row (docs/FORMAT.md section 7.5).
 */
#include "format/batch_data.h"

#include <stdlib.h>

#include "format/column.h"
#include "format/keyed.h"

enum {
	CHUNK = 64, /* rows of a column at once: all columns' stay in the fastest cache */
	NOWHERE = KEYED_PLACES, /* a place whose last value stays 0 */
};

/* Places are numbered anew, so that those of one attribute and all its spaces are neighbours:
 * 40503 * NEIGHBOURS is 1, modulo KEYED_PLACES. */
enum { NEIGHBOURS = 30599 };

/* Steps of cells that are none. */
static const uint32_t STEP_RAW = 0x7fffffff, STEP_FAR = 0x80000001;

/* What a token says: where the last value is, and the step from there to the value. */
union cell {
	struct {
		uint32_t place;
		uint32_t step; /* signed, or none: one of the three around the lowest */
	};
	uint64_t value;
};

/* One keyed column of a slot. */
struct keyed_column {
	uint64_t mask;           /* of the field's bytes */
	union cell cells[CHUNK]; /* of the rows at hand */
	struct view raw;
	struct view chunk, tokens; /* of the rows at hand, and of those behind them */
	const uint16_t *keys;      /* attributes modulo KEYED_PLACES, by row; lent */
	uint16_t flip, space;      /* make keys of them */
	uint32_t kept;             /* rows of the column that are complete */
	struct column *column;
	const struct field *field;
};

/* The keyed columns of the rows of one schema. */
struct keyed_slot {
	struct keyed_column *columns; /* owned, unlike the rest, which is the slab's */
	struct keyed_column *end;
	uint32_t at, filled; /* of the rows at hand */
	uint32_t left;       /* rows behind them */
	uint16_t **keys;     /* [key source]; NULL where no column needs it */
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
	k->kept = 0;
	k->mask = keyed_mask(k->field->elem_size);
	k->flip = k->field->flags & FIELD_FLIP ? 1 : 0;
	k->space = (uint16_t)keyed_key(k->field, k->flip);
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
	unsigned sources = schema->key_source_count, count = keyed_count(b, s);

	k->filled = UINT32_MAX;
	if (count == 0)
		return true;
	k->filled = 0;
	k->left = s->count;
	k->keys = slab_zalloc(b->slab, sources, sizeof(*k->keys));
	k->columns = k->end = malloc(count * sizeof(*k->columns));
	if (!k->keys || !k->columns) {
		unpacker_starve(b->unpacker);
		return false;
	}
	for (unsigned i = 0; i < schema->field_count; i++) {
		const struct field *f = &schema->fields[i];
		struct column *column = keyed_column(b, s, f, schema->own_of[i]);

		if (!column)
			continue;
		k->end->field = f;
		k->end->column = column;
		k->end->keys = keys_of(b, s, k, i);
		if (!k->end->keys || !keyed_column_init(b, s, schema->own_of[i], k->end))
			return false;
		k->end++;
	}
	return true;
}

/* Steps of 0 and 1 are the highest and the lowest number: they lie before the others. */
static inline union cell cell_of(uint32_t token, uint16_t key)
{
	uint32_t distance = token - KEYED_FIRST, step = distance >> 1 ^ (0 - (distance & 1));
	bool is_zero = token == KEYED_ZERO;

	return (union cell){.place = is_zero ? NOWHERE : (uint16_t)(key * NEIGHBOURS),
			    .step = is_zero ? 0 : step};
}

/* Take the cells of the next rows. */
static bool column_fill(struct keyed_column *c, uint32_t count)
{
	uint16_t flip = c->flip, space = c->space;
	const uint16_t *restrict keys = c->keys;
	union cell *restrict cells = c->cells;
	uint32_t tokens[CHUNK];

	c->chunk = c->tokens;
	if (!take_short_varints(&c->tokens, count, tokens))
		return false;
	for (uint32_t i = 0; i < count; i++)
		cells[i] = cell_of(tokens[i], (uint16_t)((keys[i] ^ flip) + space));
	c->keys += count;
	return true;
}

/* The values of the rows at hand go where they stay. */
static void column_keep(struct keyed_column *c, uint32_t count)
{
	const struct column *to = c->column;
	const union cell *restrict cells = c->cells;
	uint32_t *restrict shorts = to->shorts ? to->shorts + c->kept : NULL;

	if (to->longs)
		memcpy(to->longs + c->kept, cells, count * sizeof(*cells));
	else
		for (uint32_t i = 0; i < count; i++)
			shorts[i] = (uint32_t)cells[i].value;
	c->kept += count;
}

static void slot_keep(const struct keyed_slot *k)
{
	for (struct keyed_column *c = k->columns; c < k->end; c++)
		column_keep(c, k->at);
}

static bool slot_fill(struct keyed_slot *k)
{
	slot_keep(k);
	k->at = 0;
	k->filled = k->left < CHUNK ? k->left : CHUNK;
	k->left -= k->filled;
	for (struct keyed_column *c = k->columns; c < k->end; c++)
		if (!column_fill(c, k->filled))
			return false;
	return true;
}

/* A token whose value is no step away, or too large a one. */
static SELDOM bool settle_unusual(struct keyed_column *c, uint32_t at, uint64_t *last)
{
	struct view tokens = c->chunk;
	uint64_t token = KEYED_RAW;

	if (c->cells[at].step != STEP_RAW)
		for (uint32_t i = 0; i <= at; i++)
			take_varint(&tokens, &token);
	return keyed_next(last, token, c->field->elem_size, c->mask, &c->raw, &c->cells[at].value);
}

/* The slot's next row. */
static inline bool settle_row(uint64_t *last, struct keyed_slot *k)
{
	struct keyed_column *c = k->columns, *end = k->end;
	uint32_t at;

	if (k->at == k->filled && !slot_fill(k))
		return false;
	at = k->at++;
	for (; c < end; c++) {
		uint32_t step = c->cells[at].step;
		uint64_t *from = &last[c->cells[at].place];

		if (step - STEP_RAW > STEP_FAR - STEP_RAW)
			c->cells[at].value = *from = (*from + (uint64_t)(int32_t)step) & c->mask;
		else if (!settle_unusual(c, at, from))
			return false;
	}
	return true;
}

/* Tokens of all rows become values, in row order. */
static bool settle_rows(struct batch *b, uint64_t *last, struct keyed_slot *slots)
{
	for (uint32_t i = 0; i < b->rows; i++)
		if (!settle_row(last, &slots[batch_slot(b, i)]))
			return false;
	return true;
}

/* The last values of each column; false if tokens or raw bytes are left. */
static bool keep_last(const struct batch *b, const struct keyed_slot *slots)
{
	for (size_t i = 0; i < b->slot_count; i++) {
		slot_keep(&slots[i]);
		for (const struct keyed_column *c = slots[i].columns; c < slots[i].end; c++)
			if (view_len(c->tokens) || view_len(c->raw))
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
	uint64_t *last = slab_zalloc(b->slab, KEYED_PLACES + 1, sizeof(*last));
	bool is_ok = slots && last;

	/* Values of an unknown schema may have shared keys with known ones. */
	for (size_t i = 0; is_ok && i < b->slot_count; i++)
		is_ok = b->slots[i].schema && keyed_slot_init(b, &b->slots[i], &slots[i]);
	is_ok = is_ok && settle_rows(b, last, slots) && keep_last(b, slots);
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
