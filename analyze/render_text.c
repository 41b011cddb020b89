/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * render_text.c -- aligned columns for people. The first rows of a table wait on a page
 * until their widths are known; after that the widths are fixed and rows stream.
 */
#include <stdlib.h>
#include <string.h>

#include "analyze/escape.h"
#include "analyze/render_ops.h"
#include "analyze/text_cell.h"

enum {
	PAGE_ROWS = 200,
	PAGE_BYTES = 1 << 20,
	LINE_COLUMNS = 100, /* beyond it, columns stand closer, and words wrap */
	FEW = 4,            /* one of so many fields may be too wide for its column */
	WRAP_ROOM = 24,     /* least room for words that wrap beside their row */
	WRAP_INDENT = 8,    /* else they stand below it */
	NOTE_INDENT = 2,    /* of a note's other lines */
};

#define STYLE_BOLD "\033[1m"
#define STYLE_DIM "\033[2m"
#define STYLE_NONE "\033[0m"

/* A string in page->text. */
struct piece {
	size_t at, len, width;
};

/* What waits: a row of one piece per shown column, or a note. */
struct entry {
	size_t first_piece;
	bool is_note;
};

struct text_page {
	struct buf text;
	struct piece *pieces;
	size_t piece_count, piece_cap;
	struct entry *entries;
	size_t entry_count, entry_cap;
	size_t *widths; /* by column; 0 = not shown */
	size_t width_cap;
	bool *has_words; /* by column: one of its cells is no number; owned */
	size_t has_words_cap;
	size_t gap;      /* spaces between columns: 1 or 2 */
	size_t over;     /* columns that the line's fields so far took beyond their widths */
	bool has_titles; /* printed for this table */
	bool is_settled; /* widths are fixed */
};

struct text_page *text_page_new(void)
{
	return calloc(1, sizeof(struct text_page));
}

void text_page_free(struct text_page *page)
{
	if (!page)
		return;
	buf_release(&page->text);
	free(page->pieces);
	free(page->entries);
	free(page->widths);
	free(page->has_words);
	free(page);
}

/* Nothing may have been put yet: no memory, then. */
static struct view page_text(const struct text_page *page, size_t at, size_t len)
{
	return len ? view_of(page->text.data + at, len) : (struct view){0};
}

static void page_clear(struct text_page *page)
{
	buf_clear(&page->text);
	page->piece_count = 0;
	page->entry_count = 0;
}

static bool is_shown(const struct column *column)
{
	return column->title != NULL;
}

/* ---- lines ---- */

static void put_padding(struct buf *out, size_t count)
{
	if (!count || !buf_reserve(out, count))
		return;
	memset(out->data + out->len, ' ', count);
	out->len += count;
}

static void end_line(struct renderer *r)
{
	while (r->out.line.len && r->out.line.data[r->out.line.len - 1] == ' ')
		r->out.line.len--;
	put_u8(&r->out.line, '\n');
	r->page->over = 0;
	output_end_line(&r->out);
}

static bool is_right(const struct renderer *r, size_t column)
{
	enum align align = r->table->columns[column].align;

	return align == ALIGN_RIGHT || (align == ALIGN_BY_VALUE && !r->page->has_words[column]);
}

/* Returns how many columns a field this wide takes. Those behind one that is too wide for its
 * column are the narrower for it, where they have padding. */
static size_t take_room(struct text_page *page, size_t column, size_t width)
{
	size_t all = page->widths[column], room = all > page->over ? all - page->over : 0;
	size_t taken = width > room ? width : room;

	page->over += taken - all;
	return taken;
}

static size_t put_field(struct renderer *r, size_t column, struct view text, size_t width)
{
	size_t taken = take_room(r->page, column, width), padding = taken - width;
	size_t before = is_right(r, column) ? padding : 0;

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
	if (r->opt.use_colour)
		put_cstring(&r->out.line, STYLE_NONE);
	end_line(r);
}

static void print_row(struct renderer *r, const struct piece *pieces)
{
	size_t gap = 0, at = 0;

	for (size_t i = 0; i < r->table->column_count; i++) {
		const struct column *c = &r->table->columns[i];
		struct view text;

		if (!is_shown(c))
			continue;
		text = page_text(r->page, pieces->at, pieces->len);
		put_padding(&r->out.line, gap);
		at += gap;
		if (!c->wraps) {
			at += put_field(r, i, text, pieces->width);
		} else {
			put_wrapped(r, text, at);
			at += take_room(r->page, i, pieces->width);
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
		const struct piece *first = &page->pieces[page->entries[i].first_piece];

		if (page->entries[i].is_note) {
			print_note(r, page_text(page, first->at, first->len));
			continue;
		}
		print_row(r, first);
	}
	page_clear(page);
}

/* ---- rows whose widths are known ---- */

static bool is_word(const struct cell *cell)
{
	return cell->kind != CELL_NULL && cell->kind != CELL_INT && cell->kind != CELL_UINT;
}

/* Put the cell where its field begins, and move it if it ends there. Returns how wide it is. */
static size_t put_cell(struct renderer *r, size_t column, const struct cell *cell)
{
	size_t begin = r->out.line.len, len, width, taken;
	uint8_t *field;

	r->page->has_words[column] |= is_word(cell);
	text_cell_put(&r->out.line, cell, r->table->columns[column].unit, r->opt.origin_ns);
	len = r->out.line.len - begin;
	width = len ? escape_width(view_of(r->out.line.data + begin, len)) : 0;
	taken = take_room(r->page, column, width);
	put_padding(&r->out.line, taken - width);
	if (taken > width && !r->out.line.is_failed && is_right(r, column)) {
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
	words = page_text(r->page, 0, text->len);
	put_wrapped(r, words, at);
	return take_room(r->page, column, escape_width(words));
}

static void put_row(struct renderer *r, const struct cell *cells)
{
	size_t gap = 0, at = 0;

	print_titles(r);
	for (size_t i = 0; i < r->table->column_count; i++) {
		const struct column *c = &r->table->columns[i];

		if (!is_shown(c))
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

/* ---- the page ---- */

static void widen(struct renderer *r, const struct piece *piece)
{
	for (size_t i = 0; i < r->table->column_count; i++) {
		if (!is_shown(&r->table->columns[i]))
			continue;
		if (piece->width > r->page->widths[i])
			r->page->widths[i] = piece->width;
		piece++;
	}
}

/* Fields that have no room in their column once it is one narrower; its title is as bad as two. */
static size_t count_wide(const struct renderer *r, size_t column, size_t piece)
{
	const struct text_page *page = r->page;
	const char *title = r->table->columns[column].title;
	size_t width = escape_width(view_of(title, strlen(title)));
	size_t count = width >= page->widths[column] ? 2 : 0;

	for (size_t e = 0; e < page->entry_count; e++)
		if (!page->entries[e].is_note &&
		    page->pieces[page->entries[e].first_piece + piece].width >=
			    page->widths[column])
			count++;
	return count;
}

/* Narrow the column by one in which the fewest fields are too wide then, if they are few. */
static bool narrow(struct renderer *r)
{
	size_t best = 0, piece = 0, least = r->page->entry_count / FEW + 1;

	for (size_t i = 0; i < r->table->column_count; i++) {
		const struct column *c = &r->table->columns[i];
		size_t count;

		if (!is_shown(c))
			continue;
		count = c->wraps || r->page->widths[i] < 2 ? SIZE_MAX : count_wide(r, i, piece);
		piece++;
		if (count >= least)
			continue;
		least = count;
		best = i + 1;
	}
	if (best)
		r->page->widths[best - 1]--;
	return best;
}

/* Columns are as wide as their title, their declaration, and what waits. They move
 * together where that lets a line fit, or what wraps begin further to the left; where that is
 * not enough, some few fields are too wide. */
static void settle_widths(struct renderer *r)
{
	struct text_page *page = r->page;
	size_t total = 0, gaps = 0, line = 0;
	bool wraps = false;

	for (size_t e = 0; e < page->entry_count; e++)
		if (!page->entries[e].is_note)
			widen(r, &page->pieces[page->entries[e].first_piece]);
	for (size_t i = 0; i < r->table->column_count; i++) {
		total += page->widths[i];
		gaps += is_shown(&r->table->columns[i]);
		wraps |= r->table->columns[i].wraps;
		if (is_shown(&r->table->columns[i]) && !r->table->columns[i].wraps)
			line += page->widths[i] + 1;
	}
	gaps -= gaps != 0;
	page->gap = total + 2 * gaps > LINE_COLUMNS && (total + gaps <= LINE_COLUMNS || wraps) ? 1
											       : 2;
	while (page->gap == 1 && line > LINE_COLUMNS + 1 && narrow(r))
		line--;
	page->is_settled = true;
}

static bool add_piece(struct text_page *page, size_t at)
{
	struct view text;

	if (page->text.is_failed || !array_grow((void **)&page->pieces, &page->piece_cap,
						page->piece_count + 1, sizeof(*page->pieces)))
		return false;
	text = page_text(page, at, page->text.len - at);
	page->pieces[page->piece_count++] = (struct piece){.at = at,
							   .len = view_len(text),
							   .width = escape_width(text)};
	return true;
}

static bool add_entry(struct text_page *page, bool is_note)
{
	if (!array_grow((void **)&page->entries, &page->entry_cap, page->entry_count + 1,
			sizeof(*page->entries)))
		return false;
	page->entries[page->entry_count++] = (struct entry){.first_piece = page->piece_count,
							    .is_note = is_note};
	return true;
}

static bool add_row(struct renderer *r, const struct cell *cells)
{
	struct text_page *page = r->page;

	if (!add_entry(page, false))
		return false;
	for (size_t i = 0; i < r->table->column_count; i++) {
		const struct column *c = &r->table->columns[i];
		size_t at = page->text.len;

		if (!is_shown(c))
			continue;
		page->has_words[i] |= is_word(&cells[i]);
		text_cell_put(&page->text, &cells[i], c->unit, r->opt.origin_ns);
		if (!add_piece(page, at))
			return false;
	}
	return true;
}

static void text_begin(struct renderer *r)
{
	struct text_page *page = r->page;

	page_clear(page);
	page->has_titles = false;
	page->is_settled = r->opt.is_live;
	page->gap = 2;
	if (!array_grow((void **)&page->widths, &page->width_cap, r->table->column_count,
			sizeof(*page->widths)) ||
	    !array_grow((void **)&page->has_words, &page->has_words_cap, r->table->column_count,
			sizeof(*page->has_words))) {
		output_starve(&r->out);
		r->table = NULL;
		return;
	}
	for (size_t i = 0; i < r->table->column_count; i++) {
		const struct column *c = &r->table->columns[i];
		size_t title = c->title ? escape_width(view_of(c->title, strlen(c->title))) : 0;
		size_t least = c->title && c->width > 0 ? (size_t)c->width : 0;

		page->widths[i] = least > title ? least : title;
		page->has_words[i] = false;
	}
}

static void print_if_ready(struct renderer *r)
{
	const struct text_page *page = r->page;
	bool is_full = page->entry_count >= PAGE_ROWS || page->text.len >= PAGE_BYTES;

	if (!page->is_settled && is_full)
		settle_widths(r);
	if (page->is_settled)
		print_entries(r);
}

static void text_row(struct renderer *r, const struct cell *cells)
{
	if (r->table && r->page->is_settled) {
		put_row(r, cells);
		return;
	}
	if (!r->table || !add_row(r, cells)) {
		output_starve(&r->out);
		return;
	}
	print_if_ready(r);
}

static void text_note(struct renderer *r, const char *text)
{
	struct text_page *page = r->page;
	size_t at = page->text.len;

	put_cstring(&page->text, text);
	if (!add_entry(page, true) || !add_piece(page, at)) {
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
		settle_widths(r);
	print_entries(r);
}

const struct render_ops render_text_ops = {
	.begin = text_begin,
	.row = text_row,
	.note = text_note,
	.heading = text_heading,
	.finish = text_finish,
};
