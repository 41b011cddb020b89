/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * follow.h -- reading a tape while it is written: everything that came is printed before the
 * next block is waited for, and the user may end it at any time.
 */
#ifndef ANALYZE_FOLLOW_H
#define ANALYZE_FOLLOW_H

#include "analyze/interrupt.h"
#include "analyze/view.h"

/* Start with the members that are not owned. */
struct follow {
	const char *tape; /* its name, for remarks */
	bool fail_on_loss;
	char *text; /* what would be said of the tape now; owned */
	struct last_words words;
	uint64_t losses, damage; /* that are in it */
};

/* Opens in->source, of which nothing may be written yet. 0, END when the user does not want to wait,
 * or a failure. */
int follow_open(struct follow *f, struct source *source, struct cursor **out, struct error *err);
/* Before reading on: false when the user has ended it. */
bool follow_begin_wait(struct follow *f, const struct view_input *in);
void follow_end_wait(void);
void follow_release(struct follow *f);

#endif
