/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * render_csv.c -- RFC 4180 with line feeds: a head of column keys, then a line a row.
 * What is unknown is an empty field; nested values are JSON in one field.
 */
#include <string.h>

#include "analyze/escape.h"
#include "analyze/render_ops.h"

static void put_nested(struct buf *out, const struct cell *cell)
{
	struct buf json = {0};

	json_put_cell(&json, cell);
	if (json.is_failed)
		out->is_failed = true;
	put_u8(out, '"');
	for (size_t i = 0; i < json.len; i++) {
		if (json.data[i] == '"')
			put_u8(out, '"');
		put_u8(out, json.data[i]);
	}
	put_u8(out, '"');
	buf_release(&json);
}

static void put_field(struct buf *out, const struct cell *cell)
{
	char hex[24];

	switch (cell->kind) {
	case CELL_NULL:
		return;
	case CELL_INT:
	case CELL_UINT:
	case CELL_BOOL:
		json_put_cell(out, cell);
		return;
	case CELL_HEX:
		snprintf(hex, sizeof(hex), "0x%llx", (unsigned long long)cell->num);
		put_cstring(out, hex);
		return;
	case CELL_TEXT:
	case CELL_NAME:
		escape_csv(cell->text, out);
		return;
	case CELL_OBJECT:
	case CELL_LIST:
		put_nested(out, cell);
		return;
	}
}

/* The head is printed once for a run of tables of the same kind. */
static void csv_begin(struct renderer *r)
{
	const char *before = "";

	if (r->last == r->table)
		return;
	if (r->opt.tape) {
		put_cstring(&r->out.line, "tape");
		before = ",";
	}
	for (size_t i = 0; i < r->table->column_count; i++) {
		const char *key = r->table->columns[i].key;

		if (!key)
			continue;
		put_cstring(&r->out.line, before);
		escape_csv(view_of(key, strlen(key)), &r->out.line);
		before = ",";
	}
	put_u8(&r->out.line, '\n');
	output_end_line(&r->out);
}

static void csv_row(struct renderer *r, const struct cell *cells)
{
	const char *before = "";

	if (r->opt.tape) {
		escape_csv(view_of(r->opt.tape, strlen(r->opt.tape)), &r->out.line);
		before = ",";
	}
	for (size_t i = 0; i < r->table->column_count; i++) {
		if (!r->table->columns[i].key)
			continue;
		put_cstring(&r->out.line, before);
		put_field(&r->out.line, &cells[i]);
		before = ",";
	}
	put_u8(&r->out.line, '\n');
	output_end_line(&r->out);
}

const struct render_ops render_csv_ops = {.begin = csv_begin, .row = csv_row};
