/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * view.c -- what every view needs to remember while it reads.
 */
#include "analyze/view.h"

#include <inttypes.h>
#include <stdio.h>

#include "analyze/follow.h"
#include "analyze/life_text.h"
#include "analyze/progress.h"
#include "analyze/remarks.h"
#include "analyze/scope.h"

void view_set_origin(const struct view_input *in, uint64_t origin_ns)
{
	in->remarks->has_origin = true;
	in->remarks->origin_ns = origin_ns;
	render_set_origin(in->renderer, origin_ns);
}

static void remember(const struct view_input *in, const struct item *item)
{
	switch (item->kind) {
	case ITEM_EVENT:
		if (!in->remarks->has_origin)
			view_set_origin(in, item->event.ts_ns);
		return;
	case ITEM_LOSS:
		remarks_add_loss(in->remarks, &item->loss);
		return;
	case ITEM_END:
		in->remarks->sections_ended++;
		in->remarks->lost_declared += item->end.lost;
		return;
	case ITEM_SECTION:
	case ITEM_SCHEMA:
		absent_events_see(&in->remarks->absent, item->section);
		return;
	case ITEM_CLOCK:
	case ITEM_GAP:
		return;
	}
}

int view_stop(const struct view_input *in)
{
	if (in->remarks)
		in->remarks->is_stopped = true;
	return END;
}

bool view_has_enough(const struct view_input *in)
{
	return render_is_closed(in->renderer) || render_has_enough(in->renderer);
}

int view_next(const struct view_input *in, struct item *item, struct error *err)
{
	int rc;

	if (view_has_enough(in))
		return view_stop(in);
	if (in->follow && !follow_begin_wait(in->follow, in))
		return view_stop(in);
	rc = cursor_next(in->cursor, item, err);
	if (in->follow)
		follow_end_wait();
	if (in->progress)
		progress_count(in->progress, in->source, 1);
	if (rc == 0 && item->kind == ITEM_SECTION && in->scope)
		kin_begin_section(&in->scope->reader);
	if (rc == 0 && in->remarks)
		remember(in, item);
	return rc;
}

struct cell view_number(const struct view_input *in, uint64_t conn)
{
	return in->is_unnumbered ? cell_null() : cell_nonzero(conn);
}

bool view_explain_empty(const struct view_input *in, uint64_t events, const char *unselected)
{
	const struct health *h = cursor_health(in->cursor);
	uint64_t lost = in->remarks ? remarks_lost(in->remarks) : 0;
	char text[320];

	if ((in->scope && scope_is_part(in->scope)) || (in->remarks && in->remarks->is_stopped)) {
		render_note(in->renderer, unselected);
		return true;
	}
	if (events)
		return false;
	if (h->damaged_blocks)
		snprintf(text, sizeof(text), "no event could be read, the tape is damaged: %s",
			 h->first_problem);
	else if (h->is_cut)
		snprintf(text, sizeof(text),
			 "no event could be read: the tape was cut short before its first one");
	else if (lost)
		snprintf(text, sizeof(text),
			 "no event on this tape: all %" PRIu64 " that happened were lost", lost);
	else if (in->remarks && in->remarks->loss_count)
		snprintf(text, sizeof(text), "no event on this tape: all that happened were lost");
	else
		snprintf(text, sizeof(text), "no event on this tape: nothing was recorded");
	render_note(in->renderer, text);
	return true;
}
