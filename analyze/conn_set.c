/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* conn_set.c -- one bit each, in pages: numbers of a tape are dense, a user's may be any. */
#include "analyze/conn_set.h"

#include <stdlib.h>

enum { PAGE_BITS = 2048 };

struct page {
	uint64_t words[PAGE_BITS / 64];
};

void conn_set_release(struct conn_set *s)
{
	for (size_t i = 0; i < s->pages.size; i++)
		free(s->pages.entries[i].value);
	conn_map_release(&s->pages);
	*s = (struct conn_set){0};
}

/* 0 is no key of a map. */
static uint64_t key(uint64_t conn)
{
	return conn / PAGE_BITS + 1;
}

static struct page *page_of(struct conn_set *s, uint64_t conn)
{
	struct page *p = conn_map_find(&s->pages, key(conn));

	if (p)
		return p;
	p = calloc(1, sizeof(*p));
	if (p && !conn_map_set(&s->pages, key(conn), p)) {
		free(p);
		return NULL;
	}
	return p;
}

static uint64_t bit(uint64_t conn)
{
	return UINT64_C(1) << (conn % 64);
}

bool conn_set_add(struct conn_set *s, uint64_t conn)
{
	struct page *p = page_of(s, conn);
	uint64_t *word;

	if (!p)
		return false;
	word = &p->words[conn % PAGE_BITS / 64];
	s->count += !(*word & bit(conn));
	*word |= bit(conn);
	return true;
}

bool conn_set_has(const struct conn_set *s, uint64_t conn)
{
	const struct page *p = conn_map_find(&s->pages, key(conn));

	return p && p->words[conn % PAGE_BITS / 64] & bit(conn);
}
