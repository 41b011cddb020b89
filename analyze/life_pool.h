/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * life_pool.h -- where lives are kept: each has a number of 31 bits, half as long as a pointer, by which
 * others refer to it, and stays where it is. Numbers are used again.
 */
#ifndef ANALYZE_LIFE_POOL_H
#define ANALYZE_LIFE_POOL_H

#include <stddef.h>

#include "analyze/life.h"

enum { POOL_CHUNK_BITS = 8, POOL_CHUNK = 1 << POOL_CHUNK_BITS };

/* Start with {0}. */
struct life_pool {
	struct life **chunks; /* of POOL_CHUNK lives each; owned, as are these */
	size_t count, cap;
	uint32_t free; /* number of an unused life, linked by `after`; 0: none */
};

/* The lives and their pasts die. */
void life_pool_release(struct life_pool *p);
/* A life of zeros but for its number; NULL without memory. */
struct life *life_pool_take(struct life_pool *p);
void life_pool_return(struct life_pool *p, struct life *l);

/* The life of this number; NULL for 0. */
static inline struct life *life_pool_at(const struct life_pool *p, uint32_t number)
{
	if (!number)
		return NULL;
	return &p->chunks[(number - 1) >> POOL_CHUNK_BITS][(number - 1) % POOL_CHUNK];
}

static inline uint32_t life_number(const struct life *l)
{
	return l ? l->number : 0;
}

#endif
