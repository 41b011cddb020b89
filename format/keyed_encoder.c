/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* keyed_encoder.c -- keyed columns, row by row (docs/FORMAT.md section 7.5). */
#include "format/keyed_encoder.h"

#include <stdlib.h>
#include <string.h>

#include "format/keyed.h"
#include "format/rows_data.h"

enum { TOKEN_MAX = 4, NOWHERE = UINT32_MAX }; /* bytes */

/* Where keys of a schema's values come from: an attribute of the entry that a row refers to. */
struct keyed_source {
	struct id_keys keys;
	uint32_t id_at; /* in a row */
	uint32_t key;   /* of the row at hand */
	uint8_t ref, attribute;
	bool has_page[KEYED_PLACES / KEYED_PAGE]; /* which keys there were */
};

/* One keyed column of a schema. */
struct keyed_lane {
	/* What each row needs lies together. */
	uint64_t mask;    /* of the field's bytes */
	uint64_t sign;    /* what the value near is multiplied by: 1 or -1 */
	uint64_t latest;  /* last value that was not 0 */
	uint8_t *end;     /* of the tokens; there is room for all */
	uint8_t *raw_end; /* of the raw bytes; the same */
	const struct keyed_source *source, *start_source;
	uint32_t at, near_at; /* in a row */
	uint32_t space;       /* with the key and `flip`, makes a place */
	uint8_t flip, start_flip;
	uint8_t size; /* of the field, in bytes */
	bool has_near, is_full, has_start;
	uint32_t start_at, start_space;
	uint32_t own; /* number of the field */
	uint64_t told[RECENT_VALUES];
	struct buf tokens, raw;
};

/* The keyed columns of one schema. */
struct keyed_slot {
	struct keyed_source *sources; /* room for those of all columns: they are pointed to */
	size_t source_count, source_cap;
	struct keyed_lane *lanes;
	size_t count, cap;
};

struct keyed_encoder {
	struct keyed_pair *places;               /* [KEYED_PLACES] */
	bool is_used[KEYED_PLACES / KEYED_PAGE]; /* which of them the last block used */
	struct keyed_slot *slots;                /* [schema id - 1] */
	size_t count, cap;
};

struct keyed_encoder *keyed_encoder_new(void)
{
	struct keyed_encoder *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->places = calloc(KEYED_PLACES, sizeof(*k->places));
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
	free(s->sources);
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
	return g->own_at[g->schema->own_of[field - 1]];
}

static uint8_t flip_of(const struct field *f)
{
	return f->flags & FIELD_FLIP ? 1 : 0;
}

static uint32_t space_of(const struct field *f)
{
	return (uint32_t)keyed_key(f, flip_of(f));
}

/* Of the keys of field *f; NULL without memory. */
static const struct keyed_source *find_source(struct keyed_slot *s, const struct row_group *g,
					      const struct field *f, struct dictionaries *dicts)
{
	uint8_t ref = (uint8_t)(f->key_ref - 1), attribute = f->key_attribute;
	struct keyed_source *k = s->sources;

	for (; k < s->sources + s->source_count; k++)
		if (k->ref == ref && k->attribute == attribute)
			return k;
	*k = (struct keyed_source){.id_at = g->refs_at + ref * 4u,
				   .ref = ref,
				   .attribute = attribute};
	s->source_count++;
	return dictionaries_keys(dicts, g->schema->refs[ref], attribute, &k->keys) ? k : NULL;
}

/* The fields that tell about the value of field *f. */
static bool find_companions(struct keyed_slot *s, struct keyed_lane *l, const struct row_group *g,
			    const struct field *f, struct dictionaries *dicts)
{
	const struct field *start;

	l->near_at = f->near ? place_in_row(g, f->near) : NOWHERE;
	l->has_near = f->near != 0;
	l->sign = f->flags & FIELD_SUM ? 1 : UINT64_MAX;
	l->is_full = f->near && f->flags & FIELD_FULL;
	l->has_start = f->start != 0;
	if (!f->start)
		return true;
	start = &g->schema->fields[f->start - 1];
	l->start_at = place_in_row(g, f->start);
	l->start_flip = flip_of(start);
	l->start_space = space_of(start);
	l->start_source = find_source(s, g, start, dicts);
	return l->start_source != NULL;
}

/* Empty, with room for a token of each row. */
static bool lane_reset(struct keyed_slot *s, struct keyed_lane *l, const struct row_group *g,
		       unsigned own, struct dictionaries *dicts)
{
	const struct field *f = g->fields[own];

	l->own = own;
	l->latest = 0;
	memset(l->told, 0, sizeof(l->told));
	l->at = g->own_at[own];
	l->flip = flip_of(f);
	l->space = space_of(f);
	l->size = (uint8_t)f->elem_size;
	l->mask = keyed_mask(l->size);
	buf_clear(&l->tokens);
	buf_clear(&l->raw);
	if (!buf_reserve(&l->tokens, g->count * TOKEN_MAX + VARINT_MAX) ||
	    !buf_reserve(&l->raw, g->count * l->size + sizeof(uint64_t)))
		return false;
	l->end = l->tokens.data;
	l->raw_end = l->raw.data;
	l->source = find_source(s, g, f, dicts);
	return l->source && find_companions(s, l, g, f, dicts);
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
		if (!lane_reset(s, &s->lanes[s->count++], g, i, dicts))
			return false;
	}
	return true;
}

/* What is near is coded first. */
static bool slot_reset(struct keyed_slot *s, const struct row_group *g, struct dictionaries *dicts)
{
	void *sources = s->sources;

	s->count = 0;
	s->source_count = 0;
	if (!array_grow(&sources, &s->source_cap, 2u * g->schema->own_count, sizeof(*s->sources)))
		return false;
	s->sources = sources;
	return add_lanes(s, g, false, dicts) && add_lanes(s, g, true, dicts);
}

static inline struct keyed_pair *place_of(struct keyed_pair *places, uint32_t key, uint32_t flip,
					  uint32_t space)
{
	return &places[((key ^ flip) + space) % KEYED_PLACES];
}

static inline void find_keys(struct keyed_slot *s, const uint8_t *row)
{
	for (size_t i = 0; i < s->source_count; i++) {
		struct keyed_source *k = &s->sources[i];

		k->key = id_key(&k->keys, (uint32_t)row_bits(row + k->id_at, 4));
		k->has_page[k->key % KEYED_PLACES / KEYED_PAGE] = true;
	}
}

static inline uint64_t lane_value(const struct keyed_lane *l, const uint8_t *row, uint32_t at)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return row_word(row + at) & l->mask;
#else
	return row_bits(row + at, l->size);
#endif
}

/* Where the value ends that the lane's value is the length of. */
static inline void see_end(struct keyed_pair *places, const struct keyed_lane *l,
			   const uint8_t *row)
{
	uint64_t end = lane_value(l, row, l->start_at) + lane_value(l, row, l->at);
	uint32_t key = l->start_source->key;

	pair_see(place_of(places, key, l->start_flip, l->start_space), end & l->mask);
}

/* What is coded: the value, or how far it is from the one near it. */
static inline uint64_t lane_plain(const struct keyed_lane *l, const uint8_t *row)
{
	uint64_t plain = lane_value(l, row, l->at), near;

	if (!l->has_near)
		return plain;
	near = lane_value(l, row, l->near_at);
	return l->is_full ? full_swapped(plain, near, l->mask) : (plain + l->sign * near) & l->mask;
}

/* A value that is not the last one of its place, nor 0. */
static void code_other(struct keyed_lane *l, struct keyed_pair *place, uint64_t value)
{
	uint32_t token = pair_token(place, l->latest, l->told, value, l->mask);

	if (token == KEYED_RAW) {
		store_le64(l->raw_end, value);
		l->raw_end += l->size;
	}
	l->end = store_varint(l->end, token);
	l->latest = value;
}

static inline void code_row(struct keyed_pair *places, struct keyed_slot *s, const uint8_t *row)
{
	find_keys(s, row);
	for (struct keyed_lane *l = s->lanes, *end = l + s->count; l < end; l++) {
		uint64_t value = lane_plain(l, row);
		struct keyed_pair *place = place_of(places, l->source->key, l->flip, l->space);

		if (value == 0) {
			*l->end++ = KEYED_ZERO;
		} else if (value == place->last) {
			*l->end++ = PAIRED_LAST;
			l->latest = value;
		} else {
			code_other(l, place, value);
		}
		if (l->has_start && lane_value(l, row, l->at))
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

/* The pages of places that keys of the source have in `space`: two for one of keys, unless they
 * are at the same distance. */
static void use(struct keyed_encoder *k, const struct keyed_source *source, uint32_t space)
{
	for (uint32_t i = 0; i < KEYED_PLACES / KEYED_PAGE; i++) {
		uint32_t first = i * KEYED_PAGE + space, last = first + KEYED_PAGE - 1;

		if (!source->has_page[i])
			continue;
		k->is_used[first % KEYED_PLACES / KEYED_PAGE] = true;
		k->is_used[last % KEYED_PLACES / KEYED_PAGE] = true;
	}
}

/* The pages of places that the block has used. */
static void note_pages(struct keyed_encoder *k)
{
	for (size_t i = 0; i < k->count; i++) {
		const struct keyed_slot *s = &k->slots[i];

		for (size_t n = 0; n < s->count; n++) {
			const struct keyed_lane *l = &s->lanes[n];

			use(k, l->source, l->space);
			if (l->has_start)
				use(k, l->start_source, l->start_space);
		}
	}
}

/* What the block before has left. */
static void forget(struct keyed_encoder *k)
{
	for (size_t i = 0; i < KEYED_PLACES / KEYED_PAGE; i++) {
		if (k->is_used[i])
			memset(&k->places[i * KEYED_PAGE], 0, KEYED_PAGE * sizeof(*k->places));
		k->is_used[i] = false;
	}
}

static bool prepare(struct keyed_encoder *k, const struct rows *rows, struct dictionaries *dicts)
{
	void *slots = k->slots;

	if (!array_grow(&slots, &k->cap, rows->group_cap, sizeof(*k->slots)))
		return false;
	k->slots = slots;
	k->count = rows->group_cap;
	for (size_t i = 0; i < k->count; i++) {
		const struct row_group *g = rows->groups[i];

		k->slots[i].count = 0;
		k->slots[i].source_count = 0;
		if (g && g->count && !slot_reset(&k->slots[i], g, dicts))
			return false;
	}
	return true;
}

/* Keys of a block are near each other, and grow from block to block: it begins where the one before
 * did, in places that a cache still has. Which key has which place does not matter. */
static void align(struct keyed_encoder *k, const struct rows *rows, const struct row_head *heads)
{
	uint32_t first = 0;

	for (size_t i = 0; i < rows->count && !first; i++) {
		struct keyed_slot *s = &k->slots[heads[i].schema - 1];

		find_keys(s, row_group_at(rows->groups[heads[i].schema - 1], heads[i].local));
		first = s->count ? s->sources->key & ~1u : 0;
	}
	for (size_t i = 0; i < k->count; i++)
		for (size_t n = 0; n < k->slots[i].count; n++) {
			k->slots[i].lanes[n].space -= first;
			k->slots[i].lanes[n].start_space -= first;
		}
}

bool keyed_encoder_run(struct keyed_encoder *k, const struct rows *rows,
		       const struct row_head *heads, struct dictionaries *dicts)
{
	if (!prepare(k, rows, dicts))
		return false;
	align(k, rows, heads);
	forget(k);
	for (size_t i = 0; i < rows->count; i++) {
		struct keyed_slot *s = &k->slots[heads[i].schema - 1];

		if (s->count)
			code_row(k->places, s,
				 row_group_at(rows->groups[heads[i].schema - 1], heads[i].local));
	}
	for (size_t i = 0; i < k->count; i++)
		finish(&k->slots[i]);
	note_pages(k);
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
