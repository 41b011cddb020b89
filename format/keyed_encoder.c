/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* keyed_encoder.c -- keyed columns, row by row (docs/FORMAT.md section 7.5). */
#include "format/keyed_encoder.h"

#include <stdlib.h>
#include <string.h>

#include "format/keyed.h"
#include "format/rows_data.h"

enum { TOKEN_MAX = 4, NOWHERE = UINT32_MAX }; /* bytes */

/* One keyed column of a schema. */
struct keyed_lane {
	/* What each row needs lies together. */
	struct id_keys keys;
	uint64_t mask;        /* of the field's bytes */
	uint8_t *end;         /* of the tokens; there is room for all */
	uint8_t *raw_end;     /* of the raw bytes; the same */
	uint32_t id_at, at;   /* in a row */
	uint32_t own;         /* number of the field */
	uint32_t flip, space; /* make a place of a key */
	uint32_t size;        /* of the field, in bytes */
	uint32_t near_at;     /* in a row; or NOWHERE */
	uint64_t sign;        /* what the value near is multiplied by: 1 or -1 */
	uint32_t start_at;    /* or NOWHERE; and where its key comes from */
	uint32_t start_id_at, start_flip, start_space;
	struct id_keys start_keys;
	uint64_t latest; /* last value that was not 0 */
	struct buf tokens, raw;
};

/* The keyed columns of one schema. */
struct keyed_slot {
	struct keyed_lane *lanes;
	size_t count, cap;
};

struct keyed_encoder {
	struct keyed_pair *places; /* [KEYED_PLACES] */
	struct keyed_slot *slots;  /* [schema id - 1] */
	size_t cap;
};

struct keyed_encoder *keyed_encoder_new(void)
{
	struct keyed_encoder *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->places = malloc(KEYED_PLACES * sizeof(*k->places));
	if (!k->places) {
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
	free(k->places);
	free(k);
}

/* Where in a row the value of a field is, counted from 1. */
static uint32_t place_in_row(const struct row_group *g, uint8_t field)
{
	return field ? g->own_at[g->schema->own_of[field - 1]] : NOWHERE;
}

/* Where the entry is that has its key. */
static uint32_t ids_at(const struct row_group *g, const struct field *f)
{
	return g->refs_at + (f->key_ref - 1u) * 4;
}

static uint32_t flip_of(const struct field *f)
{
	return f->flags & FIELD_FLIP ? 1 : 0;
}

/* The fields that tell about the value of field *f. */
static bool find_companions(struct keyed_lane *l, const struct row_group *g, const struct field *f,
			    struct dictionaries *dicts)
{
	const struct field *start;

	l->near_at = place_in_row(g, f->near);
	l->sign = f->flags & FIELD_SUM ? 1 : UINT64_MAX;
	l->start_at = place_in_row(g, f->start);
	if (!f->start)
		return true;
	start = &g->schema->fields[f->start - 1];
	l->start_id_at = ids_at(g, start);
	l->start_flip = flip_of(start);
	l->start_space = (uint32_t)keyed_key(start, l->start_flip);
	return dictionaries_keys(dicts, g->schema->refs[start->key_ref - 1], start->key_attribute,
				 &l->start_keys);
}

/* Empty, with room for a token of each row. */
static bool lane_reset(struct keyed_lane *l, const struct row_group *g, unsigned own,
		       struct dictionaries *dicts)
{
	const struct field *f = g->fields[own];

	l->own = own;
	l->latest = 0;
	l->id_at = ids_at(g, f);
	l->at = g->own_at[own];
	l->flip = flip_of(f);
	l->space = (uint32_t)keyed_key(f, l->flip);
	l->size = f->elem_size;
	l->mask = keyed_mask(l->size);
	buf_clear(&l->tokens);
	buf_clear(&l->raw);
	if (!buf_reserve(&l->tokens, g->count * TOKEN_MAX + VARINT_MAX) ||
	    !buf_reserve(&l->raw, g->count * l->size + sizeof(uint64_t)))
		return false;
	l->end = l->tokens.data;
	l->raw_end = l->raw.data;
	return find_companions(l, g, f, dicts) &&
	       dictionaries_keys(dicts, g->schema->refs[f->key_ref - 1], f->key_attribute,
				 &l->keys);
}

/* Those of the keyed fields that have a `near`, or have none. */
static bool add_lanes(struct keyed_slot *s, const struct row_group *g, bool has_near,
		      struct dictionaries *dicts)
{
	for (unsigned i = 0; i < g->schema->own_count; i++) {
		void *lanes = s->lanes;

		if (!g->fields[i]->key_ref || (g->fields[i]->near != 0) != has_near)
			continue;
		if (!array_grow(&lanes, &s->cap, s->count + 1, sizeof(*s->lanes)))
			return false;
		s->lanes = lanes;
		if (!lane_reset(&s->lanes[s->count++], g, i, dicts))
			return false;
	}
	return true;
}

/* What is near is coded first. */
static bool slot_reset(struct keyed_slot *s, const struct row_group *g, struct dictionaries *dicts)
{
	s->count = 0;
	return add_lanes(s, g, false, dicts) && add_lanes(s, g, true, dicts);
}

/* Where the value ends that the lane's value is the length of. */
static void see_end(struct keyed_pair *places, const struct keyed_lane *l, const uint8_t *row)
{
	uint32_t id = (uint32_t)row_bits(row + l->start_id_at, 4);
	uint32_t key = (id_key(&l->start_keys, id) ^ l->start_flip) + l->start_space;
	uint64_t start = row_bits(row + l->start_at, l->size);

	pair_see(&places[key % KEYED_PLACES], (start + row_bits(row + l->at, l->size)) & l->mask);
}

static void code_row(struct keyed_pair *places, struct keyed_slot *s, const uint8_t *row)
{
	for (struct keyed_lane *l = s->lanes, *end = l + s->count; l < end; l++) {
		uint32_t id = (uint32_t)row_bits(row + l->id_at, 4);
		uint32_t key = (id_key(&l->keys, id) ^ l->flip) + l->space;
		uint64_t plain = row_bits(row + l->at, l->size), value = plain;
		uint32_t token;

		if (l->near_at != NOWHERE)
			value = (value + l->sign * row_bits(row + l->near_at, l->size)) & l->mask;
		token = pair_token(&places[key % KEYED_PLACES], &l->latest, value, l->mask);
		store_le64(l->raw_end, value); /* kept if it is wanted: nothing to guess */
		l->raw_end += token == KEYED_RAW ? l->size : 0;
		l->end = store_varint(l->end, token);
		if (l->start_at != NOWHERE && plain)
			see_end(places, l, row);
	}
}

static void finish(struct keyed_slot *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct keyed_lane *l = &s->lanes[i];

		l->tokens.len = (size_t)(l->end - l->tokens.data);
		l->raw.len = (size_t)(l->raw_end - l->raw.data);
	}
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
	memset(k->places, 0, KEYED_PLACES * sizeof(*k->places));
	for (size_t i = 0; i < rows->count; i++) {
		struct keyed_slot *s = &k->slots[heads[i].schema - 1];

		if (s->count)
			code_row(k->places, s,
				 row_group_at(rows->groups[heads[i].schema - 1], heads[i].local));
	}
	for (size_t i = 0; i < rows->group_cap; i++)
		finish(&k->slots[i]);
	return true;
}

struct keyed_bytes keyed_encoder_bytes(const struct keyed_encoder *k, uint32_t schema, unsigned own)
{
	const struct keyed_slot *s = &k->slots[schema - 1];
	const struct keyed_lane *l = s->lanes;

	while (l->own != own)
		l++;
	return (struct keyed_bytes){.tokens = view_of(l->tokens.data, l->tokens.len),
				    .raw = view_of(l->raw.data, l->raw.len)};
}
