/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * absent_events.h -- patterns of --event that fit no event the tape knows: a name with a typing error must
 * not look like an event that never happened.
 */
#ifndef ANALYZE_ABSENT_EVENTS_H
#define ANALYZE_ABSENT_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyze/selection.h"
#include "format/section.h"

enum { ABSENT_EVENTS_MAX = 64 }; /* patterns that are watched, the first ones */

/* Start with {0}. */
struct absent_events {
	const struct selection *selection; /* lent; NULL: nothing is watched */
	uint64_t found;                    /* bit i: pattern i fits an event */
	bool has_seen;                     /* any event's name */
};

/* More schemas may be known now. */
void absent_events_see(struct absent_events *a, const struct section *s);
/* The next such pattern from *at on, which moves behind it; NULL: there is no other. Lent by the selection. */
const char *absent_events_next(const struct absent_events *a, size_t *at);

#endif
