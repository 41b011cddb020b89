/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* keys.c -- open addressing, at most half full. */
#include "analyze/keys.h"

#include <stdlib.h>
#include <string.h>

#include "format/hash.h"

enum { FIRST_SIZE = 64 };

void keys_release(struct keys *k)
{
	free(k->all);
	*k = (struct keys){0};
}

void keys_clear(struct keys *k)
{
	if (k->count)
		memset(k->all, 0, k->size * sizeof(*k->all));
	k->count = 0;
}

/* The place of key, or the free one where it belongs. */
static struct key *locate(const struct keys *k, uint64_t key)
{
	size_t i = (size_t)(hash_mix(7, key) >> 20) & (k->size - 1);

	while (k->all[i].key && k->all[i].key != key)
		i = (i + 1) & (k->size - 1);
	return &k->all[i];
}

static bool grow(struct keys *k)
{
	struct keys old = *k;

	k->size = old.size ? old.size * 2 : FIRST_SIZE;
	k->all = calloc(k->size, sizeof(*k->all));
	if (!k->all) {
		*k = old;
		return false;
	}
	for (size_t i = 0; i < old.size; i++)
		if (old.all[i].key)
			*locate(k, old.all[i].key) = old.all[i];
	free(old.all);
	return true;
}

bool keys_set(struct keys *k, uint64_t key, uint64_t value)
{
	struct key *at;

	if (!key)
		return true;
	if (k->count * 2 >= k->size && !grow(k))
		return false;
	at = locate(k, key);
	k->count += at->key == 0;
	*at = (struct key){key, value};
	return true;
}

bool keys_find(const struct keys *k, uint64_t key, uint64_t *value)
{
	const struct key *at = k->size && key ? locate(k, key) : NULL;

	if (!at || !at->key)
		return false;
	if (value)
		*value = at->value;
	return true;
}
