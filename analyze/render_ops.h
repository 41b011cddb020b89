/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * render_ops.h -- what an output format implements, and what render.c does for all of
 * them. Only render*.c include this.
 */
#ifndef ANALYZE_RENDER_OPS_H
#define ANALYZE_RENDER_OPS_H

#include "analyze/output.h"
#include "analyze/render.h"
#include "format/error.h"

struct text_page;  /* text_page.h */
struct json_blank; /* render_json.c: a row of nothing but nulls */

struct renderer {
	const struct render_ops *ops; /* of opt.format */
	struct render_options opt;
	struct shaper *shaper; /* owned; NULL = rows are printed as they come */
	struct error problem;  /* of the query */
	uint64_t uncounted;
	struct buf held; /* the last note while rows wait: it counts if none comes; owned */
	const struct table *table; /* between begin and finish, else NULL */
	const struct table *last;  /* the table before, for heads printed once */
	struct text_page *page;    /* text only; owned */
	struct json_blank *blank;  /* JSON only; owned */
	struct output out;
};

/* All but row may be NULL. */
struct render_ops {
	void (*begin)(struct renderer *r);
	void (*row)(struct renderer *r, const struct cell *cells);
	void (*note)(struct renderer *r, const char *text);
	void (*heading)(struct renderer *r, const char *text);
	void (*finish)(struct renderer *r);
};

extern const struct render_ops render_text_ops, render_json_ops, render_csv_ops;

struct json_blank *json_blank_new(void);
void json_blank_free(struct json_blank *blank);

/* Append a cell as a JSON value; CSV uses it for nested cells. */
void json_put_cell(struct buf *out, const struct cell *cell);

#endif
