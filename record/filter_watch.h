/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * filter_watch.h -- what the user should hear about a filter while it is at work: a process of
 * --pid has ended, or nothing was chosen at all.
 */
#ifndef RECORD_FILTER_WATCH_H
#define RECORD_FILTER_WATCH_H

#include <stdint.h>

#include "format/error.h"
#include "record/filter.h"

struct filter_watch {
	const struct filter *filter; /* lent; NULL = not begun */
	int pid_fds
		[WIRE_KIND_MAX]; /* owned; negative = has ended, or cannot be watched (before 5.3) */
};

/* Before privileges are given up. */
void filter_watch_begin(struct filter_watch *w, const struct filter *f);
void filter_watch_end(struct filter_watch *w);
/* *news is a sentence if another process has ended since, and else untouched. Does not wait. */
void filter_watch_tick(struct filter_watch *w, struct error *news);
/* The same at the end: no event was recorded, while so many `others` were opened. */
void filter_watch_nothing(const struct filter_watch *w, uint64_t others, struct error *news);

#endif
