/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * shared.h -- references to entries, predicted by those of other columns: what one row is about,
 * the next ones of other events are about, too. Implements docs/FORMAT.md section 7.7.
 *
 * Rows are taken as they lie, in a row the references in their order. Each becomes a token.
 */
#ifndef FORMAT_SHARED_H
#define FORMAT_SHARED_H

#include "format/bytes.h"

enum {
	SHARED_LINKED = 1, /* `how`: token 0 is the id at the place, all others are one more */
	SHARED_OWN = 2,    /* distances are to the column's base, not to the list's */
	SHARED_HOWS = 3,
	SHARED_LATEST = 8,   /* tokens below: the latest ids of the list */
	SHARED_NEXT = 8,     /* the highest one and 1 */
	SHARED_FAR = 9,      /* from here on, plus a zigzag distance */
	SHARED_PLACES = 256, /* of a LINKED column at most */
};

static const uint32_t SHARED_END = UINT32_C(1) << 31; /* tokens are below */

/* What columns with the same number of a list have in common: the latest ids, the last one first. */
struct shared_list {
	uint32_t latest[SHARED_LATEST];
	uint32_t base, high; /* the last that was none of them; the highest such */
};

/* Places of a LINKED column of so many rows: a power of two. */
static inline uint32_t shared_places(size_t rows)
{
	uint32_t places = 1;

	while (places < rows && places < SHARED_PLACES)
		places *= 2;
	return places;
}

/* `id` becomes the latest, instead of the one that was `rank`-th. */
static inline void shared_move(struct shared_list *l, unsigned rank, uint32_t id)
{
	uint32_t moved = id;

	for (unsigned i = 0; i <= rank; i++) {
		uint32_t before = l->latest[i];

		l->latest[i] = moved;
		moved = before;
	}
}

/* Which of the latest it was; SHARED_LATEST: none. It becomes the latest. */
static inline unsigned shared_rank(struct shared_list *l, uint32_t id)
{
	uint32_t moved = id;

	for (unsigned i = 0; i < SHARED_LATEST; i++) {
		uint32_t before = l->latest[i];

		l->latest[i] = moved;
		if (before == id)
			return i;
		moved = before;
	}
	return SHARED_LATEST;
}

/* An id that was none of the latest; *own is the base of its column. */
static inline void shared_add(struct shared_list *l, uint32_t *own, uint32_t id)
{
	*own = l->base = id;
	l->high = id > l->high ? id : l->high;
}

#endif
