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

/* Places are numbered anew, so that those of one attribute and all its spaces are neighbours:
 * 40503 * NEIGHBOURS is 1, modulo KEYED_PLACES. */
enum { NEIGHBOURS = 30599 };

/* Steps of cells that are none: what the tokens around the lowest and the highest make. */
static const uint32_t STEP_FAR = 0x7ffffffe, STEP_ZERO = 0x7fffffff, STEP_BEFORE = 0x80000000,
		      STEP_RAW = 0x80000001;

/* What a token says: where the last values are, and the step from there to the value. */
union cell {
	struct {
		uint32_t place;
		uint32_t step; /* signed, or none: one of the four around the lowest */
	};
	uint64_t value;
};

/* One keyed column of a slot. */
struct keyed_column {
	uint64_t mask;        /* of the field's bytes */
	uint64_t latest;      /* the last value that was not 0, if it is looked at */
	uint64_t latest_mask; /* 0: it is not, the codec is KEYED */
	bool has_companions;  /* of these: */
	const struct column *near_column;
	const struct keyed_column *near, *start;
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
	k->mask = keyed_mask(k->field->elem_size);
	k->latest_mask = c->codec == CODEC_PAIRED ? UINT64_MAX : 0;
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
	return c->codec == CODEC_KEYED || c->codec == CODEC_PAIRED ? c : NULL;
}

static unsigned keyed_count(struct batch *b, const struct slot *s)
{
	unsigned count = 0;

	for (unsigned i = 0; i < s->schema->field_count; i++)
		count += keyed_column(b, s, &s->schema->fields[i], s->schema->own_of[i]) != NULL;
	return count;
}

/* Those that have something near, or have not. */
static bool add_columns(struct batch *b, const struct slot *s, struct keyed_slot *k, bool has_near)
{
	const struct schema *schema = s->schema;

	for (unsigned i = 0; i < schema->field_count; i++) {
		const struct field *f = &schema->fields[i];
		struct column *column = keyed_column(b, s, f, schema->own_of[i]);

		if (!column || (column->codec == CODEC_PAIRED && f->near) != has_near)
			continue;
		*k->end = (struct keyed_column){.field = f, .column = column};
		k->end->keys = keys_of(b, s, k, i);
		if (!k->end->keys || !keyed_column_init(b, s, schema->own_of[i], k->end))
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

/* What is near is a keyed column, or one that is decoded before. */
static bool find_near(struct batch *b, const struct slot *s, const struct keyed_slot *k,
		      struct keyed_column *c)
{
	unsigned number = c->field->near - 1u;
	const struct field *near = &s->schema->fields[number];

	c->has_companions = true;
	c->near = keyed_of(k, near);
	if (!c->near)
		c->near_column = batch_column(b, s->own[s->schema->own_of[number]], near, s->count);
	return c->near || c->near_column;
}

static bool find_start(const struct slot *s, const struct keyed_slot *k, struct keyed_column *c)
{
	c->has_companions = true;
	c->start = keyed_of(k, &s->schema->fields[c->field->start - 1]);
	return c->start;
}

/* What tells about the values of paired columns; it must be there. */
static bool find_companions(struct batch *b, const struct slot *s, struct keyed_slot *k)
{
	for (struct keyed_column *c = k->columns; c < k->end; c++) {
		if (!c->latest_mask)
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
	return add_columns(b, s, k, false) && add_columns(b, s, k, true) &&
	       find_companions(b, s, k);
}

/* Token 2 means no distance, for which 3 would stand. */
static inline uint32_t step_of(uint32_t token)
{
	uint32_t distance = token - PAIRED_BEFORE, step = distance >> 1 ^ (0 - (distance & 1));

	step = token == PAIRED_LAST ? 0 : step;
	return token == PAIRED_BEFORE ? STEP_BEFORE : step;
}

/* The token of codec PAIRED that means the same. */
static inline uint32_t paired_token(uint32_t token)
{
	return token + (token > KEYED_FIRST && token < UINT32_MAX);
}

static inline uint16_t place_of(uint16_t key, uint16_t flip, uint16_t space)
{
	return (uint16_t)(((key ^ flip) + space) * NEIGHBOURS);
}

/* Take the cells of the next rows. */
static bool column_fill(struct keyed_column *c, uint32_t count)
{
	const uint16_t *restrict keys = c->keys, flip = c->flip, space = c->space;
	union cell *restrict cells = c->cells;
	bool is_paired = c->latest_mask;
	uint32_t tokens[CHUNK];

	c->chunk = c->tokens;
	if (!take_short_varints(&c->tokens, count, tokens))
		return false;
	for (uint32_t i = 0; i < count && !is_paired; i++)
		tokens[i] = paired_token(tokens[i]);
	for (uint32_t i = 0; i < count; i++)
		cells[i] = (union cell){.place = place_of(keys[i], flip, space),
					.step = step_of(tokens[i])};
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

/* A step that has not 32 bits. */
static SELDOM uint64_t far_step(const struct keyed_column *c, uint32_t at)
{
	struct view tokens = c->chunk;
	uint64_t token = 0;

	for (uint32_t i = 0; i <= at; i++)
		take_varint(&tokens, &token);
	return (uint64_t)unzigzag(token - (c->latest_mask ? PAIRED_BEFORE : KEYED_FIRST));
}

static bool take_raw(struct keyed_column *c, uint64_t *value)
{
	unsigned size = c->field->elem_size;

	if (view_len(c->raw) < size)
		return false;
	*value = load_le(c->raw.p, size);
	c->raw.p += size;
	return true;
}

static inline uint64_t expected(const struct keyed_column *c, const struct keyed_pair *p)
{
	return p->last ? p->last : c->latest;
}

/* A value, but 0, that is no step away, or too large a one. */
static bool take_unusual(struct keyed_column *c, uint32_t at, const struct keyed_pair *p,
			 uint64_t *value)
{
	uint32_t step = c->cells[at].step;

	if (step == STEP_RAW)
		return take_raw(c, value);
	*value = (step == STEP_BEFORE ? p->before : expected(c, p) + far_step(c, at)) & c->mask;
	return true;
}

/* What the fields beside it make of a value, and it of them. */
static uint64_t with_companions(struct keyed_pair *pairs, const struct keyed_slot *k,
				const struct keyed_column *c, uint32_t at, uint64_t value)
{
	const struct keyed_column *start = c->start;
	uint64_t near = 0;

	if (c->near)
		near = c->near->cells[at].value;
	else if (c->near_column)
		near = column_int(c->near_column, c->field, c->kept + at);
	value = (c->field->flags & FIELD_SUM ? value - near : value + near) & c->mask;
	if (start && value) {
		uint16_t key = start->keys[(int64_t)at - k->filled];

		pair_see(&pairs[place_of(key, start->flip, start->space)],
			 (start->cells[at].value + value) & c->mask);
	}
	return value;
}

/* The slot's next row. */
static inline bool settle_row(struct keyed_pair *pairs, struct keyed_slot *k)
{
	struct keyed_column *c = k->columns, *end = k->end;
	uint32_t at;

	if (k->at == k->filled && !slot_fill(k))
		return false;
	at = k->at++;
	for (; c < end; c++) {
		uint32_t step = c->cells[at].step;
		struct keyed_pair *p = &pairs[c->cells[at].place];
		uint64_t value = 0;

		if (step - STEP_FAR > STEP_RAW - STEP_FAR)
			value = (expected(c, p) + (uint64_t)(int32_t)step) & c->mask;
		else if (step != STEP_ZERO && !take_unusual(c, at, p, &value))
			return false;
		if (step != STEP_ZERO) {
			c->latest = value ? value & c->latest_mask : c->latest;
			pair_see(p, value);
		}
		if (c->has_companions)
			value = with_companions(pairs, k, c, at, value);
		c->cells[at].value = value;
	}
	return true;
}

/* Tokens of all rows become values, in row order. */
static bool settle_rows(struct batch *b, struct keyed_pair *pairs, struct keyed_slot *slots)
{
	for (uint32_t i = 0; i < b->rows; i++)
		if (!settle_row(pairs, &slots[batch_slot(b, i)]))
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
	struct keyed_pair *pairs = slab_zalloc(b->slab, KEYED_PLACES, sizeof(*pairs));
	bool is_ok = slots && pairs;

	/* Values of an unknown schema may have shared keys with known ones. */
	for (size_t i = 0; is_ok && i < b->slot_count; i++)
		is_ok = b->slots[i].schema && keyed_slot_init(b, &b->slots[i], &slots[i]);
	is_ok = is_ok && settle_rows(b, pairs, slots) && keep_last(b, slots);
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
