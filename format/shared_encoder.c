/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* shared_encoder.c -- references, row by row (docs/FORMAT.md section 7.7). */
#include "format/shared_encoder.h"

#include <stdlib.h>
#include <string.h>

#include "format/bits.h"
#include "format/rows_data.h"
#include "format/shared.h"
#include "format/used.h"

enum {
	LIST, /* distances to the list's base */
	OWN,  /* to the column's */
	BASES,
	FORETOLD = 0x80, /* in a code: by the place. The rest is the token, or SHARED_FAR */
};

/* What speaks against the usual: how many times as much the other must be. */
enum { LINKED_WORTH = 5, LIST_WORTH = 4 };

/* What distances to one base are like. */
struct steps {
	uint32_t last;
	uint32_t changes;
	uint64_t bits; /* of those that are not the same as before */
};

/* One reference of the rows of a schema. */
struct shared_lane {
	struct shared_list *list;
	uint32_t own; /* base */
	uint32_t place_mask;
	uint8_t *end;       /* of the codes, of which there is room for all, and one before */
	uint32_t *far_end;  /* of the distances, BASES for each; the same */
	uint32_t id_at;     /* in a row */
	uint32_t surprises; /* ids that no place foretold */
	uint32_t changes;   /* of the code, but for those to 0 */
	struct steps steps[BASES];
	struct buf codes;
	uint32_t *far;
	size_t far_cap;
	uint32_t places[SHARED_PLACES];
	uint32_t list_number, ref;
};

/* Those of one schema. */
struct shared_slot {
	struct shared_lane *lanes; /* [SCHEMA_MAX_REFS]; NULL: never had any */
	unsigned count;
};

struct shared_encoder {
	struct shared_list *lists; /* [number]; what is not in use means nothing */
	struct shared_slot *slots; /* [schema id - 1] */
	size_t cap;
	struct used *used; /* lent while rows are coded */
	bool is_failed;
};

struct shared_encoder *shared_encoder_new(void)
{
	struct shared_encoder *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->lists = calloc(SCHEMA_MAX + 1, sizeof(*e->lists));
	if (!e->lists) {
		shared_encoder_free(e);
		return NULL;
	}
	return e;
}

static void slot_release(struct shared_slot *s)
{
	for (unsigned i = 0; s->lanes && i < SCHEMA_MAX_REFS; i++) {
		buf_release(&s->lanes[i].codes);
		free(s->lanes[i].far);
	}
	free(s->lanes);
}

void shared_encoder_free(struct shared_encoder *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->cap; i++)
		slot_release(&e->slots[i]);
	free(e->slots);
	free(e->lists);
	free(e);
}

bool shared_encoder_begin(struct shared_encoder *e, size_t schemas)
{
	void *slots = e->slots;

	if (!array_grow(&slots, &e->cap, schemas, sizeof(*e->slots)))
		return false;
	e->slots = slots;
	for (size_t i = 0; i < e->cap; i++)
		e->slots[i].count = 0;
	return true;
}

/* Empty, with room for all of `rows`. */
static bool lane_reset(struct shared_lane *l, size_t rows)
{
	void *far = l->far;

	buf_clear(&l->codes);
	if (!buf_reserve(&l->codes, rows + 1) ||
	    !array_grow(&far, &l->far_cap, rows * BASES, sizeof(*l->far)))
		return false;
	put_u8(&l->codes, 0);
	l->end = l->codes.data + 1;
	l->far = l->far_end = far;
	l->own = l->surprises = l->changes = 0;
	l->place_mask = shared_places(rows) - 1;
	memset(l->places, 0, sizeof(l->places));
	memset(l->steps, 0, sizeof(l->steps));
	return true;
}

bool shared_encoder_add(struct shared_encoder *e, const struct row_group *g, unsigned ref)
{
	struct shared_slot *s = &e->slots[g->schema->id - 1];
	struct shared_lane *l;

	if (!s->lanes)
		s->lanes = calloc(SCHEMA_MAX_REFS, sizeof(*s->lanes));
	if (!s->lanes || !lane_reset(&s->lanes[s->count], g->count))
		return false;
	l = &s->lanes[s->count++];
	l->ref = ref;
	l->id_at = g->refs_at + ref * 4;
	l->list_number = g->schema->refs[ref];
	l->list = &e->lists[l->list_number];
	*l->list = (struct shared_list){0};
	return true;
}

static void add_step(struct shared_lane *l, unsigned base, uint32_t step)
{
	uint32_t distance = (uint32_t)zigzag((int32_t)step);
	struct steps *s = &l->steps[base];

	l->far_end[base] = distance;
	if (distance == s->last)
		return;
	s->last = distance;
	s->changes++;
	s->bits += bits_size(distance);
}

/* The code of an id that is none of the latest: every one that is used is such a one once. */
static unsigned code_new(struct shared_encoder *e, struct shared_lane *l, uint32_t id)
{
	unsigned code = SHARED_NEXT;

	if (id != l->list->high + 1) {
		add_step(l, LIST, id - l->list->base);
		add_step(l, OWN, id - l->own);
		l->far_end += BASES;
		code = SHARED_FAR;
	}
	shared_add(l->list, &l->own, id);
	e->is_failed |= !used_add(e->used, l->list_number, id);
	return code;
}

/* The code of an id that is not the latest one. */
static unsigned code_other(struct shared_encoder *e, struct shared_lane *l, uint32_t id)
{
	unsigned code = shared_rank(l->list, id);

	if (code == SHARED_LATEST)
		code = code_new(e, l, id);
	l->changes += code != l->end[-1] % FORETOLD;
	return code;
}

static void code_row(struct shared_encoder *e, struct shared_slot *s, const uint8_t *row)
{
	uint32_t before = 0;

	for (struct shared_lane *l = s->lanes, *end = l + s->count; l < end; l++) {
		uint32_t id = (uint32_t)row_bits(row + l->id_at, 4);
		uint32_t *place = &l->places[before & l->place_mask];
		bool is_foretold = *place == id;
		unsigned code = l->list->latest[0] == id ? 0 : code_other(e, l, id);

		l->surprises += !is_foretold;
		*l->end++ = (uint8_t)(code | (is_foretold ? FORETOLD : 0));
		*place = before = id;
	}
}

bool shared_encoder_run(struct shared_encoder *e, const struct rows *rows,
			const struct row_head *heads, struct used *used)
{
	e->used = used;
	e->is_failed = false;
	for (size_t i = 0; i < rows->count; i++) {
		struct shared_slot *s = &e->slots[heads[i].schema - 1];

		if (s->count)
			code_row(e, s,
				 row_group_at(rows->groups[heads[i].schema - 1], heads[i].local));
	}
	return !e->is_failed;
}

/* Ids are below 2^21, and so tokens below 2^32 - 1. */
static void put_tokens(const struct shared_lane *l, uint8_t how, struct buf *out)
{
	const uint32_t *far = l->far + (how & SHARED_OWN ? OWN : LIST);
	bool is_linked = how & SHARED_LINKED;
	uint8_t *p;

	if (!buf_reserve(out, (size_t)(l->end - l->codes.data) * VARINT_MAX))
		return;
	p = out->data + out->len;
	for (const uint8_t *code = l->codes.data + 1; code < l->end; code++) {
		uint8_t token = *code % FORETOLD;

		if (is_linked && *code & FORETOLD) {
			*p++ = 0;
		} else if (token != SHARED_FAR) {
			*p++ = token + is_linked;
		} else {
			p = store_varint(p, (uint64_t)SHARED_FAR + is_linked + *far);
		}
		far += token == SHARED_FAR ? BASES : 0;
	}
	out->len = (size_t)(p - out->data);
}

static uint8_t how_to(const struct shared_lane *l)
{
	unsigned base = l->steps[LIST].bits * LIST_WORTH < l->steps[OWN].bits ? LIST : OWN;
	uint64_t changes = (uint64_t)l->changes + l->steps[base].changes;
	bool is_linked = (uint64_t)l->surprises * LINKED_WORTH < changes;

	return (uint8_t)((base == OWN ? SHARED_OWN : 0) | (is_linked ? SHARED_LINKED : 0));
}

bool shared_encoder_put(const struct shared_encoder *e, uint32_t schema, unsigned ref,
			struct buf *out)
{
	const struct shared_slot *s = &e->slots[schema - 1];

	for (unsigned i = 0; i < s->count; i++) {
		const struct shared_lane *l = &s->lanes[i];

		if (l->ref != ref)
			continue;
		put_u8(out, how_to(l));
		put_varint(out, l->list_number);
		put_tokens(l, how_to(l), out);
		return true;
	}
	return false;
}
