/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_page.h -- how wide the columns of a table are in text. The first rows, and notes between
 * them, wait on the page until the widths are settled; later ones do with these.
 */
#ifndef ANALYZE_TEXT_PAGE_H
#define ANALYZE_TEXT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyze/table.h"

enum { LINE_COLUMNS = 100 }; /* beyond it, columns stand closer, and words wrap */

/* A string in page->text. */
struct text_piece {
	size_t at, len, width;
};

/* What waits: a row of one piece per shown column, or a note of one piece. */
struct text_entry {
	size_t first_piece;
	bool is_note;
};

struct text_page {
	const struct table *table; /* lent; NULL = none began */
	struct buf text;
	struct text_piece *pieces;
	size_t piece_count, piece_cap;
	struct text_entry *entries;
	size_t entry_count, entry_cap;
	size_t *widths; /* by column; 0 = not shown */
	size_t width_cap;
	bool *has_words; /* by column: one of its cells is no number; owned */
	size_t has_words_cap;
	size_t gap;      /* spaces between columns: 1 or 2 */
	size_t over;     /* columns that the line's fields so far took beyond their widths */
	bool is_settled; /* widths are fixed */
	bool has_titles; /* printed for this table */
};

/* NULL without memory. */
struct text_page *text_page_new(void);
void text_page_free(struct text_page *page);

/* Of another table; with is_settled as wide as declared. The add functions and this return false without
 * memory. */
bool text_page_begin(struct text_page *page, const struct table *t, bool is_settled);
bool text_page_add_row(struct text_page *page, const struct cell *cells, uint64_t origin_ns);
bool text_page_add_note(struct text_page *page, const char *text);
/* No more should wait. */
bool text_page_is_full(const struct text_page *page);
/* Columns are as wide as their title, their declaration, and what waits. They move
 * together where that lets a line fit, or what wraps begin further to the left; where that is
 * not enough, some few fields are too wide. */
void text_page_settle(struct text_page *page);
/* Nothing waits any more. */
void text_page_clear(struct text_page *page);

/* Lent until something is added. */
struct view text_page_text(const struct text_page *page, struct text_piece piece);
/* How many columns a field this wide takes. Those behind one that is too wide for its
 * column are the narrower for it, where they have padding. */
static inline size_t text_page_take(struct text_page *page, size_t column, size_t width)
{
	size_t all = page->widths[column], room = all > page->over ? all - page->over : 0;
	size_t taken = width > room ? width : room;

	page->over += taken - all;
	return taken;
}

static inline bool text_page_is_right(const struct text_page *page, size_t column)
{
	enum align align = page->table->columns[column].align;

	return align == ALIGN_RIGHT || (align == ALIGN_BY_VALUE && !page->has_words[column]);
}

/* A cell of the column is seen: one that is no number is written from the left. */
static inline void text_page_see(struct text_page *page, size_t column, const struct cell *cell)
{
	page->has_words[column] |= cell->kind != CELL_NULL && cell->kind != CELL_INT &&
				   cell->kind != CELL_UINT;
}

#endif
