/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* life_pool.c -- chunks of lives, and those of them that are not in use. */
#include "analyze/life_pool.h"

#include <stdlib.h>
#include <string.h>

#include "format/bytes.h"

void life_pool_release(struct life_pool *p)
{
	for (size_t i = 0; i < p->count; i++) {
		for (size_t n = 0; n < POOL_CHUNK; n++)
			free(p->chunks[i][n].past);
		free(p->chunks[i]);
	}
	free(p->chunks);
	*p = (struct life_pool){0};
}

static bool refill(struct life_pool *p)
{
	void *chunks = p->chunks;
	uint32_t first = (uint32_t)p->count * POOL_CHUNK + 1;
	struct life *lives;

	if (p->count >= INT32_MAX / POOL_CHUNK ||
	    !array_grow(&chunks, &p->cap, p->count + 1, sizeof(*p->chunks)))
		return false;
	p->chunks = chunks;
	lives = calloc(POOL_CHUNK, sizeof(*lives));
	if (!lives)
		return false;
	p->chunks[p->count++] = lives;
	for (uint32_t i = POOL_CHUNK; i-- > 0;) {
		lives[i].number = first + i;
		lives[i].after = p->free;
		p->free = first + i;
	}
	return true;
}

struct life *life_pool_take(struct life_pool *p)
{
	struct life *l;

	if (!p->free && !refill(p))
		return NULL;
	l = life_pool_at(p, p->free);
	p->free = l->after;
	l->after = 0;
	return l;
}

void life_pool_return(struct life_pool *p, struct life *l)
{
	uint32_t number = l->number;

	free(l->past);
	memset(l, 0, sizeof(*l));
	l->number = number;
	l->after = p->free;
	p->free = number;
}
