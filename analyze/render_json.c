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
	ITEM_MAX = 2 * SHORT_MAX + 2,
	NULL_LEN = 4,
	CHUNK = 32, /* what stands between values is short: copying whole chunks takes no call */
};

/* Copy words, of which most are of 4 to 16 bytes, without a call. */
static ALWAYS_INLINE void put_own(char *p, const uint8_t *text, size_t len)
{
	if (len >= 8 && len <= 16) {
		memcpy(p, text, 8);
		memcpy(p + len - 8, text + len - 8, 8);
	} else if (len >= 4 && len < 8) {
		memcpy(p, text, 4);
		memcpy(p + len - 4, text + len - 4, 4);
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

static ALWAYS_INLINE char *put_digits(char *p, uint64_t v)
{
	*p = (char)('0' + v);
	return v < 10 ? p + 1 : digits_decimal(p, v);
}

/* Write a value where SHORT_MAX bytes are free; returns the end, or NULL if it may be longer. */
static ALWAYS_INLINE char *put_short(char *p, const struct cell *cell)
{
	if (cell->kind == CELL_UINT) /* as most are */
		return put_digits(p, (uint64_t)cell->num);
	switch (cell->kind) {
	case CELL_NULL:
		memcpy(p, "null", NULL_LEN);
		return p + NULL_LEN;
	case CELL_INT:
		return cell->num < 0 ? NULL : put_digits(p, (uint64_t)cell->num);
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

/* Write key, value and a comma where ITEM_MAX bytes are free; returns the end, or NULL if they may
 * be longer. */
static ALWAYS_INLINE char *put_short_item(char *p, const struct member *m, bool has_key)
{
	if (has_key) {
		p = put_short_text(p, view_of(m->key, strlen(m->key)), m->cell.is_own);
		if (!p)
			return NULL;
		*p++ = ':';
	}
	p = put_short(p, &m->cell);
	if (p)
		*p++ = ',';
	return p;
}

static void put_item(struct buf *out, const struct member *m, bool has_key, int depth)
{
	char *end = buf_reserve(out, ITEM_MAX)
			    ? put_short_item((char *)out->data + out->len, m, has_key)
			    : NULL;

	if (end) {
		out->len = (size_t)(end - (char *)out->data);
		return;
	}
	if (has_key)
		put_key(out, m->key);
	put_value(out, &m->cell, depth);
	put_u8(out, ',');
}

static void put_items(struct buf *out, const struct cell *cell, int depth)
{
	bool is_object = cell->kind == CELL_OBJECT;
	size_t count = depth < DEPTH_MAX ? cell->item_count : 0;

	put_u8(out, is_object ? '{' : '[');
	for (size_t i = 0; i < count; i++)
		put_item(out, &cell->items[i], is_object, depth + 1);
	if (count && !out->is_failed)
		out->len--; /* the last comma */
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

/* A row of nothing but nulls, and where in it each of them is. */
struct json_blank {
	struct buf row;
	size_t *nulls; /* of each column, in `row`; 0: it has no key; owned */
	size_t cap;
};

struct json_blank *json_blank_new(void)
{
	return calloc(1, sizeof(struct json_blank));
}

void json_blank_free(struct json_blank *blank)
{
	if (!blank)
		return;
	buf_release(&blank->row);
	free(blank->nulls);
	free(blank);
}

/* Spell what all rows have in common. */
static void spell_row(struct json_blank *b, const struct table *t, const char *tape)
{
	const char *before = "";

	put_u8(&b->row, '{');
	if (tape) {
		put_key(&b->row, "tape");
		escape_json(view_of(tape, strlen(tape)), &b->row);
		before = ",";
	}
	for (size_t i = 0; i < t->column_count; i++) {
		b->nulls[i] = 0;
		if (!t->columns[i].key)
			continue;
		put_cstring(&b->row, before);
		put_key(&b->row, t->columns[i].key);
		b->nulls[i] = b->row.len;
		put_cstring(&b->row, "null");
		before = ",";
	}
	put_cstring(&b->row, "}\n");
}

static void json_begin(struct renderer *r)
{
	struct json_blank *b = r->blank;
	void *nulls = b->nulls;
	bool has_room = array_grow(&nulls, &b->cap, r->table->column_count, sizeof(*b->nulls));

	b->nulls = nulls;
	buf_clear(&b->row);
	if (has_room)
		spell_row(b, r->table, r->opt.tape);
	if (!has_room || !buf_reserve(&b->row, CHUNK)) { /* to be copied with the last ones */
		output_starve(&r->out);
		r->table = NULL;
	}
}

/* Where all that a row still can have finds room, but for long values; NULL without memory. */
static char *find_room(struct renderer *r)
{
	struct buf *out = &r->out.line;
	size_t most = r->blank->row.len + CHUNK + r->table->column_count * SHORT_MAX;

	return buf_reserve(out, most) ? (char *)out->data + out->len : NULL;
}

/* Copy what stands before the next value, and some bytes behind it. */
static ALWAYS_INLINE char *put_between(char *p, const char *from, size_t len)
{
	size_t at = 0;

	do {
		memcpy(p + at, from + at, CHUNK);
		at += CHUNK;
	} while (at < len);
	return p + len;
}

static void json_row(struct renderer *r, const struct cell *cells)
{
	const size_t *nulls = r->blank->nulls;
	const char *row = (const char *)r->blank->row.data;
	struct buf *out = &r->out.line;
	size_t count = r->table->column_count, at = 0; /* of `row` that is copied */
	char *p = find_room(r), *next;

	for (size_t i = 0; p && i < count; i++) {
		if (cells[i].kind == CELL_NULL || !nulls[i])
			continue;
		p = put_between(p, row + at, nulls[i] - at);
		at = nulls[i] + NULL_LEN;
		next = put_short(p, &cells[i]);
		if (!next) {
			out->len = (size_t)(p - (char *)out->data);
			put_long(out, &cells[i], 0);
			next = find_room(r);
		}
		p = next;
	}
	if (p) {
		p = put_between(p, row + at, r->blank->row.len - at);
		out->len = (size_t)(p - (char *)out->data);
	}
	output_end_line(&r->out);
}

const struct render_ops render_json_ops = {.begin = json_begin, .row = json_row};
