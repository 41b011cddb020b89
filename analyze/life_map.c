/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * life_map.c -- a chained hash table of lives that doubles as it fills.
 */
#include "analyze/life_map.h"

#include <stdlib.h>

enum { FIRST_SIZE = 64, CHAIN_LENGTH = 2 /* lives a head, when there are most */ };

void life_map_init(struct life_map *m, enum life_link link, const struct life_pool *pool)
{
	*m = (struct life_map){.link = link, .pool = pool};
}

void life_map_release(struct life_map *m)
{
	free(m->heads);
	life_map_init(m, m->link, m->pool);
}

static void push(const struct life_map *m, uint32_t *heads, size_t size, struct life *l)
{
	uint32_t *head = &heads[life_map_hash(m, l) & (size - 1)];

	l->next[m->link] = *head;
	*head = l->number;
}

/* Chains are walked from their far end so that the newest stays first. */
static void move_chain(const struct life_map *m, struct life *l, uint32_t *heads, size_t size)
{
	struct life *reversed = NULL;

	while (l) {
		struct life *next = life_map_next(m, l);

		l->next[m->link] = life_number(reversed);
		reversed = l;
		l = next;
	}
	while (reversed) {
		struct life *next = life_map_next(m, reversed);

		push(m, heads, size, reversed);
		reversed = next;
	}
}

static bool grow(struct life_map *m)
{
	size_t size = m->size ? m->size * 2 : FIRST_SIZE;
	uint32_t *heads;

	if (size > SIZE_MAX / 2 / sizeof(*heads))
		return false;
	heads = calloc(size, sizeof(*heads));
	if (!heads)
		return false;
	for (size_t i = 0; i < m->size; i++)
		move_chain(m, life_pool_at(m->pool, m->heads[i]), heads, size);
	free(m->heads);
	m->heads = heads;
	m->size = size;
	return true;
}

bool life_map_add(struct life_map *m, struct life *l)
{
	if (m->count >= m->size * CHAIN_LENGTH && !grow(m)) {
		m->is_starved = true;
		return false;
	}
	l->linked |= (uint8_t)(1u << m->link);
	push(m, m->heads, m->size, l);
	m->count++;
	return true;
}

void life_map_take_out(struct life_map *m, struct life *l)
{
	uint32_t *at;

	at = &m->heads[life_map_hash(m, l) & (m->size - 1)];
	while (*at != l->number)
		at = &life_pool_at(m->pool, *at)->next[m->link];
	*at = l->next[m->link];
	l->linked &= (uint8_t) ~(1u << m->link);
	m->count--;
}
