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

struct follow;   /* follow.h */
struct progress; /* progress.h */
struct query;    /* query.h */
struct remarks;  /* remarks.h */
struct scope;    /* scope.h */
struct source;   /* format/source.h */

struct view_input {
	struct cursor *cursor; /* at its beginning */
	const struct selection *selection;
	struct renderer *renderer;
	enum render_format format;
	double speed;              /* replay only: 0 = as fast as possible, 1 = as it happened */
	struct source *source;     /* what the cursor reads; NULL when there is no second look */
	struct remarks *remarks;   /* gathers what is said on stderr afterwards; may be NULL */
	struct scope *scope;       /* what the cursor is limited to; NULL: nothing is left out */
	struct follow *follow;     /* not NULL: the tape is being written */
	struct progress *progress; /* told of every item; may be NULL */
	const char *by;            /* one of the words of the command's row; NULL: list */
	uint64_t interval_ns;      /* top only, not 0 */
	const char *role;          /* conns only: of lives with this role; NULL: all */
	bool has_budget;           /* conns only: tell where the time went */
	const struct query *query; /* what the renderer is asked for; may be NULL */
	bool shows_all;            /* also what usually is only counted */
	bool lists_events;  /* info only: not the recording, but its events and their fields */
	bool is_page;       /* print a page for people, not rows with keys */
	bool is_unnumbered; /* tell no numbers of connections */
};

/* cursor_next() for views, with the same return values. Losses are gathered in
 * in->remarks, and the tape's first event becomes the renderer's origin of time. */
int view_next(const struct view_input *in, struct item *item, struct error *err);

/* Nothing that follows would be printed: view_next() is about to end. */
bool view_has_enough(const struct view_input *in);
/* What view_next() returns then, for a view that knows it by itself. */
int view_stop(const struct view_input *in);

/* The time of the tape's first event, which view_next() finds out if it is not told before. */
void view_set_origin(const struct view_input *in, uint64_t origin_ns);

/* When a view shows nothing because there is no event, or, in the words of `unselected`, because
 * nothing was selected and not all was read: note that in text, and return true; else it has to
 * explain itself why. */
bool view_explain_empty(const struct view_input *in, uint64_t events, const char *unselected);

/* A connection's number; null when it has none, or none is to be told. */
struct cell view_number(const struct view_input *in, uint64_t conn);

/* 0, or a negative status with *err. Damage is not an error (cursor_health tells). */
typedef int (*view_fn)(const struct view_input *in, struct error *err);

/* What their rows are made of. */
extern const struct table info_table, events_table, replay_table, conns_table, budget_table,
	states_table, timeline_table, exchanges_table, drops_table, retransmits_table, resets_table,
	rtt_table, top_table;
extern const struct table cwnd_table, cwnd_conns_table;

int view_info(const struct view_input *in, struct error *err);
int view_replay(const struct view_input *in, struct error *err);
/* What view_replay() does for RENDER_CANONICAL: all of the tape, whatever is selected. */
int view_canonical(const struct view_input *in, struct error *err);
int view_conns(const struct view_input *in, struct error *err);
int view_states(const struct view_input *in, struct error *err);
int view_timeline(const struct view_input *in, struct error *err);
int view_exchanges(const struct view_input *in, struct error *err);
int view_rtt(const struct view_input *in, struct error *err);
int view_top(const struct view_input *in, struct error *err);
int view_cwnd(const struct view_input *in, struct error *err);
int view_drops(const struct view_input *in, struct error *err);
int view_retransmits(const struct view_input *in, struct error *err);
int view_resets(const struct view_input *in, struct error *err);

#endif
