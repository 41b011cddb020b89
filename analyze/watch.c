/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* watch.c -- runs of events go to the tracker in one piece. */
#include "analyze/watch.h"

#include "analyze/progress.h"

/* Of a tape that is being written the end is never known. */
int watch_begin(const struct view_input *in, struct tracker *t, struct error *err)
{
	const struct selection *s = in->selection;

	if (!selection_is_by_conn(s) || in->follow)
		return 0;
	for (size_t i = 0; i < s->conn_count; i++)
		if (!tracker_await(t, s->conns[i]))
			return error_nomem(err);
	return 0;
}

int watch_item(const struct view_input *in, const struct tracker *t, struct item *item,
	       struct error *err)
{
	return tracker_is_done(t) ? view_stop(in) : view_next(in, item, err);
}

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
	TRY(watch_item(in, t, item, err));
	return tracker_feed(t, item, seen, err);
}
