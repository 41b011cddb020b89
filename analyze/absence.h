/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * absence.h -- why an answer is empty: nothing of the kind happened, it is not selected, or
 * it was not recorded, and how much of that the tape can vouch for.
 */
#ifndef ANALYZE_ABSENCE_H
#define ANALYZE_ABSENCE_H

#include "analyze/tracker.h"
#include "analyze/view.h"

/* Start with the names, the rest zero. */
struct absence {
	const char *what;     /* "drop" */
	const char *event;    /* "skb:kfree_skb", which tells of it */
	enum event_kind kind; /* the same */
	uint64_t found;       /* on the tape, selected or not */
	bool is_recorded;     /* some section has the event */
	char reason[160];     /* why another has not, as the recorder says */
};

/* Every item, after tracker_feed(). */
void absence_see(struct absence *a, const struct tracker *t, const struct item *item);
/* When no row was shown. */
void absence_explain(const struct absence *a, const struct view_input *in, const struct tracker *t);

#endif
