/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * watch.h -- the loop of views that tell of lives and of changes of their states, and never see
 * the many events that do neither:
 *
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

/* view_next() and tracker_feed(), as often as that may be needed for something to happen: *item
 * is the last that was fed, and the same for all calls. Returns what they do. */
int watch_next(const struct view_input *in, struct tracker *t, struct item *item,
	       struct sighting *seen, struct error *err);

#endif
