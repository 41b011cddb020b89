/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* row_groups.c -- packed rows in a table with open addressing, at most half full. */
#include "analyze/row_groups.h"

#include <stdlib.h>
#include <string.h>

#include "analyze/packed_row.h"
#include "format/hash.h"

enum { FIRST_SIZE = 64 };

struct row_group {
	size_t at, len; /* in g->bytes */
	uint64_t hash;
	uint64_t rows;
};

void row_groups_release(struct row_groups *g)
{
	buf_release(&g->bytes);
	free(g->all);
	free(g->slots);
	*g = (struct row_groups){.cell_count = g->cell_count};
}

static bool is_same(const struct row_groups *g, const struct row_group *group, uint64_t hash,
		    struct view row)
{
	return group->hash == hash && group->len == view_len(row) &&
	       memcmp(g->bytes.data + group->at, row.p, group->len) == 0;
}

/* The slot of the row, or the free one where it belongs. */
static uint32_t *locate(const struct row_groups *g, uint64_t hash, struct view row)
{
	size_t i = (size_t)hash & (g->size - 1);

	while (g->slots[i] && !is_same(g, &g->all[g->slots[i] - 1], hash, row))
		i = (i + 1) & (g->size - 1);
	return &g->slots[i];
}

static bool grow(struct row_groups *g)
{
	size_t size = g->size ? g->size * 2 : FIRST_SIZE;
	uint32_t *slots = calloc(size, sizeof(*slots));

	if (!slots)
		return false;
	for (size_t i = 0; i < g->count; i++) {
		size_t at = (size_t)g->all[i].hash & (size - 1);

		while (slots[at])
			at = (at + 1) & (size - 1);
		slots[at] = (uint32_t)i + 1;
	}
	free(g->slots);
	g->slots = slots;
	g->size = size;
	return true;
}

/* The row was put at the end of g->bytes, from `at` on. */
static bool count_row(struct row_groups *g, size_t at)
{
	struct view row = view_of(g->bytes.data + at, g->bytes.len - at);
	uint64_t hash = hash_bytes(row.p, view_len(row), 0);
	uint32_t *slot = locate(g, hash, row);
	void *all = g->all;

	if (*slot) {
		g->all[*slot - 1].rows++;
		g->bytes.len = at;
		return true;
	}
	if (g->count == ROW_GROUPS_MAX || g->bytes.len > ROW_GROUPS_BYTES) {
		g->rest++;
		g->bytes.len = at;
		return true;
	}
	if (!array_grow(&all, &g->cap, g->count + 1, sizeof(*g->all)))
		return false;
	g->all = all;
	g->all[g->count++] = (struct row_group){at, view_len(row), hash, 1};
	*slot = (uint32_t)g->count;
	return true;
}

bool row_groups_add(struct row_groups *g, const struct cell *cells)
{
	size_t at = g->bytes.len;

	if (g->count * 2 >= g->size && !grow(g))
		return false;
	packed_row_put(&g->bytes, cells, g->cell_count);
	return !g->bytes.is_failed && count_row(g, at);
}

bool row_groups_next(const struct row_groups *g, size_t *at, struct cell *cells, uint64_t *rows,
		     struct arena *a)
{
	struct view row;

	if (*at == g->count)
		return false;
	row = view_of(g->bytes.data + g->all[*at].at, g->all[*at].len);
	*rows = g->all[(*at)++].rows;
	return packed_row_take(&row, cells, g->cell_count, a);
}
