/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* packed_row.c -- a byte for the kind, then the value. */
#include "analyze/packed_row.h"

#include <string.h>

enum { DEPTH_MAX = 8 };

static void put_cell(struct buf *out, const struct cell *c, int depth)
{
	bool is_nested = c->kind == CELL_OBJECT || c->kind == CELL_LIST;

	if (is_nested && depth == DEPTH_MAX) {
		put_u8(out, CELL_NULL);
		return;
	}
	put_u8(out, (uint8_t)c->kind);
	if (c->kind == CELL_NULL)
		return;
	if (!is_nested) {
		if (c->kind != CELL_TEXT)
			put_varint(out, zigzag(c->num));
		if (c->kind == CELL_TEXT || c->kind == CELL_NAME)
			put_string(out, c->text.p, view_len(c->text));
		return;
	}
	put_varint(out, c->item_count);
	for (size_t i = 0; i < c->item_count; i++) {
		const char *key = c->items[i].key;

		put_string(out, key ? key : "", key ? strlen(key) + 1 : 0); /* with its NUL */
		put_cell(out, &c->items[i].cell, depth + 1);
	}
}

void packed_row_put(struct buf *out, const struct cell *cells, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put_cell(out, &cells[i], 0);
}

static bool take_cell(struct view *in, struct cell *c, struct arena *a, int depth)
{
	struct member *items;
	uint64_t v;
	uint8_t kind;

	if (!take_u8(in, &kind))
		return false;
	*c = (struct cell){.kind = (enum cell_kind)kind};
	if (kind == CELL_NULL)
		return true;
	if (kind == CELL_TEXT)
		return take_string(in, &c->text);
	if (!take_varint(in, &v))
		return false;
	if (kind != CELL_OBJECT && kind != CELL_LIST) {
		c->num = unzigzag(v);
		return kind != CELL_NAME || take_string(in, &c->text);
	}
	items = arena_take_array(a, v, sizeof(*items));
	if (!items || depth == DEPTH_MAX)
		return false;
	for (size_t i = 0; i < v; i++) {
		struct view key;

		if (!take_string(in, &key) || !take_cell(in, &items[i].cell, a, depth + 1))
			return false;
		items[i].key = view_len(key) ? (const char *)key.p : NULL;
	}
	c->items = items;
	c->item_count = v;
	return true;
}

bool packed_row_take(struct view *in, struct cell *cells, size_t count, struct arena *a)
{
	for (size_t i = 0; i < count; i++)
		if (!take_cell(in, &cells[i], a, 0))
			return false;
	return true;
}
