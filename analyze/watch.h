/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * watch.h -- the loop of views that tell of lives and of changes of their states, and never see
 * the many events that do neither:
 *
 *	watch_begin(in, t, &err);
 *	while ((rc = watch_next(in, t, &item, &seen, err)) == 0) {
 *		... seen.has_change ...
 *		while ((life = tracker_take(t)))
 *			... a life that is over ...
 *	}
 */
#ifndef ANALYZE_WATCH_H
#define ANALYZE_WATCH_H

#include "analyze/tracker.h"
#include "analyze/view.h"

/* Before the first item: of lives that --conn alone names, nothing is read once they and their peers are
 * over. 0 or ERR_NOMEM. */
int watch_begin(const struct view_input *in, struct tracker *t, struct error *err);
/* view_next(), or END because of that. */
int watch_item(const struct view_input *in, const struct tracker *t, struct item *item,
	       struct error *err);
/* watch_item() and tracker_feed(), as often as that may be needed for something to happen: *item
 * is the last that was fed, and the same for all calls. Returns what they do. */
int watch_next(const struct view_input *in, struct tracker *t, struct item *item,
	       struct sighting *seen, struct error *err);

#endif
