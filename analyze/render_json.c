/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * render_json.c -- JSON Lines: one object a row, keys in column order, integers exact
 * to 64 bits, null for what is unknown.
 */
#include <stdlib.h>
#include <string.h>

#include "analyze/digits.h"
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
	char text[DIGITS_MAX + 4] = "\"0x", *end = digits_hex(text + 3, v);

	*end++ = '"';
	put_bytes(out, text, (size_t)(end - text));
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

enum { CHUNK = 16 }; /* heads are short: copying whole chunks takes no call */

struct json_heads {
	struct buf text;
	size_t *ends; /* [column]; of a column without key, that of the one before */
	size_t cap;
};

struct json_heads *json_heads_new(void)
{
	return calloc(1, sizeof(struct json_heads));
}

void json_heads_free(struct json_heads *heads)
{
	if (!heads)
		return;
	buf_release(&heads->text);
	free(heads->ends);
	free(heads);
}

/* What stands before each value of a row is spelled once. */
static void json_begin(struct renderer *r)
{
	struct json_heads *h = r->heads;
	const char *before = "{";

	buf_clear(&h->text);
	if (r->opt.tape) {
		put_cstring(&h->text, "{\"tape\":");
		escape_json(view_of(r->opt.tape, strlen(r->opt.tape)), &h->text);
		before = ",";
	}
	if (!array_grow((void **)&h->ends, &h->cap, r->table->column_count, sizeof(*h->ends)))
		h->text.is_failed = true;
	for (size_t i = 0; i < r->table->column_count && !h->text.is_failed; i++) {
		if (r->table->columns[i].key) {
			put_cstring(&h->text, before);
			put_key(&h->text, r->table->columns[i].key);
			before = ",";
		}
		h->ends[i] = h->text.len;
	}
	if (!buf_reserve(&h->text, CHUNK)) { /* to be copied with the last one */
		render_starve(r);
		r->table = NULL;
	}
}

static void put_head(struct buf *out, const struct json_heads *h, size_t from, size_t to)
{
	if (!buf_reserve(out, to - from + CHUNK))
		return;
	for (size_t at = 0; at < to - from; at += CHUNK)
		memcpy(out->data + out->len + at, h->text.data + from + at, CHUNK);
	out->len += to - from;
}

static void json_row(struct renderer *r, const struct cell *cells)
{
	const struct json_heads *h = r->heads;
	size_t at = 0;

	for (size_t i = 0; i < r->table->column_count; i++) {
		if (!r->table->columns[i].key)
			continue;
		put_head(&r->line, h, at, h->ends[i]);
		put_value(&r->line, &cells[i], 0);
		at = h->ends[i];
	}
	put_cstring(&r->line, at ? "}\n" : "{}\n");
	render_end_line(r);
}

const struct render_ops render_json_ops = {.begin = json_begin, .row = json_row};
