/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * recent.h -- the eight latest values of a column: codec RECENT of docs/FORMAT.md section 7.3, and
 * the part of it that RECALLED has. An encoder keeps them in an array, the latest first.
 */
#ifndef FORMAT_RECENT_H
#define FORMAT_RECENT_H

#include "format/bytes.h"

enum { RECENT_VALUES = 8 };

static inline bool recent_has(const uint64_t latest[RECENT_VALUES], uint64_t value)
{
	for (unsigned i = 0; i < RECENT_VALUES; i++)
		if (latest[i] == value)
			return true;
	return false;
}

/* How many values of the array are later than this one, which becomes the latest; RECENT_VALUES if it was
 * none of them. */
static inline unsigned recent_rank(uint64_t latest[RECENT_VALUES], uint64_t value)
{
	uint64_t moved = value;

	for (unsigned i = 0; i < RECENT_VALUES; i++) {
		uint64_t before = latest[i];

		latest[i] = moved;
		if (before == value)
			return i;
		moved = before;
	}
	return RECENT_VALUES;
}

/* As a decoder keeps them. The values stay where they are; their order moves. */
struct recent {
	uint64_t values[RECENT_VALUES];
	uint64_t order; /* byte i: index of the value that is i-th latest */
	uint64_t base;  /* the last value that was none of them */
};

#define RECENT_EMPTY ((struct recent){.order = UINT64_C(0x0706050403020100)})

static inline uint64_t recent_at(const struct recent *r, unsigned rank)
{
	return r->values[r->order >> 8 * rank & 0xff];
}

/* The value of that rank becomes the latest. */
static inline uint64_t *recent_front(struct recent *r, unsigned rank)
{
	unsigned shift = 8 * rank;
	uint64_t index = r->order >> shift & 0xff;
	uint64_t moved = (UINT64_C(0x100) << shift) - 1; /* bytes of the order that change */

	r->order = (r->order & ~moved) | ((r->order << 8 | index) & moved);
	return &r->values[index];
}

/* The value that a token stands for becomes the latest. */
static inline uint64_t recent_value(struct recent *r, uint64_t token)
{
	bool is_far = token >= RECENT_VALUES;
	uint64_t *value = recent_front(r, is_far ? RECENT_VALUES - 1 : (unsigned)token);

	if (is_far) {
		r->base += (uint64_t)unzigzag(token - RECENT_VALUES);
		*value = r->base;
	}
	return *value;
}

#endif
