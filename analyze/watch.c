/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* watch.c -- runs of events go to the tracker in one piece. */
#include "analyze/watch.h"

#include "analyze/progress.h"

static int feed_run(const struct view_input *in, struct tracker *t, struct event *ev,
		    struct sighting *seen, struct error *err)
{
	uint64_t before = tracker_event_count(t);
	int rc = tracker_feed_run(t, cursor_run(in->cursor), ev, seen, err);

	if (in->progress)
		progress_count(in->progress, in->source, tracker_event_count(t) - before);
	return rc;
}

int watch_next(const struct view_input *in, struct tracker *t, struct item *item,
	       struct sighting *seen, struct error *err)
{
	int rc = view_has_enough(in) ? END : feed_run(in, t, &item->event, seen, err);

	if (rc != END) {
		item->kind = ITEM_EVENT;
		return rc;
	}
	TRY(view_next(in, item, err));
	return tracker_feed(t, item, seen, err);
}
