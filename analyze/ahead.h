/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ahead.h -- reads the tape once before the view does, of what the view's cursor will read at least
 * all that lives are numbered by. A pipe, or a tape that is being written, cannot be read twice.
 */
#ifndef ANALYZE_AHEAD_H
#define ANALYZE_AHEAD_H

#include "analyze/kin.h"
#include "analyze/tracker.h"
#include "analyze/view.h"

/* Start with {0}. */
struct ahead {
	struct kin_reader reader;
	struct cursor *cursor;   /* owned */
	struct tracker *tracker; /* owned; for tracker_take() */
};

bool ahead_is_possible(const struct view_input *in);
/* 0 or a negative status; ahead_close() in any case. */
int ahead_open(struct ahead *a, const struct view_input *in, struct error *err);
/* cursor_next() and tracker_feed(), as far as watch_begin() says; at the END every life is over. */
int ahead_next(struct ahead *a, struct item *item, struct sighting *seen, struct error *err);
void ahead_close(struct ahead *a);

#endif
