/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * render.h -- prints the rows of a table as text, JSON Lines or CSV to a FILE the
 * caller owns. One renderer per output, one table at a time:
 *
 *	render_begin(r, &table); render_row(r, cells)...; render_finish(r)
 *
 * Everything that came from a tape is escaped for its format: control bytes and
 * invalid UTF-8 never reach a terminal. Text is for people and may change; JSON and
 * CSV are a promise.
 */
#ifndef ANALYZE_RENDER_H
#define ANALYZE_RENDER_H

#include <stdbool.h>
#include <stdio.h>

#include "analyze/table.h"

enum render_format {
	RENDER_TEXT = 0,
	RENDER_JSON,
	RENDER_CSV,
	RENDER_CANONICAL, /* no tables: render_verbatim() only */
};

struct error;    /* format/error.h */
struct query;    /* query.h */
struct renderer; /* opaque */

struct render_options {
	enum render_format format;
	bool use_colour;
	uint64_t origin_ns;        /* UNIT_TIME in text counts from here */
	bool is_live;              /* print every row at once, with the declared column widths */
	const char *tape;          /* not NULL: a leading JSON key and CSV column "tape"; lent */
	const struct query *query; /* which rows and columns are printed; lent; NULL = all */
};

/* NULL without memory. *out stays the caller's. */
struct renderer *render_new(FILE *out, const struct render_options *opt);
void render_free(struct renderer *r);
/* In text, prints the heading with the first row; in CSV, the head at once. */
void render_begin(struct renderer *r, const struct table *t);
/* One cell per column of the table. */
void render_row(struct renderer *r, const struct cell *cells);
/* In text only: a line of prose between rows (escaped). JSON and CSV print nothing. */
void render_note(struct renderer *r, const char *text);
/* In text only: the name of what follows, with an empty line before it unless it is
 * the first thing printed (escaped); "" prints only that. Ends the table before it. */
void render_heading(struct renderer *r, const char *text);
/* RENDER_CANONICAL only: the text as it is, which must be harmless. */
void render_verbatim(struct renderer *r, struct view text);
/* End the table and flush. May be called again. Returns 0, ERR_IO when the output could not
 * be written, ERR_NOMEM when there was no memory for a row; a closed pipe (EPIPE) returns 0. */
int render_finish(struct renderer *r);
/* Not all rows came, for a failure: those that wait to be sorted or counted are no answer. */
void render_discard(struct renderer *r);
/* Nothing of what was printed stays behind, but the table goes on. */
void render_flush(struct renderer *r);
void render_set_origin(struct renderer *r, uint64_t origin_ns);
/* As render_options.tape, for the tables that follow. */
void render_set_tape(struct renderer *r, const char *tape);
/* True when nothing more can be printed: the reader of a pipe has gone, or an error. */
bool render_is_closed(const struct renderer *r);
/* What is wrong with the query for the table that began, or went wrong with it; status 0 =
 * nothing. */
const struct error *render_problem(const struct renderer *r);
/* As many rows were printed of this tape as were asked for. */
bool render_has_enough(const struct renderer *r);
/* For rows whose cells are costly to make. False when nobody looks at the cells of a column; true
 * when a row will be left out, told from the columns that --where names. */
bool render_needs(const struct renderer *r, size_t column);
bool render_refuses(struct renderer *r, const struct cell *cells);
/* Rows that --count-by could not count. */
uint64_t render_uncounted(const struct renderer *r);

#endif
