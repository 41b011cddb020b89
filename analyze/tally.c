/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tally.c -- a table that only grows.
 */
#include "analyze/tally.h"

#include <stdlib.h>
#include <string.h>

#include "format/hash.h"

enum { FIRST_SIZE = 64 };

struct tally_key tally_text(const char *text)
{
	return (struct tally_key){.text = view_of(text, text ? strlen(text) : 0)};
}

struct tally_key tally_number(uint64_t number)
{
	return (struct tally_key){.number = number};
}

void tally_init(struct tally *t, size_t own_size)
{
	*t = (struct tally){.own_size = own_size};
}

void tally_release(struct tally *t)
{
	free(t->groups);
	free(t->slots);
	arena_release(&t->arena);
	*t = (struct tally){0};
}

static bool has_key(const struct tally_group *g, const struct tally_key *key, uint32_t hash)
{
	size_t len = view_len(key->text);

	return g->hash == hash && g->number == key->number && strlen(g->text) == len &&
	       (!len || memcmp(g->text, key->text.p, len) == 0);
}

/* The group's slot, or the free one where it would be. */
static struct tally_group **locate(const struct tally *t, const struct tally_key *key,
				   uint32_t hash)
{
	size_t i = hash & (t->size - 1);

	while (t->slots[i] && !has_key(t->slots[i], key, hash))
		i = (i + 1) & (t->size - 1);
	return &t->slots[i];
}

static bool grow(struct tally *t)
{
	size_t size = t->size ? t->size * 2 : FIRST_SIZE;
	struct tally_group **slots = calloc(size, sizeof(*slots));

	if (!slots)
		return false;
	for (size_t i = 0; i < t->count; i++) {
		size_t at = t->groups[i]->hash & (size - 1);

		while (slots[at])
			at = (at + 1) & (size - 1);
		slots[at] = t->groups[i];
	}
	free(t->slots);
	t->slots = slots;
	t->size = size;
	return true;
}

static struct tally_group *group_new(struct tally *t, const struct tally_key *key)
{
	struct tally_group *g = arena_take(&t->arena, sizeof(*g));
	size_t len = view_len(key->text);
	char *text = arena_take(&t->arena, len + 1);
	void *own = t->own_size ? arena_take(&t->arena, t->own_size) : NULL;

	if (!g || !text || (t->own_size && !own))
		return NULL;
	if (len)
		memcpy(text, key->text.p, len);
	*g = (struct tally_group){.number = key->number, .text = text, .own = own};
	return g;
}

static struct tally_group *rest(struct tally *t)
{
	if (!t->rest)
		t->rest = group_new(t, &(struct tally_key){0});
	return t->rest;
}

static struct tally_group *find_group(struct tally *t, const struct tally_key *key)
{
	uint32_t hash = (uint32_t)hash_bytes(key->text.p, view_len(key->text),
					     hash_mix(7, key->number));
	size_t bytes = t->bytes + view_len(key->text);
	void *groups = t->groups;
	struct tally_group **slot;

	if (t->count * 2 >= t->size && !grow(t))
		return NULL;
	slot = locate(t, key, hash);
	if (*slot)
		return *slot;
	if (t->count == TALLY_MAX_GROUPS || bytes > TALLY_MAX_BYTES)
		return rest(t);
	if (!array_grow(&groups, &t->cap, t->count + 1, sizeof(*t->groups)))
		return NULL;
	t->groups = groups;
	*slot = group_new(t, key);
	if (!*slot)
		return NULL;
	(*slot)->hash = hash;
	t->groups[t->count++] = *slot;
	t->bytes = bytes;
	return *slot;
}

struct tally_group *tally_count(struct tally *t, struct tally_key key, uint64_t ts_ns)
{
	const uint8_t *nul = view_len(key.text) ? memchr(key.text.p, 0, view_len(key.text)) : NULL;
	struct tally_group *g;

	if (nul)
		key.text.end = nul;
	g = find_group(t, &key);
	if (!g)
		return NULL;
	if (g->count == 0 || ts_ns < g->first_ns)
		g->first_ns = ts_ns;
	if (ts_ns > g->last_ns)
		g->last_ns = ts_ns;
	g->count++;
	return g;
}

static int by_key(const void *a, const void *b)
{
	const struct tally_group *x = *(struct tally_group *const *)a;
	const struct tally_group *y = *(struct tally_group *const *)b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return strcmp(x->text, y->text);
}

static int by_count(const void *a, const void *b)
{
	const struct tally_group *x = *(struct tally_group *const *)a;
	const struct tally_group *y = *(struct tally_group *const *)b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return by_key(a, b);
}

void tally_sort(struct tally *t, enum tally_order order)
{
	if (t->count)
		qsort(t->groups, t->count, sizeof(struct tally_group *),
		      order == TALLY_BY_KEY ? by_key : by_count);
}
