/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * arena.h -- memory for everything one row needs, given back all at once. What it lends
 * does not move, and lives until arena_reset() or arena_release().
 */
#ifndef ANALYZE_ARENA_H
#define ANALYZE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_block;

/* Start with {0}. */
struct arena {
	struct arena_block *blocks; /* newest first; owned */
	bool is_failed;             /* something asked for was not lent; until arena_release() */
};

/* `size` zeroed bytes, aligned for any type; NULL without memory. */
void *arena_take(struct arena *a, size_t size);
/* `count` times `size`; NULL also when the product does not fit. */
void *arena_take_array(struct arena *a, size_t count, size_t size);
/* A terminated copy. */
char *arena_copy(struct arena *a, const char *text);
/* Forget everything lent; one block is kept for the next row. */
void arena_reset(struct arena *a);
void arena_release(struct arena *a);

#endif
