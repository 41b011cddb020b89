/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pace.h -- waits until it is time for the next event of a replay.
 */
#ifndef ANALYZE_PACE_H
#define ANALYZE_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* Start with {.speed = ...}; 0 never waits. */
struct pace {
	double speed; /* tape seconds per second */
	bool is_started;
	uint64_t first_ns;   /* of the tape */
	uint64_t started_ns; /* on CLOCK_MONOTONIC */
};

/* Sleep until ts_ns is due. The first call never sleeps. */
void pace_wait(struct pace *p, uint64_t ts_ns);

#endif
