/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* ahead.c -- a cursor and a tracker that nobody prints from. */
#include "analyze/ahead.h"

#include "analyze/scope.h"
#include "analyze/watch.h"
#include "format/source.h"

bool ahead_is_possible(const struct view_input *in)
{
	return !in->follow && in->source && source_size(in->source) != UINT64_MAX;
}

int ahead_open(struct ahead *a, const struct view_input *in, struct error *err)
{
	TRY(cursor_open(in->source, &a->cursor, err));
	if (in->scope && in->scope->kin)
		kin_limit(&a->reader, in->scope->kin, a->cursor);
	a->tracker = scope_tracker(in->scope);
	if (!a->tracker)
		return error_nomem(err);
	tracker_forgo(a->tracker, FORGO_TRAFFIC);
	return watch_begin(in, a->tracker, err);
}

int ahead_next(struct ahead *a, struct item *item, struct sighting *seen, struct error *err)
{
	int rc = tracker_is_done(a->tracker) ? END : cursor_next(a->cursor, item, err);

	if (rc == END)
		tracker_stop(a->tracker);
	if (rc)
		return rc;
	if (item->kind == ITEM_SECTION)
		kin_begin_section(&a->reader);
	return tracker_feed(a->tracker, item, seen, err);
}

void ahead_close(struct ahead *a)
{
	tracker_free(a->tracker);
	cursor_close(a->cursor);
	kin_release(&a->reader);
	*a = (struct ahead){0};
}
