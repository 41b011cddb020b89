/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_cell.c -- numbers in their units, texts escaped, nested values as key=value.
 */
#include "analyze/text_cell.h"

#include <string.h>

#include "analyze/escape.h"
#include "analyze/render_ops.h"
#include "analyze/units.h"

enum { DEPTH_MAX = 8 };

static int64_t nanoseconds(uint64_t us)
{
	return us < INT64_MAX / 1000 ? (int64_t)us * 1000 : INT64_MAX;
}

static void put_number(struct buf *out, const struct cell *cell, enum unit unit, uint64_t origin_ns)
{
	char text[UNITS_MAX];

	switch (unit) {
	case UNIT_NS:
		put_cstring(out, units_duration(cell->num, text));
		return;
	case UNIT_US:
		put_cstring(out, units_duration(nanoseconds((uint64_t)cell->num), text));
		return;
	case UNIT_TIME:
		put_cstring(out, units_seconds((int64_t)((uint64_t)cell->num - origin_ns), text));
		return;
	case UNIT_BYTES:
		put_cstring(out, units_bytes((uint64_t)cell->num, text));
		return;
	case UNIT_NONE:
		json_put_cell(out, cell);
		return;
	}
}

/* Inside key=value lists a text must show where it ends. */
static void put_quoted(struct buf *out, struct view text)
{
	bool is_plain = view_len(text) != 0;

	for (const uint8_t *p = text.p; p < text.end; p++)
		is_plain = is_plain && *p > ' ' && *p != '"' && *p != '=' && *p != ',';
	if (is_plain)
		escape_text(text, out);
	else
		escape_json(text, out);
}

struct text_form {
	enum unit unit;
	uint64_t origin_ns;
	int depth; /* 0 = the cell itself */
};

static void put_form(struct buf *out, const struct cell *cell, struct text_form form);

static void put_members(struct buf *out, const struct cell *cell, struct text_form form)
{
	bool is_list = cell->kind == CELL_LIST;
	bool has_bounds = form.depth++ > 0;

	if (has_bounds)
		put_u8(out, is_list ? '[' : '{');
	for (size_t i = 0; i < cell->item_count && form.depth <= DEPTH_MAX; i++) {
		if (i)
			put_u8(out, is_list ? ',' : ' ');
		if (!is_list) {
			escape_text(view_of(cell->items[i].key, strlen(cell->items[i].key)), out);
			put_u8(out, '=');
		}
		put_form(out, &cell->items[i].cell, form);
	}
	if (has_bounds)
		put_u8(out, is_list ? ']' : '}');
}

static void put_form(struct buf *out, const struct cell *cell, struct text_form form)
{
	char hex[24];

	switch (cell->kind) {
	case CELL_NULL:
		put_u8(out, '-');
		return;
	case CELL_INT:
	case CELL_UINT:
		put_number(out, cell, form.unit, form.origin_ns);
		return;
	case CELL_HEX:
		snprintf(hex, sizeof(hex), "0x%llx", (unsigned long long)cell->num);
		put_cstring(out, hex);
		return;
	case CELL_BOOL:
		put_cstring(out, cell->num ? "yes" : "no");
		return;
	case CELL_TEXT:
	case CELL_NAME:
		if (cell->is_own && !form.depth)
			put_bytes(out, cell->text.p, view_len(cell->text));
		else if (form.depth)
			put_quoted(out, cell->text);
		else
			escape_text(cell->text, out);
		return;
	case CELL_OBJECT:
	case CELL_LIST:
		put_members(out, cell, form);
		return;
	}
}

void text_cell_put(struct buf *out, const struct cell *cell, enum unit unit, uint64_t origin_ns)
{
	put_form(out, cell, (struct text_form){.unit = unit, .origin_ns = origin_ns});
}
