/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * render_json.c -- JSON Lines: one object a row, keys in column order, integers exact
 * to 64 bits, null for what is unknown.
 */
#include <string.h>

#include "analyze/escape.h"
#include "analyze/render_ops.h"

/* Views nest two deep; the bound keeps the recursion honest. */
enum { DEPTH_MAX = 8 };

static void put_key(struct buf *out, const char *key)
{
	escape_json(view_of(key, strlen(key)), out);
	put_u8(out, ':');
}

static void put_int(struct buf *out, int64_t v)
{
	if (v < 0)
		put_u8(out, '-');
	put_decimal(out, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

static void put_hex(struct buf *out, uint64_t v)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "\"0x%llx\"", (unsigned long long)v);

	put_bytes(out, text, (size_t)len);
}

static void put_value(struct buf *out, const struct cell *cell, int depth);

static void put_items(struct buf *out, const struct cell *cell, int depth)
{
	bool is_object = cell->kind == CELL_OBJECT;

	put_u8(out, is_object ? '{' : '[');
	for (size_t i = 0; i < cell->item_count && depth < DEPTH_MAX; i++) {
		if (i)
			put_u8(out, ',');
		if (is_object)
			put_key(out, cell->items[i].key);
		put_value(out, &cell->items[i].cell, depth + 1);
	}
	put_u8(out, is_object ? '}' : ']');
}

static void put_value(struct buf *out, const struct cell *cell, int depth)
{
	switch (cell->kind) {
	case CELL_NULL:
		put_cstring(out, "null");
		return;
	case CELL_INT:
		put_int(out, cell->num);
		return;
	case CELL_UINT:
		put_decimal(out, (uint64_t)cell->num);
		return;
	case CELL_HEX:
		put_hex(out, (uint64_t)cell->num);
		return;
	case CELL_BOOL:
		put_cstring(out, cell->num ? "true" : "false");
		return;
	case CELL_TEXT:
	case CELL_NAME:
		escape_json(cell->text, out);
		return;
	case CELL_OBJECT:
	case CELL_LIST:
		put_items(out, cell, depth);
		return;
	}
}

void json_put_cell(struct buf *out, const struct cell *cell)
{
	put_value(out, cell, 0);
}

static void json_row(struct renderer *r, const struct cell *cells)
{
	const char *before = "{";

	if (r->opt.tape) {
		put_cstring(&r->line, "{\"tape\":");
		escape_json(view_of(r->opt.tape, strlen(r->opt.tape)), &r->line);
		before = ",";
	}
	for (size_t i = 0; i < r->table->column_count; i++) {
		if (!r->table->columns[i].key)
			continue;
		put_cstring(&r->line, before);
		put_key(&r->line, r->table->columns[i].key);
		put_value(&r->line, &cells[i], 0);
		before = ",";
	}
	put_cstring(&r->line, "}\n");
	render_flush_line(r);
}

const struct render_ops render_json_ops = {.row = json_row};
