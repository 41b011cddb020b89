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

enum {
	SHORT_MAX = 64, /* of values: most are no longer, and find room at once */
	NULL_LEN = 4,
	CHUNK = 32, /* what stands before a value is short: copying whole chunks takes no call */
};

/* Copy words, of which most are of 8 to 16 bytes, without a call. */
static ALWAYS_INLINE void put_own(char *p, const uint8_t *text, size_t len)
{
	if (len >= 8 && len <= 16) {
		memcpy(p, text, 8);
		memcpy(p + len - 8, text + len - 8, 8);
	} else {
		memcpy(p, text, len);
	}
}

/* A text of which nothing is to be escaped, where SHORT_MAX bytes are free: returns the end, or
 * NULL if it is another. */
static ALWAYS_INLINE char *put_short_text(char *p, struct view text, bool is_own)
{
	size_t len = view_len(text);

	if (len > SHORT_MAX - 2 || (!is_own && !escape_copy(text, p + 1)))
		return NULL;
	if (is_own)
		put_own(p + 1, text.p, len);
	p[0] = p[len + 1] = '"';
	return p + len + 2;
}

static char *put_digits(char *p, uint64_t v)
{
	*p = (char)('0' + v);
	return v < 10 ? p + 1 : digits_decimal(p, v);
}

/* Write a value where SHORT_MAX bytes are free; returns the end, or NULL if it may be longer. */
static ALWAYS_INLINE char *put_short(char *p, const struct cell *cell)
{
	switch (cell->kind) {
	case CELL_NULL:
		memcpy(p, "null", NULL_LEN);
		return p + NULL_LEN;
	case CELL_INT:
		if (cell->num < 0)
			return NULL;
		/* fall through */
	case CELL_UINT:
		return put_digits(p, (uint64_t)cell->num);
	case CELL_BOOL:
		memcpy(p, cell->num ? "true" : "fals", 4);
		p[4] = 'e';
		return p + 4 + !cell->num;
	case CELL_TEXT:
	case CELL_NAME:
		return put_short_text(p, cell->text, cell->is_own);
	default:
		return NULL;
	}
}

static void put_text(struct buf *out, struct view text)
{
	char *end = buf_reserve(out, SHORT_MAX)
			    ? put_short_text((char *)out->data + out->len, text, false)
			    : NULL;

	if (end)
		out->len = (size_t)(end - (char *)out->data);
	else
		escape_json(text, out);
}

static void put_key(struct buf *out, const char *key)
{
	put_text(out, view_of(key, strlen(key)));
	put_u8(out, ':');
}

static void put_negative(struct buf *out, int64_t v)
{
	put_u8(out, '-');
	digits_put(out, 0 - (uint64_t)v);
}

static void put_hex(struct buf *out, uint64_t v)
{
	char text[DIGITS_MAX + 4] = "\"0x", *end = digits_hex(text + 3, v);

	*end++ = '"';
	put_bytes(out, text, (size_t)(end - text));
}

static void put_value(struct buf *out, const struct cell *cell, int depth);

/* Write key and value where twice SHORT_MAX bytes are free; returns the end, or NULL if they may be
 * longer. */
static char *put_short_member(char *p, const struct member *m)
{
	p = put_short_text(p, view_of(m->key, strlen(m->key)), false);
	if (!p)
		return NULL;
	*p++ = ':';
	return put_short(p, &m->cell);
}

static void put_member(struct buf *out, const struct member *m, int depth)
{
	char *end = buf_reserve(out, 2 * SHORT_MAX)
			    ? put_short_member((char *)out->data + out->len, m)
			    : NULL;

	if (end) {
		out->len = (size_t)(end - (char *)out->data);
		return;
	}
	put_key(out, m->key);
	put_value(out, &m->cell, depth);
}

static void put_items(struct buf *out, const struct cell *cell, int depth)
{
	bool is_object = cell->kind == CELL_OBJECT;

	put_u8(out, is_object ? '{' : '[');
	for (size_t i = 0; i < cell->item_count && depth < DEPTH_MAX; i++) {
		if (i)
			put_u8(out, ',');
		if (is_object)
			put_member(out, &cell->items[i], depth + 1);
		else
			put_value(out, &cell->items[i].cell, depth + 1);
	}
	put_u8(out, is_object ? '}' : ']');
}

/* What put_short() leaves. */
static void put_long(struct buf *out, const struct cell *cell, int depth)
{
	switch (cell->kind) {
	case CELL_INT:
		put_negative(out, cell->num);
		return;
	case CELL_HEX:
		put_hex(out, (uint64_t)cell->num);
		return;
	case CELL_OBJECT:
	case CELL_LIST:
		put_items(out, cell, depth);
		return;
	default:
		escape_json(cell->text, out);
	}
}

static void put_value(struct buf *out, const struct cell *cell, int depth)
{
	char *end;

	if (!buf_reserve(out, SHORT_MAX))
		return;
	end = put_short((char *)out->data + out->len, cell);
	if (end)
		out->len = (size_t)(end - (char *)out->data);
	else
		put_long(out, cell, depth);
}

void json_put_cell(struct buf *out, const struct cell *cell)
{
	put_value(out, cell, 0);
}

/* What stands before a value of a row; behind it in `text`, the value null. */
struct json_head {
	size_t column;
	size_t at, len; /* in `text` */
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
	size_t at = h->count ? h->text.len : 0; /* the first has the tape before it */

	if (!array_grow(&heads, &h->cap, h->count + 1, sizeof(*h->heads)))
		h->text.is_failed = true;
	h->heads = heads;
	put_cstring(&h->text, before);
	put_key(&h->text, key);
	if (!h->text.is_failed)
		h->heads[h->count++] = (struct json_head){column, at, h->text.len - at};
	put_cstring(&h->text, "null");
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
		output_starve(&r->out);
		r->table = NULL;
	}
}

/* Where all that a row still can have finds room, but for long values; NULL without memory. */
static char *find_room(struct buf *out, const struct json_heads *h)
{
	return buf_reserve(out, h->text.len + CHUNK + (h->count + 1) * SHORT_MAX)
		       ? (char *)out->data + out->len
		       : NULL;
}

static ALWAYS_INLINE char *put_head(char *p, const char *head, size_t len)
{
	size_t at = 0;

	do {
		memcpy(p + at, head + at, CHUNK);
		at += CHUNK;
	} while (at < len + NULL_LEN);
	return p + len;
}

static void json_row(struct renderer *r, const struct cell *cells)
{
	const struct json_heads *h = r->heads;
	const struct json_head *head = h->heads, *end = head + h->count;
	const char *text = (const char *)h->text.data;
	struct buf *out = &r->out.line;
	char *p = find_room(out, h), *next;

	if (p && !h->count)
		*p++ = '{'; /* heads begin with it */
	for (; p && head < end; head++, p = next) {
		const struct cell *cell = &cells[head->column];

		p = put_head(p, text + head->at, head->len);
		next = cell->kind == CELL_NULL ? p + NULL_LEN : put_short(p, cell);
		if (!next) {
			out->len = (size_t)(p - (char *)out->data);
			put_long(out, cell, 0);
			next = find_room(out, h);
		}
	}
	if (p) {
		memcpy(p, "}\n", 2);
		out->len = (size_t)(p + 2 - (char *)out->data);
	}
	output_end_line(&r->out);
}

const struct render_ops render_json_ops = {.begin = json_begin, .row = json_row};
