/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* recalled_encoder.c -- recalled columns, row by row (docs/FORMAT.md section 7.8). */
#include "format/recalled_encoder.h"

#include <stdlib.h>
#include <string.h>

#include "format/recalled.h"
#include "format/rows_data.h"

enum { NOWHERE = UINT32_MAX, TOKEN_MAX = VARINT_MAX };

/* One recalled column of a schema. */
struct recalled_lane {
	uint32_t at, near_at; /* in a row; near_at may be NOWHERE */
	unsigned own;         /* number of the field */
	uint64_t latest[RECENT_VALUES];
	uint64_t base, last, prior;
	uint8_t *end; /* of the tokens; there is room for all */
	struct buf tokens;
};

/* Those of one schema. */
struct recalled_slot {
	struct recalled_lane *lanes;
	size_t count, cap;
};

struct recalled_encoder {
	struct recalled *recalled;
	uint16_t numbers[1 << RECALLED_AFTER_BITS]; /* of those met, from 1, by place; 0: none */
	struct recalled_slot *slots;                /* [schema id - 1] */
	size_t cap;
	bool is_empty; /* nothing was added */
	bool is_new;   /* nothing is in `recalled` and `numbers` */
};

struct recalled_encoder *recalled_encoder_new(void)
{
	struct recalled_encoder *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->recalled = malloc(sizeof(*e->recalled));
	if (!e->recalled) {
		free(e);
		return NULL;
	}
	return e;
}

void recalled_encoder_free(struct recalled_encoder *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->cap; i++) {
		for (size_t k = 0; k < e->slots[i].cap; k++)
			buf_release(&e->slots[i].lanes[k].tokens);
		free(e->slots[i].lanes);
	}
	free(e->slots);
	free(e->recalled);
	free(e);
}

bool recalled_encoder_begin(struct recalled_encoder *e, size_t schemas)
{
	void *slots = e->slots;

	if (!array_grow(&slots, &e->cap, schemas, sizeof(*e->slots)))
		return false;
	e->slots = slots;
	for (size_t i = 0; i < e->cap; i++)
		e->slots[i].count = 0;
	e->is_empty = true;
	return true;
}

/* Most columns are alike from their beginning to their end. */
enum { SAMPLE_ROWS = 512, NEAR_VALUES = 4, FAR_SHARE = 32 };

/* Nearly all values are among the latest four: to say which is as short, and is read in less time. */
static bool is_recent(const uint64_t *values, size_t n)
{
	uint64_t latest[RECENT_VALUES] = {0};
	size_t far = 0, count = n < SAMPLE_ROWS ? n : SAMPLE_ROWS;

	for (size_t i = 0; i < count; i++)
		far += recent_rank(latest, values[i]) >= NEAR_VALUES;
	return far * FAR_SHARE <= count;
}

/* No distance between numbers of 61 bits is without a token. */
bool recalled_encoder_fits(const uint64_t *values, size_t n)
{
	uint64_t differing = 0, beyond = 0;

	for (size_t i = 0; i < n; i++) {
		differing |= values[i] ^ values[0];
		beyond |= (values[i] + (UINT64_C(1) << 60)) >> 61;
	}
	return differing && !beyond && !is_recent(values, n);
}

bool recalled_encoder_add(struct recalled_encoder *e, const struct row_group *g, unsigned own)
{
	struct recalled_slot *s = &e->slots[g->schema->id - 1];
	uint8_t near = g->fields[own]->near;
	void *lanes = s->lanes;
	struct recalled_lane *l;

	if (!array_grow(&lanes, &s->cap, s->count + 1, sizeof(*s->lanes)))
		return false;
	s->lanes = lanes;
	l = &s->lanes[s->count];
	buf_clear(&l->tokens);
	if (!buf_reserve(&l->tokens, g->count * TOKEN_MAX))
		return false;
	s->count++;
	e->is_empty = false;
	l->own = own;
	l->at = g->own_at[own];
	l->near_at = near ? g->own_at[g->schema->own_of[near - 1]] : NOWHERE;
	l->end = l->tokens.data;
	l->base = l->last = l->prior = 0;
	memset(l->latest, 0, sizeof(l->latest));
	return true;
}

/* The token of a value that was told at length, or is. */
static uint64_t far_token(struct recalled_encoder *e, struct recalled_lane *l, uint64_t value)
{
	struct recalled *r = e->recalled;
	uint16_t *number = &e->numbers[recalled_place(value)];
	uint64_t met = *number ? r->met[*number - 1u] : 0, token;

	if (*number && met == value)
		return REUSED_FAR + ((*number - 1u) << 2 | REUSED_MET);
	if (*number && recalled_beside(met, l->last) == value)
		return REUSED_FAR + ((*number - 1u) << 2 | REUSED_MET | REUSED_BESIDE);
	token = REUSED_FAR + (zigzag((int64_t)(value - l->base)) << 1);
	l->base = value;
	reused_meet(r, value);
	*number = (uint16_t)r->met_count;
	return token;
}

/* The token of a value that nothing foretells. */
static uint64_t other_token(struct recalled_encoder *e, struct recalled_lane *l, uint64_t value)
{
	unsigned rank = recent_rank(l->latest, value);

	return rank < RECENT_VALUES ? rank : far_token(e, l, value);
}

static inline uint32_t number_of(const struct recalled_lane *l, const uint8_t *row)
{
	return l->near_at == NOWHERE ? 0 : (uint32_t)row_bits(row + l->near_at, 4);
}

static void code_row(struct recalled_encoder *e, struct recalled_slot *s, const uint8_t *row)
{
	struct recalled *r = e->recalled;

	for (struct recalled_lane *l = s->lanes, *end = l + s->count; l < end; l++) {
		uint64_t value = row_bits(row + l->at, 8), token = RECALLED_WITH;
		uint64_t *with = recalled_with(r, number_of(l, row));
		uint64_t *after = recalled_after(r, l->last);

		if (*with != value)
			token = recalled_beside(*after, l->last) == value ? RECALLED_AFTER
				: recalled_beside(l->prior, l->last) == value
					? REUSED_PRIOR
					: other_token(e, l, value);
		reused_see(r, l->last, value, &l->prior);
		recalled_see(with, after, &l->last, value);
		l->end = store_varint(l->end, token);
	}
}

static void forget_row(struct recalled_encoder *e, const struct recalled_slot *s,
		       const uint8_t *row)
{
	for (struct recalled_lane *l = s->lanes, *end = l + s->count; l < end; l++) {
		uint64_t value = row_bits(row + l->at, 8);

		recalled_forget(e->recalled, number_of(l, row), value);
		e->numbers[recalled_place(value)] = 0;
	}
}

/* A quiet host's blocks hold a few rows, and would spend their time on tables of 340 kB: what
 * such a block has left is forgotten place by place. */
enum { FEW_ROWS = 256 };

static void forget(struct recalled_encoder *e, const struct rows *rows)
{
	for (size_t i = 0; i < e->cap; i++) {
		const struct row_group *g = e->slots[i].count ? rows->groups[i] : NULL;

		for (size_t k = 0; g && k < g->count; k++)
			forget_row(e, &e->slots[i], row_group_at(g, k));
	}
	*recalled_after(e->recalled, 0) = 0;
	e->recalled->met_count = 0;
}

static void make_new(struct recalled_encoder *e)
{
	recalled_begin(e->recalled);
	memset(e->numbers, 0, sizeof(e->numbers));
}

void recalled_encoder_run(struct recalled_encoder *e, const struct rows *rows,
			  const struct row_head *heads)
{
	if (e->is_empty)
		return;
	if (!e->is_new)
		make_new(e);
	for (size_t i = 0; i < rows->count; i++) {
		struct recalled_slot *s = &e->slots[heads[i].schema - 1];

		if (s->count)
			code_row(e, s,
				 row_group_at(rows->groups[heads[i].schema - 1], heads[i].local));
	}
	e->is_new = rows->count <= FEW_ROWS;
	if (e->is_new)
		forget(e, rows);
	for (size_t i = 0; i < e->cap; i++)
		for (size_t k = 0; k < e->slots[i].count; k++) {
			struct recalled_lane *l = &e->slots[i].lanes[k];

			l->tokens.len = (size_t)(l->end - l->tokens.data);
		}
}

bool recalled_encoder_column(const struct recalled_encoder *e, uint32_t schema, unsigned i,
			     unsigned *own, struct view *tokens)
{
	const struct recalled_slot *s = &e->slots[schema - 1];

	if (i >= s->count)
		return false;
	*own = s->lanes[i].own;
	*tokens = view_of(s->lanes[i].tokens.data, s->lanes[i].tokens.len);
	return true;
}
