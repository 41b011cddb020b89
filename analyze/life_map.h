/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * life_map.h -- finds lives by a hash of something: cookie, kernel address, tuple,
 * sequence numbers. Lives are chained through their own links, so adding one allocates
 * nothing but, now and then, a larger array of heads. Several lives may share a key.
 */
#ifndef ANALYZE_LIFE_MAP_H
#define ANALYZE_LIFE_MAP_H

#include <stddef.h>

#include "analyze/life_pool.h"
#include "format/hash.h"

/* A life keeps the hash of LINK_TUPLE, which is that of several things; others are these. */
static inline uint32_t life_cookie_hash(uint64_t cookie, uint32_t netns)
{
	return (uint32_t)(hash_mix(hash_mix(1, cookie), netns) >> 16);
}

static inline uint32_t life_skaddr_hash(uint64_t skaddr)
{
	return (uint32_t)(hash_mix(2, skaddr) >> 16);
}

/* The same for (a, b) and (b, a). */
static inline uint32_t life_seq_hash(uint32_t a, uint32_t b)
{
	return (uint32_t)(hash_mix((uint64_t)(a ^ b) << 32, a + b) >> 8);
}

struct life_map {
	const struct life_pool *pool; /* lent */
	uint32_t *heads;              /* numbers of lives; owned */
	size_t size;                  /* a power of two, or 0 */
	size_t count;
	bool is_starved; /* a life could not be added for want of memory */
	enum life_link link;
};

/* Caller's storage. A life can be in one map per link only; all are of `pool`. */
void life_map_init(struct life_map *m, enum life_link link, const struct life_pool *pool);
void life_map_release(struct life_map *m);
/* By l->hash, or what l is. Take it out before any of that changes, or to add it again. False
 * without memory. */
bool life_map_add(struct life_map *m, struct life *l);
void life_map_take_out(struct life_map *m, struct life *l);

/* A life that is not in is fine. */
static inline void life_map_remove(struct life_map *m, struct life *l)
{
	if (l->linked & 1u << m->link)
		life_map_take_out(m, l);
}

static inline uint32_t life_map_hash(const struct life_map *m, const struct life *l)
{
	switch (m->link) {
	case LINK_COOKIE:
		return life_cookie_hash(l->cookie, l->netns);
	case LINK_SKADDR:
		return life_skaddr_hash(l->skaddr);
	case LINK_SEQ:
		return life_seq_hash(l->una, l->nxt);
	default:
		return l->hash;
	}
}

/* The newest of those lives that may have this hash, or NULL; then the next older one. The caller
 * compares the keys themselves. */
static inline struct life *life_map_first(const struct life_map *m, uint32_t hash)
{
	return m->size ? life_pool_at(m->pool, m->heads[hash & (m->size - 1)]) : NULL;
}

static inline struct life *life_map_next(const struct life_map *m, const struct life *l)
{
	return life_pool_at(m->pool, l->next[m->link]);
}

#endif
