/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* keyed_encoder.c -- keyed columns, row by row (docs/FORMAT.md section 7.5). */
#include "format/keyed_encoder.h"

#include <stdlib.h>

#include "format/keyed.h"
#include "format/rows_data.h"

enum { TOKEN_MAX = 4 }; /* bytes */

/* One keyed column of a schema. */
struct keyed_lane {
	/* What each row needs lies together. */
	struct id_keys keys;
	uint64_t mask;        /* of the field's bytes */
	uint8_t *end;         /* of the tokens; there is room for all */
	uint32_t id_at, at;   /* in a row */
	uint32_t flip, space; /* make a place of a key */
	uint32_t size;        /* of the field, in bytes */
	struct buf tokens, raw;
};

/* The keyed columns of one schema. */
struct keyed_slot {
	struct keyed_lane *lanes;
	size_t count, cap;
};

struct keyed_encoder {
	struct keyed *keyed;
	struct keyed_slot *slots; /* [schema id - 1] */
	size_t cap;
};

struct keyed_encoder *keyed_encoder_new(void)
{
	struct keyed_encoder *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->keyed = keyed_new();
	if (!k->keyed) {
		free(k);
		return NULL;
	}
	return k;
}

static void slot_release(struct keyed_slot *s)
{
	for (size_t i = 0; i < s->cap; i++) {
		buf_release(&s->lanes[i].tokens);
		buf_release(&s->lanes[i].raw);
	}
	free(s->lanes);
}

void keyed_encoder_free(struct keyed_encoder *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->cap; i++)
		slot_release(&k->slots[i]);
	free(k->slots);
	keyed_free(k->keyed);
	free(k);
}

/* Empty, with room for a token of each row. */
static bool lane_reset(struct keyed_lane *l, const struct row_group *g, unsigned own,
		       struct dictionaries *dicts)
{
	const struct field *f = g->fields[own];

	l->id_at = g->refs_at + (f->key_ref - 1u) * 4;
	l->at = g->own_at[own];
	l->flip = f->flags & FIELD_FLIP ? 1 : 0;
	l->space = (uint32_t)keyed_key(f, l->flip);
	l->size = f->elem_size;
	l->mask = keyed_mask(l->size);
	buf_clear(&l->tokens);
	buf_clear(&l->raw);
	if (!buf_reserve(&l->tokens, g->count * TOKEN_MAX + VARINT_MAX))
		return false;
	l->end = l->tokens.data;
	return dictionaries_keys(dicts, g->schema->refs[f->key_ref - 1], f->key_attribute,
				 &l->keys);
}

static bool slot_reset(struct keyed_slot *s, const struct row_group *g, struct dictionaries *dicts)
{
	s->count = 0;
	for (unsigned i = 0; i < g->schema->own_count; i++) {
		void *lanes = s->lanes;

		if (!g->fields[i]->key_ref)
			continue;
		if (!array_grow(&lanes, &s->cap, s->count + 1, sizeof(*s->lanes)))
			return false;
		s->lanes = lanes;
		if (!lane_reset(&s->lanes[s->count++], g, i, dicts))
			return false;
	}
	return true;
}

static void code_row(uint64_t *last, struct keyed_slot *s, const uint8_t *row)
{
	for (struct keyed_lane *l = s->lanes, *end = l + s->count; l < end; l++) {
		uint32_t id = (uint32_t)row_bits(row + l->id_at, 4);
		uint32_t key = (id_key(&l->keys, id) ^ l->flip) + l->space;
		uint64_t value = row_bits(row + l->at, l->size);
		uint32_t token = keyed_token(&last[key % KEYED_PLACES], value, l->mask);

		if (token == KEYED_RAW)
			put_le(&l->raw, l->size, value);
		l->end = store_varint(l->end, token);
	}
}

static bool finish(struct keyed_slot *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct keyed_lane *l = &s->lanes[i];

		l->tokens.len = (size_t)(l->end - l->tokens.data);
		if (l->raw.is_failed)
			return false;
	}
	return true;
}

bool keyed_encoder_run(struct keyed_encoder *k, const struct rows *rows,
		       const struct row_head *heads, struct dictionaries *dicts)
{
	void *slots = k->slots;
	size_t lanes = 0;

	if (!array_grow(&slots, &k->cap, rows->group_cap, sizeof(*k->slots)))
		return false;
	k->slots = slots;
	for (size_t i = 0; i < rows->group_cap; i++) {
		const struct row_group *g = rows->groups[i];

		if (!g || !g->count)
			continue;
		if (!slot_reset(&k->slots[i], g, dicts))
			return false;
		lanes += k->slots[i].count;
	}
	if (lanes == 0)
		return true;
	keyed_reset(k->keyed);
	for (size_t i = 0; i < rows->extent.rows; i++) {
		struct keyed_slot *s = &k->slots[heads[i].schema - 1];

		if (s->count)
			code_row(k->keyed->last, s,
				 row_group_at(rows->groups[heads[i].schema - 1], heads[i].local));
	}
	for (size_t i = 0; i < rows->group_cap; i++)
		if (!finish(&k->slots[i]))
			return false;
	return true;
}

struct keyed_bytes keyed_encoder_bytes(const struct keyed_encoder *k, uint32_t schema, unsigned nth)
{
	const struct keyed_lane *l = &k->slots[schema - 1].lanes[nth];

	return (struct keyed_bytes){.tokens = view_of(l->tokens.data, l->tokens.len),
				    .raw = view_of(l->raw.data, l->raw.len)};
}
