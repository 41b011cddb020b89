/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * render.c -- hands tables to the format that was chosen, and watches the output.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/predicate.h"
#include "analyze/query.h"
#include "analyze/render_ops.h"
#include "analyze/shaper.h"
#include "analyze/text_page.h"

static void no_row(struct renderer *r, const struct cell *cells)
{
	(void)r;
	(void)cells;
}

static const struct render_ops render_canonical_ops = {.row = no_row};

static const struct render_ops *ops_of(enum render_format format)
{
	switch (format) {
	case RENDER_JSON:
		return &render_json_ops;
	case RENDER_CSV:
		return &render_csv_ops;
	case RENDER_CANONICAL:
		return &render_canonical_ops;
	case RENDER_TEXT:
		break;
	}
	return &render_text_ops;
}

/* What follows is of no use: the query does not fit the table, or a row got lost. */
static void give_up(struct renderer *r)
{
	if (r->problem.status == ERR_NOMEM)
		r->out.is_starved = true;
	r->out.is_failed = true;
}

static bool has_query(const struct render_options *opt)
{
	return opt->query && !query_is_open(opt->query);
}

struct renderer *render_new(FILE *out, const struct render_options *opt)
{
	struct renderer *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->out.to = out;
	r->opt = *opt;
	r->ops = ops_of(opt->format);
	if (opt->format == RENDER_TEXT)
		r->page = text_page_new();
	if (opt->format == RENDER_JSON)
		r->blank = json_blank_new();
	if (has_query(opt))
		r->shaper = shaper_new(opt->query, opt->format == RENDER_TEXT);
	if ((opt->format == RENDER_TEXT && !r->page) || (opt->format == RENDER_JSON && !r->blank) ||
	    (has_query(opt) && !r->shaper)) {
		render_free(r);
		return NULL;
	}
	return r;
}

void render_free(struct renderer *r)
{
	if (!r)
		return;
	text_page_free(r->page);
	json_blank_free(r->blank);
	shaper_free(r->shaper);
	buf_release(&r->held);
	output_release(&r->out);
	free(r);
}

void render_begin(struct renderer *r, const struct table *t)
{
	render_finish(r);
	r->table = t;
	if (r->shaper && !r->out.is_failed && shaper_begin(r->shaper, t, &r->table, &r->problem))
		give_up(r);
	if (r->ops->begin && !r->out.is_failed)
		r->ops->begin(r);
}

void render_flush(struct renderer *r)
{
	output_flush(&r->out);
}

/* Give a row to the query, and print what comes of it. */
static void shape_row(struct renderer *r, const struct cell *cells)
{
	const struct cell *shown;
	int rc = shaper_take(r->shaper, cells, r->opt.origin_ns, &shown, &r->problem);

	if (rc < 0)
		give_up(r);
	else if (rc == 0)
		r->ops->row(r, shown);
}

void render_row(struct renderer *r, const struct cell *cells)
{
	if (r->shaper && !r->out.is_failed)
		shape_row(r, cells);
	else if (!r->out.is_failed)
		r->ops->row(r, cells);
	if (r->opt.is_live)
		render_flush(r);
}

bool render_has_enough(const struct renderer *r)
{
	return r->shaper && shaper_is_full(r->shaper);
}

static void print_note(struct renderer *r, const char *text)
{
	if (r->ops->note && !r->out.is_failed)
		r->ops->note(r, text);
}

void render_note(struct renderer *r, const char *text)
{
	bool is_held = r->shaper && r->table && shaper_keeps(r->shaper);

	/* Between rows that are sorted it would say something about others. */
	if (is_held) {
		buf_clear(&r->held);
		put_bytes(&r->held, text, strlen(text) + 1);
	} else if (!render_has_enough(r)) {
		print_note(r, text);
	}
}

void render_heading(struct renderer *r, const char *text)
{
	render_finish(r);
	if (r->ops->heading && !r->out.is_failed)
		r->ops->heading(r, text);
}

void render_verbatim(struct renderer *r, struct view text)
{
	put_bytes(&r->out.line, text.p, view_len(text));
	output_end_line(&r->out);
}

/* Why there is no row. */
static void explain_nothing(struct renderer *r)
{
	struct shaper_counts counts = shaper_counts(r->shaper);
	char text[300];

	r->uncounted += counts.uncounted;
	if (!counts.rows && r->held.len && !r->held.is_failed)
		print_note(r, (const char *)r->held.data);
	buf_clear(&r->held);
	if (!counts.rows || counts.passed || !r->opt.query->where)
		return;
	snprintf(text, sizeof(text), "none of %" PRIu64 " rows fits --where '%.200s'", counts.rows,
		 predicate_text(r->opt.query->where));
	print_note(r, text);
}

/* Print the rows that waited. */
static void print_waiting(struct renderer *r)
{
	const struct cell *shown;
	int rc = 0;

	while (!output_has_ended(&r->out) &&
	       (rc = shaper_next(r->shaper, &shown, &r->problem)) == 0)
		r->ops->row(r, shown);
	if (rc < 0)
		give_up(r);
	explain_nothing(r);
}

int render_finish(struct renderer *r)
{
	if (r->shaper && r->table && !r->out.is_failed)
		print_waiting(r);
	if (r->ops->finish && !r->out.is_failed)
		r->ops->finish(r);
	if (r->table)
		r->last = r->table;
	r->table = NULL;
	render_flush(r);
	if (r->problem.status)
		return r->problem.status;
	return r->out.is_starved ? ERR_NOMEM : r->out.is_failed ? ERR_IO : 0;
}

void render_discard(struct renderer *r)
{
	if (r->shaper)
		shaper_discard(r->shaper);
}

void render_set_origin(struct renderer *r, uint64_t origin_ns)
{
	r->opt.origin_ns = origin_ns;
}

void render_set_tape(struct renderer *r, const char *tape)
{
	r->opt.tape = tape;
	if (r->shaper)
		shaper_restart(r->shaper);
}

bool render_is_closed(const struct renderer *r)
{
	return output_has_ended(&r->out);
}

const struct error *render_problem(const struct renderer *r)
{
	return &r->problem;
}

bool render_needs(const struct renderer *r, size_t column)
{
	const struct column *c = r->table ? &r->table->columns[column] : NULL;

	if (r->shaper)
		return r->out.is_failed || shaper_needs(r->shaper, column);
	return !c || (r->opt.format == RENDER_TEXT ? column_is_shown(c) : c->key != NULL);
}

bool render_refuses(struct renderer *r, const struct cell *cells)
{
	return r->shaper && !r->out.is_failed && shaper_refuses(r->shaper, cells, r->opt.origin_ns);
}

uint64_t render_uncounted(const struct renderer *r)
{
	return r->uncounted;
}
