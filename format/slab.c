/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* slab.c -- a list of chunks, used from front to back. */
#include "format/slab.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define IS_CHECKED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_CHECKED 1
#endif
#endif
#ifndef IS_CHECKED
#define IS_CHECKED 0
#endif

enum {
	ALIGN = 16,
	/* A sanitizer sees the end of what has a chunk for itself. */
	CHUNK = IS_CHECKED ? 0 : 1 << 20,
};

struct chunk {
	struct chunk *next;
	size_t size, used; /* of data[] */
	_Alignas(ALIGN) unsigned char data[];
};

struct slab {
	struct chunk *first;
	struct chunk *at; /* the one that is being filled; those before it are full */
	bool is_failed;
};

struct slab *slab_new(void)
{
	return calloc(1, sizeof(struct slab));
}

static void free_from(struct chunk *c)
{
	while (c) {
		struct chunk *next = c->next;

		free(c);
		c = next;
	}
}

void slab_free(struct slab *s)
{
	if (!s)
		return;
	free_from(s->first);
	free(s);
}

/* A chunk behind the current one with room for `size`. */
static struct chunk *chunk_add(struct slab *s, size_t size)
{
	size_t room = size > CHUNK ? size : CHUNK;
	struct chunk *c;

	if (room > SIZE_MAX - sizeof(*c))
		return NULL;
	c = malloc(sizeof(*c) + room);
	if (!c)
		return NULL;
	*c = (struct chunk){.size = room};
	if (s->at) {
		c->next = s->at->next;
		s->at->next = c;
	} else {
		c->next = s->first;
		s->first = c;
	}
	return c;
}

static struct chunk *chunk_for(struct slab *s, size_t size)
{
	struct chunk *next;

	if (!s->at)
		next = s->first;
	else if (s->at->size - s->at->used >= size)
		return s->at;
	else
		next = s->at->next;
	if (!next || next->size < size)
		next = chunk_add(s, size);
	if (next)
		s->at = next;
	return next;
}

void *slab_alloc(struct slab *s, size_t count, size_t size)
{
	struct chunk *c;
	size_t bytes;
	void *p;

	if (size && count > (SIZE_MAX - ALIGN) / size)
		return NULL;
	bytes = count * size;
	if (bytes == 0)
		bytes = 1;
	if (!IS_CHECKED)
		bytes = (bytes + ALIGN - 1) / ALIGN * ALIGN;
	c = chunk_for(s, bytes);
	if (!c) {
		s->is_failed = true;
		return NULL;
	}
	p = c->data + c->used;
	c->used += bytes;
	return p;
}

void *slab_zalloc(struct slab *s, size_t count, size_t size)
{
	void *p = slab_alloc(s, count, size);

	if (p)
		memset(p, 0, count * size);
	return p;
}

bool slab_grow(struct slab *s, void **array, size_t *cap, size_t need, size_t size)
{
	size_t grown = *cap ? *cap : 16;
	char *data;

	if (need <= *cap)
		return true;
	while (grown < need) {
		if (grown > SIZE_MAX / 2 / size)
			return false;
		grown *= 2;
	}
	data = slab_alloc(s, grown, size);
	if (!data)
		return false;
	if (*cap)
		memcpy(data, *array, *cap * size);
	memset(data + *cap * size, 0, (grown - *cap) * size);
	*array = data;
	*cap = grown;
	return true;
}

bool slab_is_failed(const struct slab *s)
{
	return s->is_failed;
}

void slab_reset(struct slab *s)
{
	struct chunk **link = &s->first;
	size_t kept = 0;

	while (*link && !IS_CHECKED && kept + (*link)->size <= SLAB_KEEP) {
		kept += (*link)->size;
		(*link)->used = 0;
		link = &(*link)->next;
	}
	free_from(*link);
	*link = NULL;
	s->at = NULL;
	s->is_failed = false;
}
