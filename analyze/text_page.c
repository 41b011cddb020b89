/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* text_page.c -- widths come from what waits, and yield where a line would be too long. */
#include "analyze/text_page.h"

#include <stdlib.h>
#include <string.h>

#include "analyze/escape.h"
#include "analyze/text_cell.h"

enum {
	PAGE_ROWS = 200,
	PAGE_BYTES = 1 << 20,
	FEW = 4, /* one of so many fields may be too wide for its column */
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
struct view text_page_text(const struct text_page *page, struct text_piece piece)
{
	return piece.len ? view_of(page->text.data + piece.at, piece.len) : (struct view){0};
}

void text_page_clear(struct text_page *page)
{
	buf_clear(&page->text);
	page->piece_count = 0;
	page->entry_count = 0;
}

static size_t title_width(const struct column *column)
{
	return escape_width(view_of(column->title, strlen(column->title)));
}

bool text_page_begin(struct text_page *page, const struct table *t, bool is_settled)
{
	text_page_clear(page);
	page->table = NULL;
	page->is_settled = is_settled;
	page->gap = 2;
	if (!array_grow((void **)&page->widths, &page->width_cap, t->column_count,
			sizeof(*page->widths)) ||
	    !array_grow((void **)&page->has_words, &page->has_words_cap, t->column_count,
			sizeof(*page->has_words)))
		return false;
	page->table = t;
	for (size_t i = 0; i < t->column_count; i++) {
		const struct column *c = &t->columns[i];
		size_t title = column_is_shown(c) ? title_width(c) : 0;
		size_t least = column_is_shown(c) && c->width > 0 ? (size_t)c->width : 0;

		page->widths[i] = least > title ? least : title;
		page->has_words[i] = false;
	}
	return true;
}

bool text_page_is_full(const struct text_page *page)
{
	return page->entry_count >= PAGE_ROWS || page->text.len >= PAGE_BYTES;
}

static void widen(struct text_page *page, const struct text_piece *piece)
{
	for (size_t i = 0; i < page->table->column_count; i++) {
		if (!column_is_shown(&page->table->columns[i]))
			continue;
		if (piece->width > page->widths[i])
			page->widths[i] = piece->width;
		piece++;
	}
}

/* Fields that have no room in their column once it is one narrower; its title is as bad as two. */
static size_t count_wide(const struct text_page *page, size_t column, size_t piece)
{
	size_t count = title_width(&page->table->columns[column]) >= page->widths[column] ? 2 : 0;

	for (size_t e = 0; e < page->entry_count; e++)
		if (!page->entries[e].is_note &&
		    page->pieces[page->entries[e].first_piece + piece].width >=
			    page->widths[column])
			count++;
	return count;
}

/* Narrow the column by one in which the fewest fields are too wide then, if they are few. */
static bool narrow(struct text_page *page)
{
	size_t best = 0, piece = 0, least = page->entry_count / FEW + 1;

	for (size_t i = 0; i < page->table->column_count; i++) {
		const struct column *c = &page->table->columns[i];
		size_t count;

		if (!column_is_shown(c))
			continue;
		count = c->wraps || page->widths[i] < 2 ? SIZE_MAX : count_wide(page, i, piece);
		piece++;
		if (count >= least)
			continue;
		least = count;
		best = i + 1;
	}
	if (best)
		page->widths[best - 1]--;
	return best;
}

void text_page_settle(struct text_page *page)
{
	size_t total = 0, gaps = 0, line = 0;
	bool wraps = false;

	for (size_t e = 0; e < page->entry_count; e++)
		if (!page->entries[e].is_note)
			widen(page, &page->pieces[page->entries[e].first_piece]);
	for (size_t i = 0; i < page->table->column_count; i++) {
		total += page->widths[i];
		gaps += column_is_shown(&page->table->columns[i]);
		wraps |= page->table->columns[i].wraps;
		if (column_is_shown(&page->table->columns[i]) && !page->table->columns[i].wraps)
			line += page->widths[i] + 1;
	}
	gaps -= gaps != 0;
	page->gap = total + 2 * gaps > LINE_COLUMNS && (total + gaps <= LINE_COLUMNS || wraps) ? 1
											       : 2;
	while (page->gap == 1 && line > LINE_COLUMNS + 1 && narrow(page))
		line--;
	page->is_settled = true;
}

static bool add_piece(struct text_page *page, size_t at)
{
	struct view text;

	if (page->text.is_failed || !array_grow((void **)&page->pieces, &page->piece_cap,
						page->piece_count + 1, sizeof(*page->pieces)))
		return false;
	text = text_page_text(page, (struct text_piece){.at = at, .len = page->text.len - at});
	page->pieces[page->piece_count++] = (struct text_piece){.at = at,
								.len = view_len(text),
								.width = escape_width(text)};
	return true;
}

static bool add_entry(struct text_page *page, bool is_note)
{
	if (!array_grow((void **)&page->entries, &page->entry_cap, page->entry_count + 1,
			sizeof(*page->entries)))
		return false;
	page->entries[page->entry_count++] = (struct text_entry){.first_piece = page->piece_count,
								 .is_note = is_note};
	return true;
}

bool text_page_add_row(struct text_page *page, const struct cell *cells, uint64_t origin_ns)
{
	if (!add_entry(page, false))
		return false;
	for (size_t i = 0; i < page->table->column_count; i++) {
		const struct column *c = &page->table->columns[i];
		size_t at = page->text.len;

		if (!column_is_shown(c))
			continue;
		text_page_see(page, i, &cells[i]);
		text_cell_put(&page->text, &cells[i], c->unit, origin_ns);
		if (!add_piece(page, at))
			return false;
	}
	return true;
}

bool text_page_add_note(struct text_page *page, const char *text)
{
	size_t at = page->text.len;

	put_cstring(&page->text, text);
	return add_entry(page, true) && add_piece(page, at);
}
