/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * turn.h -- a reel that is played again and again, each time later, and its sockets are others:
 * cookies and stream numbers go on where they ended, so that dictionaries grow as they do on a
 * busy host.
 */
#ifndef TESTS_BENCH_TURN_H
#define TESTS_BENCH_TURN_H

#include "tests/bench/reel.h"

struct turn {
	uint64_t times;   /* played before */
	uint64_t stride;  /* of cookies and stream numbers */
	uint64_t span_ns; /* from one beginning to the next */
};

/* The first time. */
void turn_begin(struct turn *t, const struct reel *r);
/* How much later than in the reel it is. */
static inline uint64_t turn_later(const struct turn *t)
{
	return t->times * t->span_ns;
}
/* Append the entry as it is this time to `out`. */
void turn_entry(const struct turn *t, const struct reel *r, const struct reel_entry *entry,
		struct buf *out);

#endif
