/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * chosen.h -- which socket lives a selection keeps. What a life is known by may be told
 * only after its first events, so the tape is read once before: then whole lives are
 * kept. A pipe, or a tape that is being written, cannot be read twice; there a life is kept from
 * the moment it fits. Numbers are known at once: for --conn alone nothing is read before.
 */
#ifndef ANALYZE_CHOSEN_H
#define ANALYZE_CHOSEN_H

#include "analyze/conn_set.h"
#include "analyze/tracker.h"
#include "analyze/view.h"

enum chosen_whom {
	CHOSEN_LIVES,
	CHOSEN_COUPLES, /* and their peers, where the tape can be read before */
};

/* Start with {0}. */
struct chosen {
	bool is_everything;
	bool is_told;          /* by `lives` */
	struct conn_set lives; /* that are kept */
};

/* Read the tape, if the selection needs it and the source allows. 0 or a negative
 * status. */
int chosen_prepare(struct chosen *c, const struct view_input *in, enum chosen_whom whom,
		   struct error *err);
/* Is this life kept? NULL only when everything is. */
bool chosen_has(const struct chosen *c, const struct view_input *in, const struct life *life);
/* Is the event just fed to the tracker kept: its time, its name, its connection? */
bool chosen_has_event(const struct chosen *c, const struct view_input *in, const struct tracker *t,
		      const struct event *ev, const struct sighting *seen);
void chosen_release(struct chosen *c);

#endif
