/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * render_text.c -- aligned columns for people. The first rows of a table wait on a page
 * (text_page.h) until their widths are known; after that rows stream.
 */
#include <stdlib.h>
#include <string.h>

#include "analyze/escape.h"
#include "analyze/render_ops.h"
#include "analyze/text_cell.h"
#include "analyze/text_page.h"

enum {
	WRAP_ROOM = 24,  /* least room for words that wrap beside their row */
	WRAP_INDENT = 8, /* else they stand below it */
	NOTE_INDENT = 2, /* of a note's other lines */
};

#define STYLE_BOLD "\033[1m"
#define STYLE_DIM "\033[2m"
#define STYLE_NONE "\033[0m"

static void put_padding(struct buf *out, size_t count)
{
	if (!count || !buf_reserve(out, count))
		return;
	memset(out->data + out->len, ' ', count);
	out->len += count;
}

static void trim_line(struct renderer *r)
{
	while (r->out.line.len && r->out.line.data[r->out.line.len - 1] == ' ')
		r->out.line.len--;
}

static void end_line(struct renderer *r)
{
	trim_line(r);
	put_u8(&r->out.line, '\n');
	r->page->over = 0;
	output_end_line(&r->out);
}

static size_t put_field(struct renderer *r, size_t column, struct view text, size_t width)
{
	size_t taken = text_page_take(r->page, column, width), padding = taken - width;
	size_t before = text_page_is_right(r->page, column) ? padding : 0;

	put_padding(&r->out.line, before);
	put_bytes(&r->out.line, text.p, view_len(text));
	put_padding(&r->out.line, padding - before);
	return taken;
}

/* As many words, parted by single spaces, as have room; at least one. The rest is what is left. */
static struct view take_words(struct view *text, size_t room)
{
	struct view rest = *text, words = view_of(text->p, 0);

	while (view_len(rest)) {
		const uint8_t *space = memchr(rest.p, ' ', view_len(rest));
		const uint8_t *end = space ? space : rest.end;
		struct view longer = view_of(text->p, (size_t)(end - text->p));

		if (view_len(words) && escape_width(longer) > room)
			break;
		words = longer;
		rest.p = space ? space + 1 : end;
	}
	text->p = words.end < text->end ? words.end + 1 : text->end;
	return words;
}

/* Text from column `at` of the line on, what does not fit below it. */
static void put_wrapped(struct renderer *r, struct view text, size_t at)
{
	size_t room = at < LINE_COLUMNS ? LINE_COLUMNS - at : 0;
	size_t indent = room < WRAP_ROOM ? WRAP_INDENT : at;

	if (escape_width(text) <= room) {
		put_bytes(&r->out.line, text.p, view_len(text));
		return;
	}
	for (bool is_below = indent != at; view_len(text); is_below = true) {
		struct view words = take_words(&text, LINE_COLUMNS - indent);

		if (is_below) {
			end_line(r);
			put_padding(&r->out.line, indent);
		}
		put_bytes(&r->out.line, words.p, view_len(words));
	}
}

static void print_styled(struct renderer *r, const char *style, struct view text)
{
	if (r->opt.use_colour)
		put_cstring(&r->out.line, style);
	escape_text(text, &r->out.line);
	if (r->opt.use_colour)
		put_cstring(&r->out.line, STYLE_NONE);
	end_line(r);
}

static void print_note(struct renderer *r, struct view text)
{
	size_t indent = 0;

	do {
		put_padding(&r->out.line, indent);
		print_styled(r, STYLE_DIM, take_words(&text, LINE_COLUMNS - indent));
		indent = NOTE_INDENT;
	} while (view_len(text));
}

/* A page of labels and values has columns, but nothing to say about them. */
static bool table_has_titles(const struct table *t)
{
	for (size_t i = 0; i < t->column_count; i++)
		if (t->columns[i].title && t->columns[i].title[0])
			return true;
	return false;
}

static void print_titles(struct renderer *r)
{
	const char *before = r->opt.use_colour ? STYLE_BOLD : "";

	if (r->page->has_titles)
		return;
	r->page->has_titles = true;
	if (!table_has_titles(r->table))
		return;
	for (size_t i = 0; i < r->table->column_count; i++) {
		const char *title = r->table->columns[i].title;

		if (!title)
			continue;
		put_cstring(&r->out.line, before);
		put_field(r, i, view_of(title, strlen(title)),
			  escape_width(view_of(title, strlen(title))));
		before = r->page->gap == 1 ? " " : "  ";
	}
	trim_line(r);
	if (r->opt.use_colour)
		put_cstring(&r->out.line, STYLE_NONE);
	end_line(r);
}

static void print_row(struct renderer *r, const struct text_piece *pieces)
{
	size_t gap = 0, at = 0;

	for (size_t i = 0; i < r->table->column_count; i++) {
		const struct column *c = &r->table->columns[i];
		struct view text;

		if (!column_is_shown(c))
			continue;
		text = text_page_text(r->page, *pieces);
		put_padding(&r->out.line, gap);
		at += gap;
		if (!c->wraps) {
			at += put_field(r, i, text, pieces->width);
		} else {
			put_wrapped(r, text, at);
			at += text_page_take(r->page, i, pieces->width);
		}
		gap = r->page->gap;
		pieces++;
	}
	end_line(r);
}

static void print_entries(struct renderer *r)
{
	struct text_page *page = r->page;
	bool has_rows = false;

	for (size_t i = 0; i < page->entry_count && !has_rows; i++)
		has_rows = !page->entries[i].is_note;
	if (has_rows)
		print_titles(r);
	for (size_t i = 0; i < page->entry_count; i++) {
		const struct text_piece *first = &page->pieces[page->entries[i].first_piece];

		if (page->entries[i].is_note) {
			print_note(r, text_page_text(page, *first));
			continue;
		}
		print_row(r, first);
	}
	text_page_clear(page);
}

/* ---- rows whose widths are known ---- */

/* Put the cell where its field begins, and move it if it ends there. Returns how wide it is. */
static size_t put_cell(struct renderer *r, size_t column, const struct cell *cell)
{
	size_t begin = r->out.line.len, len, width, taken;
	uint8_t *field;

	text_page_see(r->page, column, cell);
	text_cell_put(&r->out.line, cell, r->table->columns[column].unit, r->opt.origin_ns);
	len = r->out.line.len - begin;
	width = len ? escape_width(view_of(r->out.line.data + begin, len)) : 0;
	taken = text_page_take(r->page, column, width);
	put_padding(&r->out.line, taken - width);
	if (taken > width && !r->out.line.is_failed && text_page_is_right(r->page, column)) {
		field = r->out.line.data + begin;
		memmove(field + taken - width, field, len);
		memset(field, ' ', taken - width);
	}
	return taken;
}

/* Lines that wrap may be written out meanwhile: the text must lie elsewhere. */
static size_t put_words(struct renderer *r, size_t column, const struct cell *cell, size_t at)
{
	struct buf *text = &r->page->text;
	struct view words;

	buf_clear(text);
	text_cell_put(text, cell, r->table->columns[column].unit, r->opt.origin_ns);
	words = text_page_text(r->page, (struct text_piece){.len = text->len});
	put_wrapped(r, words, at);
	return text_page_take(r->page, column, escape_width(words));
}

static void put_row(struct renderer *r, const struct cell *cells)
{
	size_t gap = 0, at = 0;

	print_titles(r);
	for (size_t i = 0; i < r->table->column_count; i++) {
		const struct column *c = &r->table->columns[i];

		if (!column_is_shown(c))
			continue;
		put_padding(&r->out.line, gap);
		at += gap;
		at += c->wraps ? put_words(r, i, &cells[i], at) : put_cell(r, i, &cells[i]);
		gap = r->page->gap;
	}
	end_line(r);
	if (r->page->text.is_failed)
		output_starve(&r->out);
}

static void text_begin(struct renderer *r)
{
	r->page->has_titles = false;
	if (text_page_begin(r->page, r->table, r->opt.is_live))
		return;
	output_starve(&r->out);
	r->table = NULL;
}

static void print_if_ready(struct renderer *r)
{
	if (!r->page->is_settled && text_page_is_full(r->page))
		text_page_settle(r->page);
	if (r->page->is_settled)
		print_entries(r);
}

static void text_row(struct renderer *r, const struct cell *cells)
{
	if (r->table && r->page->is_settled) {
		put_row(r, cells);
		return;
	}
	if (!r->table || !text_page_add_row(r->page, cells, r->opt.origin_ns)) {
		output_starve(&r->out);
		return;
	}
	print_if_ready(r);
}

static void text_note(struct renderer *r, const char *text)
{
	if (!text_page_add_note(r->page, text)) {
		output_starve(&r->out);
		return;
	}
	if (r->table)
		print_if_ready(r);
	else
		print_entries(r);
}

static void text_heading(struct renderer *r, const char *text)
{
	if (r->out.has_printed)
		end_line(r);
	if (*text)
		print_styled(r, STYLE_BOLD, view_of(text, strlen(text)));
}

static void text_finish(struct renderer *r)
{
	if (!r->table)
		return;
	if (!r->page->is_settled)
		text_page_settle(r->page);
	print_entries(r);
}

const struct render_ops render_text_ops = {
	.begin = text_begin,
	.row = text_row,
	.note = text_note,
	.heading = text_heading,
	.finish = text_finish,
};
