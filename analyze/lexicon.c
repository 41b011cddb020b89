/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lexicon.c -- a set of strings that only grows.
 */
#include "analyze/lexicon.h"

#include <stdlib.h>
#include <string.h>

#include "format/hash.h"

enum { FIRST_SIZE = 64 };

void lexicon_release(struct lexicon *n)
{
	arena_release(&n->arena);
	free(n->slots);
	*n = (struct lexicon){0};
}

static struct lexeme *locate(const struct lexicon *n, struct view v, uint32_t hash)
{
	size_t len = view_len(v), i = hash & (n->size - 1);

	for (; n->slots[i].text; i = (i + 1) & (n->size - 1))
		if (n->slots[i].hash == hash && strlen(n->slots[i].text) == len &&
		    memcmp(n->slots[i].text, v.p, len) == 0)
			break;
	return &n->slots[i];
}

static bool grow(struct lexicon *n)
{
	struct lexicon old = *n;

	n->size = old.size ? old.size * 2 : FIRST_SIZE;
	n->slots = calloc(n->size, sizeof(*n->slots));
	if (!n->slots) {
		n->slots = old.slots;
		n->size = old.size;
		n->arena.is_failed = true;
		return false;
	}
	for (size_t i = 0; i < old.size; i++) {
		const char *text = old.slots[i].text;

		if (text)
			*locate(n, view_of(text, strlen(text)), old.slots[i].hash) = old.slots[i];
	}
	free(old.slots);
	return true;
}

const char *lexicon_keep(struct lexicon *n, struct view v)
{
	uint32_t hash;
	struct lexeme *slot;

	v = view_len(v) ? v : view_of("", 0);
	for (const uint8_t *p = v.p; p < v.end; p++)
		if (*p == 0)
			v.end = p;
	if (n->count * 2 >= n->size && !grow(n))
		return "...";
	hash = (uint32_t)hash_bytes(v.p, view_len(v), 7);
	slot = locate(n, v, hash);
	if (slot->text)
		return slot->text;
	if (n->bytes + view_len(v) > LEXICON_MAX_BYTES)
		return "...";
	slot->text = arena_take(&n->arena, view_len(v) + 1);
	if (!slot->text)
		return "...";
	memcpy(slot->text, v.p, view_len(v));
	slot->hash = hash;
	n->count++;
	n->bytes += view_len(v) + 1;
	return slot->text;
}
