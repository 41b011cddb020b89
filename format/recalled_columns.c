/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * recalled_columns.c -- the recalled columns of a block: decoded together, row by row, as each
 * value is predicted by those of other columns (docs/FORMAT.md section 7.8).
 */
#include "format/batch_data.h"

#include "format/column.h"
#include "format/recalled.h"

static const uint32_t NO_NUMBER = 0;

struct recalled_column {
	struct view tokens;
	uint64_t *values;
	const uint32_t *near; /* numbers */
	uint32_t near_mask;   /* of a row */
	uint64_t last, prior;
	struct recent recent;
	bool is_reused;
};

/* Those of the rows of one schema, in the order of fields. */
struct recalled_slot {
	struct recalled_column *columns, *end;
};

/* The column of a field, if it is recalled. */
static struct column *column_of(struct batch *b, const struct slot *s, unsigned field)
{
	const struct field *f = &s->schema->fields[field];
	uint32_t number = f->ref ? NO_COLUMN : s->own[s->schema->own_of[field]];

	return number != NO_COLUMN && column_is_recalled(b->columns[number].codec)
		       ? &b->columns[number]
		       : NULL;
}

static size_t count_columns(struct batch *b)
{
	size_t count = 0;

	for (size_t i = 0; i < b->slot_count; i++)
		for (unsigned k = 0; b->slots[i].schema && k < b->slots[i].schema->field_count; k++)
			count += column_of(b, &b->slots[i], k) != NULL;
	return count;
}

/* The numbers that tell about values of field *f. */
static bool find_near(struct batch *b, const struct slot *s, const struct field *f,
		      struct recalled_column *out)
{
	unsigned number = f->near - 1u;
	const struct column *near;

	out->near = &NO_NUMBER;
	if (!f->near)
		return true;
	near = batch_column(b, s->own[s->schema->own_of[number]], &s->schema->fields[number],
			    s->count);
	if (!near)
		return false;
	out->near = near->shorts;
	out->near_mask = near->mask;
	return true;
}

static bool take_column(struct batch *b, const struct slot *s, unsigned field, struct column *c,
			struct recalled_column *out)
{
	const struct field *f = &s->schema->fields[field];

	*out = (struct recalled_column){.recent = RECENT_EMPTY,
					.is_reused = c->codec == CODEC_REUSED};
	if (f->kind != FIELD_INT || f->elem_size != sizeof(*c->longs) || f->key_ref ||
	    batch_column_bytes(b, c, &out->tokens, NULL))
		return false;
	c->mask = UINT32_MAX;
	c->longs = slab_alloc(b->slab, s->count, sizeof(*c->longs));
	out->values = c->longs;
	return c->longs && find_near(b, s, f, out);
}

static bool take_columns(struct batch *b, const struct slot *s, struct recalled_slot *out)
{
	out->end = out->columns;
	for (unsigned i = 0; s->schema && i < s->schema->field_count; i++) {
		struct column *c = column_of(b, s, i);

		if (c && !take_column(b, s, i, c, out->end++))
			return false;
	}
	return s->schema; /* of an unknown one values may be missing between the others */
}

static inline uint64_t value_of(struct recalled_column *c, uint64_t token, uint64_t with,
				uint64_t after)
{
	if (token == RECALLED_WITH)
		return with;
	if (token == RECALLED_AFTER)
		return recalled_beside(after, c->last);
	return recent_value(&c->recent,
			    token < RECENT_VALUES ? token : token - RECALLED_FAR + RECENT_VALUES);
}

/* What is told at length, or was. */
static bool take_far(struct recalled *r, struct recalled_column *c, uint64_t far, uint64_t *value)
{
	uint64_t number = far >> 2;

	if (!(far & REUSED_MET)) {
		*value = c->recent.base += (uint64_t)unzigzag(far >> 1);
		reused_meet(r, *value);
	} else if (number < r->met_count) {
		*value = far & REUSED_BESIDE ? recalled_beside(r->met[number], c->last)
					     : r->met[number];
	} else {
		return false;
	}
	*recent_front(&c->recent, RECENT_VALUES - 1) = *value;
	return true;
}

static inline bool take_reused(struct recalled *r, struct recalled_column *c, uint64_t token,
			       uint64_t with, uint64_t after, uint64_t *value)
{
	if (token >= REUSED_FAR) {
		if (!take_far(r, c, token - REUSED_FAR, value))
			return false;
	} else if (token == REUSED_PRIOR) {
		*value = recalled_beside(c->prior, c->last);
	} else {
		*value = value_of(c, token, with, after);
	}
	reused_see(r, c->last, *value, &c->prior);
	return true;
}

static inline bool settle_row(struct recalled *r, const struct recalled_slot *s, uint32_t row)
{
	for (struct recalled_column *c = s->columns, *end = s->end; c < end; c++) {
		uint64_t *with = recalled_with(r, c->near[row & c->near_mask]);
		uint64_t *after = recalled_after(r, c->last);
		uint64_t token, value;

		if (!take_varint(&c->tokens, &token))
			return false;
		if (!c->is_reused)
			value = value_of(c, token, *with, *after);
		else if (!take_reused(r, c, token, *with, *after, &value))
			return false;
		recalled_see(with, after, &c->last, value);
		c->values[row] = value;
	}
	return true;
}

/* Most rows have no such column. */
static bool settle_rows(const struct batch *b, struct recalled *r,
			const struct recalled_slot *slots)
{
	const uint32_t *places = b->places;

	for (uint32_t i = 0, rows = b->rows; i < rows; i++) {
		const struct recalled_slot *s = &slots[place_slot(places[i])];

		if (s->columns != s->end && !settle_row(r, s, place_row(places[i])))
			return false;
	}
	return true;
}

static bool decode_recalled(struct batch *b)
{
	struct recalled_slot *slots = slab_alloc(b->slab, b->slot_count, sizeof(*slots));
	struct recalled_column *columns = slab_alloc(b->slab, count_columns(b), sizeof(*columns));
	struct recalled_column *next = columns;
	struct recalled *r = slab_alloc(b->slab, 1, sizeof(*r));
	bool is_ok = slots && columns && r;

	if (r)
		recalled_begin(r);
	for (size_t i = 0; is_ok && i < b->slot_count; i++) {
		slots[i].columns = next;
		is_ok = take_columns(b, &b->slots[i], &slots[i]);
		next = slots[i].end;
	}
	is_ok = is_ok && settle_rows(b, r, slots);
	for (; is_ok && columns < next; columns++)
		is_ok = view_len(columns->tokens) == 0;
	if (slab_is_failed(b->slab))
		unpacker_starve(b->unpacker);
	return is_ok;
}

static void mark_recalled(struct batch *b, const struct slot *s)
{
	for (unsigned i = 0; s->schema && i < s->schema->field_count; i++) {
		struct column *c = column_of(b, s, i);

		if (c)
			c->state = (uint8_t)b->recalled;
	}
}

/* All recalled columns of the block are decoded together, or none is. */
bool batch_open_recalled(struct batch *b)
{
	if (b->recalled == COLUMN_WAITING) {
		b->recalled = COLUMN_BAD; /* for a column that would be near itself */
		b->recalled = decode_recalled(b) ? COLUMN_READY : COLUMN_BAD;
		for (size_t i = 0; i < b->slot_count; i++)
			mark_recalled(b, &b->slots[i]);
	}
	return b->recalled == COLUMN_READY;
}
