/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* arena.c -- a list of blocks, the newest of which is being filled. */
#include "analyze/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 16 << 10 };

struct arena_block {
	struct arena_block *next;
	size_t size; /* of data[] */
	size_t used;
	max_align_t data[];
};

static struct arena_block *block_new(size_t size, struct arena_block *next)
{
	struct arena_block *b = malloc(sizeof(*b) + size);

	if (b)
		*b = (struct arena_block){.next = next, .size = size};
	return b;
}

static void *fail(struct arena *a)
{
	a->is_failed = true;
	return NULL;
}

void *arena_take(struct arena *a, size_t size)
{
	struct arena_block *b = a->blocks;
	void *lent;

	if (size > SIZE_MAX / 2)
		return fail(a);
	size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (!b || b->size - b->used < size) {
		b = block_new(size > BLOCK_BYTES ? size : BLOCK_BYTES, a->blocks);
		if (!b)
			return fail(a);
		a->blocks = b;
	}
	lent = (char *)b->data + b->used;
	b->used += size;
	return memset(lent, 0, size);
}

void *arena_take_array(struct arena *a, size_t count, size_t size)
{
	return size && count > SIZE_MAX / size ? fail(a) : arena_take(a, count * size);
}

char *arena_copy(struct arena *a, const char *text)
{
	size_t len = strlen(text) + 1;
	char *copy = arena_take(a, len);

	return copy ? memcpy(copy, text, len) : NULL;
}

void arena_reset(struct arena *a)
{
	while (a->blocks && a->blocks->next) {
		struct arena_block *next = a->blocks->next;

		free(a->blocks);
		a->blocks = next;
	}
	if (a->blocks)
		a->blocks->used = 0;
}

void arena_release(struct arena *a)
{
	arena_reset(a);
	free(a->blocks);
	*a = (struct arena){0};
}
