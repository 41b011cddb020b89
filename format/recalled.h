/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * recalled.h -- addresses of what is used again and again, packets for instance: the one that
 * was seen with a number (a sequence number), or that followed the one before, is expected
 * anew, whichever column it was in. So is the way back: what was free last is used first.
 * Implements docs/FORMAT.md section 7.8.
 *
 * Values are taken in row order, in a row in field order. Each becomes a token.
 */
#ifndef FORMAT_RECALLED_H
#define FORMAT_RECALLED_H

#include <stddef.h>
#include <string.h>

#include "format/recent.h"

enum {
	RECALLED_WITH = RECENT_VALUES,      /* tokens: what was with the same number */
	RECALLED_AFTER = RECENT_VALUES + 1, /* what came after the last value */
	RECALLED_FAR = RECENT_VALUES + 2,   /* from here on, plus a zigzag distance */
	REUSED_PRIOR = RECENT_VALUES + 2,   /* in REUSED: what came before the last value */
	REUSED_FAR = RECENT_VALUES + 3,     /* twice the distance, or where it was met */
	REUSED_MET = 1,
	REUSED_BESIDE = 2, /* bits of what is above that */
	RECALLED_LOW = 8,  /* bits of an address that neighbours on a slab may not share */
	RECALLED_WITH_BITS = 15,
	RECALLED_AFTER_BITS = 12,
	RECALLED_MET = 4096, /* values that are numbered */
};

/* What is expected, of all columns of a block; 0 at first. Columns begin with the value 0 as their last. */
struct recalled {
	uint64_t with[1 << RECALLED_WITH_BITS];   /* by number */
	uint64_t after[1 << RECALLED_AFTER_BITS]; /* by the value before */
	uint64_t prior[1 << RECALLED_AFTER_BITS]; /* by the value after */
	uint32_t met_count;
	uint64_t met[RECALLED_MET]; /* values that were told at length; [met_count] */
};

static inline void recalled_begin(struct recalled *r)
{
	memset(r, 0, offsetof(struct recalled, met));
}

static inline uint64_t *recalled_with(struct recalled *r, uint32_t number)
{
	return &r->with[number * UINT32_C(2654435761) >> (32 - RECALLED_WITH_BITS)];
}

static inline uint32_t recalled_place(uint64_t value)
{
	uint32_t high = (uint32_t)(value >> RECALLED_LOW);

	return high * UINT32_C(2654435761) >> (32 - RECALLED_AFTER_BITS);
}

static inline uint64_t *recalled_after(struct recalled *r, uint64_t last)
{
	return &r->after[recalled_place(last)];
}

/* What a value that was with `number` has left. */
static inline void recalled_forget(struct recalled *r, uint32_t number, uint64_t value)
{
	*recalled_with(r, number) = 0;
	*recalled_after(r, value) = 0;
	r->prior[recalled_place(value)] = 0;
}

/* The expected value, with the low bits of the last one of the column. */
static inline uint64_t recalled_beside(uint64_t after, uint64_t last)
{
	uint64_t low = (UINT64_C(1) << RECALLED_LOW) - 1;

	return (after & ~low) | (last & low);
}

/* `value` follows `last` in its column. What came before it when it was there last is what
 * follows, on the way back. */
static inline void reused_see(struct recalled *r, uint64_t last, uint64_t value, uint64_t *prior)
{
	uint64_t *place = &r->prior[recalled_place(value)];

	if (value == last)
		return;
	*prior = *place;
	*place = last;
}

/* A value that was told at length. */
static inline void reused_meet(struct recalled *r, uint64_t value)
{
	if (r->met_count < RECALLED_MET)
		r->met[r->met_count++] = value;
}

/* A value that follows *last of its column. */
static inline void recalled_see(uint64_t *with, uint64_t *after, uint64_t *last, uint64_t value)
{
	*with = value;
	if (value != *last)
		*after = value;
	*last = value;
}

#endif
