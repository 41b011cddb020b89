/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tracked.h -- a built tape sent through the tracker: the lives it made, by number.
 */
#ifndef TESTS_ANALYZE_TRACKED_H
#define TESTS_ANALYZE_TRACKED_H

#include "analyze/tracker.h"
#include "tests/analyze/build_tape.h"

enum { TRACKED_MAX = 64 };

struct tracked {
	struct tracker *tracker;
	struct life lives[TRACKED_MAX]; /* [conn - 1], as they were when over */
	struct life_past pasts[TRACKED_MAX];
	bool is_uncertain[TRACKED_MAX];
	unsigned count;
	unsigned most_open; /* lives begun and not yet over, at most */
};

/* Ends the tape, feeds all of it. */
void track(struct tracked *t, struct build_tape *b);
void tracked_release(struct tracked *t);

#endif
