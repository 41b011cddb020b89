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
/* False without memory. A life that is already in is moved. */
bool life_map_add(struct life_map *m, struct life *l, uint32_t hash);
/* A life that is not in is fine. */
void life_map_remove(struct life_map *m, struct life *l);
/* The newest life with this hash, or NULL; then the next older one. The caller
 * compares the keys themselves. */
struct life *life_map_first(const struct life_map *m, uint32_t hash);
struct life *life_map_next(const struct life_map *m, const struct life *l);

#endif
