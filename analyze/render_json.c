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

enum {
	CHUNK = 16,     /* heads are short: copying whole chunks takes no call */
	SHORT_MAX = 64, /* of values: most are no longer, and find room at once */
};

/* What stands before a value of a row. */
struct json_head {
	size_t column;
	size_t at, end; /* in `text` */
};

struct json_heads {
	struct buf text;
	struct json_head *heads; /* of the columns with a key; owned */
	size_t count, cap;
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
	free(heads->heads);
	free(heads);
}

static void add_head(struct json_heads *h, size_t column, const char *key, const char *before)
{
	void *heads = h->heads;
	size_t at = h->count ? h->heads[h->count - 1].end : 0;

	if (!array_grow(&heads, &h->cap, h->count + 1, sizeof(*h->heads)))
		h->text.is_failed = true;
	h->heads = heads;
	put_cstring(&h->text, before);
	put_key(&h->text, key);
	if (!h->text.is_failed)
		h->heads[h->count++] = (struct json_head){column, at, h->text.len};
}

/* What stands before each value of a row is spelled once. */
static void json_begin(struct renderer *r)
{
	struct json_heads *h = r->heads;
	const char *before = "{";

	buf_clear(&h->text);
	h->count = 0;
	if (r->opt.tape) {
		put_cstring(&h->text, "{\"tape\":");
		escape_json(view_of(r->opt.tape, strlen(r->opt.tape)), &h->text);
		before = ",";
	}
	for (size_t i = 0; i < r->table->column_count; i++)
		if (r->table->columns[i].key) {
			add_head(h, i, r->table->columns[i].key, before);
			before = ",";
		}
	if (!buf_reserve(&h->text, CHUNK)) { /* to be copied with the last one */
		render_starve(r);
		r->table = NULL;
	}
}

static char *put_short_text(char *p, struct view text)
{
	size_t len = view_len(text);

	*p++ = '"';
	if (len)
		memcpy(p, text.p, len);
	p += len;
	*p++ = '"';
	return p;
}

/* Write a value where SHORT_MAX bytes are free; returns the end, or NULL if it may be longer. */
static char *put_short(char *p, const struct cell *cell)
{
	switch (cell->kind) {
	case CELL_NULL:
		memcpy(p, "null", 4);
		return p + 4;
	case CELL_UINT:
		return digits_decimal(p, (uint64_t)cell->num);
	case CELL_BOOL:
		memcpy(p, cell->num ? "true" : "fals", 4);
		p[4] = 'e';
		return p + 4 + !cell->num;
	case CELL_TEXT:
	case CELL_NAME:
		if (view_len(cell->text) > SHORT_MAX - 2 || !escape_is_plain(cell->text))
			return NULL;
		return put_short_text(p, cell->text);
	default:
		return NULL;
	}
}

static void put_cell(struct buf *out, const struct view head, const struct cell *cell)
{
	size_t len = view_len(head);
	char *start, *end;

	if (!buf_reserve(out, len + CHUNK + SHORT_MAX))
		return;
	start = (char *)out->data + out->len;
	for (size_t at = 0; at < len; at += CHUNK)
		memcpy(start + at, head.p + at, CHUNK);
	end = put_short(start + len, cell);
	out->len += end ? (size_t)(end - start) : len;
	if (!end)
		put_value(out, cell, 0);
}

static void json_row(struct renderer *r, const struct cell *cells)
{
	const struct json_heads *h = r->heads;

	for (const struct json_head *head = h->heads; head < h->heads + h->count; head++)
		put_cell(&r->line, view_of(h->text.data + head->at, head->end - head->at),
			 &cells[head->column]);
	put_cstring(&r->line, h->count ? "}\n" : "{}\n");
	render_end_line(r);
}

const struct render_ops render_json_ops = {.begin = json_begin, .row = json_row};
