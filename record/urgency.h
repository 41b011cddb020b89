/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * urgency.h -- how eagerly this process asks for the CPU. A little more than others as a
 * rule; above all of them for as long as the ring is in danger of running full. What it
 * has to do is caused by others and ends when they stop, so nothing starves.
 *
 * A child process never inherits any of this. Where the system refuses, nothing changes.
 */
#ifndef RECORD_URGENCY_H
#define RECORD_URGENCY_H

#include <stdbool.h>
#include <stddef.h>

/* Zero-initialised = like everyone else. */
struct urgency {
	bool is_high;
	bool is_refused;
};

/* Ask for the usual, slightly raised priority. */
void urgency_begin(struct urgency *u);
/* For the next moment nothing else may come first: nobody empties the ring. Ends with an
 * urgency_update() that finds it nearly empty. */
void urgency_hurry(struct urgency *u);
/* `waiting` of `size` bytes of the ring are full. */
void urgency_update(struct urgency *u, size_t waiting, size_t size);

#endif
