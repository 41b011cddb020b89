/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * render.c -- hands tables to the format that was chosen, and watches the output.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/render_ops.h"
#include "format/error.h"

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

static void note_failure(struct renderer *r, int saved_errno)
{
	if (saved_errno == EPIPE)
		r->is_closed = true;
	else
		r->is_failed = true;
}

void render_starve(struct renderer *r)
{
	r->is_failed = true;
	r->is_starved = true;
}

void render_flush_line(struct renderer *r)
{
	if (r->line.is_failed)
		render_starve(r);
	else if (r->line.len && !r->is_closed && !r->is_failed &&
		 fwrite(r->line.data, 1, r->line.len, r->out) != r->line.len)
		note_failure(r, errno);
	r->has_printed |= r->line.len != 0;
	buf_clear(&r->line);
}

struct renderer *render_new(FILE *out, const struct render_options *opt)
{
	struct renderer *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->out = out;
	r->opt = *opt;
	r->ops = ops_of(opt->format);
	if (opt->format == RENDER_TEXT) {
		r->page = text_page_new();
		if (!r->page) {
			free(r);
			return NULL;
		}
	}
	return r;
}

void render_free(struct renderer *r)
{
	if (!r)
		return;
	text_page_free(r->page);
	buf_release(&r->line);
	free(r);
}

void render_begin(struct renderer *r, const struct table *t)
{
	render_finish(r);
	r->table = t;
	if (r->ops->begin && !r->is_failed)
		r->ops->begin(r);
}

void render_flush(struct renderer *r)
{
	if (!r->is_closed && !r->is_failed && fflush(r->out) != 0)
		note_failure(r, errno);
}

void render_row(struct renderer *r, const struct cell *cells)
{
	if (!r->is_failed)
		r->ops->row(r, cells);
	if (r->opt.is_live)
		render_flush(r);
}

void render_note(struct renderer *r, const char *text)
{
	if (r->ops->note && !r->is_failed)
		r->ops->note(r, text);
}

void render_heading(struct renderer *r, const char *text)
{
	render_finish(r);
	if (r->ops->heading && !r->is_failed)
		r->ops->heading(r, text);
}

void render_verbatim(struct renderer *r, struct view text)
{
	put_bytes(&r->line, text.p, view_len(text));
	render_flush_line(r);
}

int render_finish(struct renderer *r)
{
	if (r->ops->finish && !r->is_failed)
		r->ops->finish(r);
	if (r->table)
		r->last = r->table;
	r->table = NULL;
	render_flush(r);
	return r->is_starved ? ERR_NOMEM : r->is_failed ? ERR_IO : 0;
}

void render_set_origin(struct renderer *r, uint64_t origin_ns)
{
	r->opt.origin_ns = origin_ns;
}

void render_set_tape(struct renderer *r, const char *tape)
{
	r->opt.tape = tape;
}

bool render_is_closed(const struct renderer *r)
{
	return r->is_closed || r->is_failed;
}

void put_cstring(struct buf *out, const char *s)
{
	put_bytes(out, s, strlen(s));
}

void put_decimal(struct buf *out, uint64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	put_bytes(out, digits + at, sizeof(digits) - at);
}
