/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * shared_columns.c -- the shared references of a block: decoded together, row by row, as each
 * is predicted by those of other columns (docs/FORMAT.md section 7.7).
 */
#include "format/batch_data.h"

#include "format/column.h"
#include "format/shared.h"

static const uint32_t LINK = UINT32_MAX; /* a token: the id at the place */

struct shared_column {
	uint32_t *cells; /* of its rows: tokens, then ids */
	struct shared_list *list;
	uint32_t *places; /* of a LINKED one, else NULL */
	uint32_t place_mask;
	uint32_t own;
	bool is_own;
	bool is_bad; /* a token was too large */
};

/* The shared columns of the rows of one schema, in their order. */
struct shared_slot {
	struct shared_column *columns, *end;
	bool is_linked; /* one of them is */
};

struct shared {
	struct shared_slot *slots;     /* [slot_count] */
	struct shared_column *columns; /* of all slots */
	struct shared_list *lists;
	uint16_t *list_of; /* [number of a list] counted from 1; 0: none yet */
	unsigned list_count;
};

static struct column *shared_column(struct batch *b, const struct slot *s, unsigned ref)
{
	struct column *c = s->refs[ref] == NO_COLUMN ? NULL : &b->columns[s->refs[ref]];

	return c && c->codec == CODEC_SHARED ? c : NULL;
}

static size_t shared_count(struct batch *b)
{
	size_t count = 0;

	for (size_t i = 0; i < b->slot_count; i++)
		for (unsigned ref = 0; ref < SCHEMA_MAX_REFS; ref++)
			count += shared_column(b, &b->slots[i], ref) != NULL;
	return count;
}

static struct shared_list *list_numbered(struct shared *sh, uint64_t number)
{
	if (!sh->list_of[number])
		sh->list_of[number] = (uint16_t)++sh->list_count;
	return &sh->lists[sh->list_of[number] - 1];
}

/* Tokens of a LINKED column become those of others, but for one. */
static bool take_places(struct batch *b, const struct slot *s, struct shared_column *c)
{
	uint32_t places = shared_places(s->count);

	c->place_mask = places - 1;
	c->places = slab_zalloc(b->slab, places, sizeof(*c->places));
	for (uint32_t i = 0; i < s->count; i++)
		c->cells[i]--;
	return c->places;
}

static bool take_column(struct batch *b, const struct slot *s, struct column *c, struct shared *sh,
			struct shared_column *out)
{
	struct view in;
	uint64_t list;
	uint8_t how;

	if (batch_column_bytes(b, c, &in, NULL) || !take_u8(&in, &how) || how & ~SHARED_HOWS ||
	    !take_varint(&in, &list) || list > SCHEMA_MAX)
		return false;
	c->mask = UINT32_MAX;
	c->shorts = slab_alloc(b->slab, s->count, sizeof(*c->shorts));
	*out = (struct shared_column){.cells = c->shorts,
				      .list = list_numbered(sh, list),
				      .is_own = how & SHARED_OWN};
	return c->shorts && take_short_varints(&in, s->count, c->shorts) && view_len(in) == 0 &&
	       (!(how & SHARED_LINKED) || take_places(b, s, out));
}

static bool shared_init(struct batch *b, struct shared *sh)
{
	size_t count = shared_count(b);
	struct shared_column *next;

	sh->slots = slab_alloc(b->slab, b->slot_count, sizeof(*sh->slots));
	sh->columns = next = slab_alloc(b->slab, count, sizeof(*sh->columns));
	sh->lists = slab_zalloc(b->slab, count, sizeof(*sh->lists));
	sh->list_of = slab_zalloc(b->slab, SCHEMA_MAX + 1, sizeof(*sh->list_of));
	if (!sh->slots || !sh->columns || !sh->lists || !sh->list_of)
		return false;
	for (size_t i = 0; i < b->slot_count; i++) {
		const struct slot *s = &b->slots[i];

		sh->slots[i] = (struct shared_slot){.columns = next};
		for (unsigned ref = 0; ref < SCHEMA_MAX_REFS; ref++) {
			struct column *c = shared_column(b, s, ref);

			if (!c)
				continue;
			if (!take_column(b, s, c, sh, next))
				return false;
			sh->slots[i].is_linked |= next++->places != NULL;
		}
		sh->slots[i].end = next;
	}
	return true;
}

/* The id of a token that is neither 0 nor LINK. */
static inline uint32_t settle(struct shared_column *c, uint32_t token)
{
	struct shared_list *l = c->list;
	uint32_t id;

	if (token < SHARED_LATEST) {
		id = l->latest[token];
		shared_move(l, token, id);
		return id;
	}
	id = l->high + 1;
	if (token != SHARED_NEXT)
		id = (c->is_own ? c->own : l->base) + (uint32_t)unzigzag(token - SHARED_FAR);
	c->is_bad |= token >= SHARED_END;
	shared_move(l, SHARED_LATEST - 1, id);
	shared_add(l, &c->own, id);
	return id;
}

/* The same of LINK: the id at the place. */
static inline uint32_t settle_link(struct shared_column *c, uint32_t id)
{
	if (shared_rank(c->list, id) == SHARED_LATEST)
		shared_add(c->list, &c->own, id);
	return id;
}

static inline void settle_row(const struct shared_slot *s, uint32_t row)
{
	for (struct shared_column *c = s->columns, *end = s->end; c < end; c++) {
		uint32_t token = c->cells[row];

		c->cells[row] = token ? settle(c, token) : c->list->latest[0];
	}
}

static inline void settle_linked_row(const struct shared_slot *s, uint32_t row)
{
	uint32_t before = 0;

	for (struct shared_column *c = s->columns, *end = s->end; c < end; c++) {
		uint32_t token = c->cells[row], *place = NULL;

		if (c->places)
			place = &c->places[before & c->place_mask];
		if (place && token == LINK)
			before = settle_link(c, *place);
		else
			before = token ? settle(c, token) : c->list->latest[0];
		if (place)
			*place = before;
		c->cells[row] = before;
	}
}

static bool settle_rows(struct batch *b, const struct shared *sh)
{
	const uint32_t *places = b->places;
	bool is_ok = true;

	for (uint32_t i = 0, rows = b->rows; i < rows; i++) {
		const struct shared_slot *s = &sh->slots[place_slot(places[i])];

		if (s->is_linked)
			settle_linked_row(s, place_row(places[i]));
		else
			settle_row(s, place_row(places[i]));
	}
	for (size_t i = 0; i < b->slot_count; i++)
		for (struct shared_column *c = sh->slots[i].columns; c < sh->slots[i].end; c++)
			is_ok &= !c->is_bad;
	return is_ok;
}

static bool decode_shared(struct batch *b)
{
	struct shared sh = {0};
	bool is_ok = shared_init(b, &sh) && settle_rows(b, &sh);

	if (slab_is_failed(b->slab))
		unpacker_starve(b->unpacker);
	return is_ok;
}

/* All shared columns of the block are decoded together, or none is. */
bool batch_open_shared(struct batch *b)
{
	if (b->shared == COLUMN_WAITING) {
		b->shared = decode_shared(b) ? COLUMN_READY : COLUMN_BAD;
		for (size_t i = 0; i < b->slot_count; i++) {
			for (unsigned ref = 0; ref < SCHEMA_MAX_REFS; ref++) {
				struct column *c = shared_column(b, &b->slots[i], ref);

				if (c)
					c->state = (uint8_t)b->shared;
			}
		}
	}
	return b->shared == COLUMN_READY;
}
