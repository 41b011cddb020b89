/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * census.h -- counts events, and the lives that they tell of, without a look at each: runs of
 * them go to a tracker and a summary.
 */
#ifndef ANALYZE_CENSUS_H
#define ANALYZE_CENSUS_H

#include "analyze/summary.h"
#include "analyze/tracker.h"

/* Nobody will ask the tracker for more than tracker_life_count(). */
enum { CENSUS_FORGOES = FORGO_TRAFFIC | FORGO_PEERS | FORGO_PACKETS | FORGO_CHANGES | FORGO_ENDS };

/* All events of the run, whose tracker forgoes that. 0 or ERR_NOMEM. */
int census_take(struct tracker *t, struct run *run, struct summary *s, struct error *err);

#endif
