/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * view.h -- what every command of tcptape is given and what it returns. A view pulls
 * items from the cursor, and hands rows to the renderer. One file per view:
 * view_conns.c, view_states.c, ...
 */
#ifndef ANALYZE_VIEW_H
#define ANALYZE_VIEW_H

#include "analyze/render.h"
#include "analyze/selection.h"
#include "format/cursor.h"

struct remarks; /* remarks.h */
struct source;  /* format/source.h */

struct view_input {
	struct cursor *cursor; /* at its beginning */
	const struct selection *selection;
	struct renderer *renderer;
	enum render_format format;
	double speed;            /* replay only: 0 = as fast as possible, 1 = as it happened */
	struct source *source;   /* what the cursor reads; NULL when there is no second look */
	struct remarks *remarks; /* gathers what is said on stderr afterwards; may be NULL */
};

/* cursor_next() for views, with the same return values. Losses are gathered in
 * in->remarks, and the tape's first event becomes the renderer's origin of time. */
int view_next(const struct view_input *in, struct item *item, struct error *err);

/* Of a tape without a single event, after reading it: note in text why, and return true;
 * else the view has to explain itself why it shows nothing. */
bool view_explain_empty(const struct view_input *in, uint64_t events);

/* 0, or a negative status with *err. Damage is not an error (cursor_health tells). */
typedef int (*view_fn)(const struct view_input *in, struct error *err);

int view_info(const struct view_input *in, struct error *err);
int view_replay(const struct view_input *in, struct error *err);
/* What view_replay() does for RENDER_CANONICAL: all of the tape, whatever is selected. */
int view_canonical(const struct view_input *in, struct error *err);
int view_conns(const struct view_input *in, struct error *err);
int view_states(const struct view_input *in, struct error *err);
int view_timeline(const struct view_input *in, struct error *err);
int view_exchanges(const struct view_input *in, struct error *err);

#endif
