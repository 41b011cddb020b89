/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * awaited.h -- the lives that are asked for by their numbers, until they and their peers are over:
 * what follows on the tape is about others.
 */
#ifndef ANALYZE_AWAITED_H
#define ANALYZE_AWAITED_H

#include "analyze/conn_set.h"

/* Start with {0}: all that come are awaited. */
struct awaited {
	struct conn_set conns;
	struct conn_set peers; /* of some that are over, and not over themselves */
	struct conn_set over;  /* peers that were over first */
	size_t left;           /* of conns and peers, not over yet */
};

/* This one is, before any is over. False without memory. */
bool awaited_add(struct awaited *a, uint64_t conn);
void awaited_release(struct awaited *a);
/* This life is over; its peer's number, or 0. */
void awaited_see(struct awaited *a, uint64_t conn, uint64_t peer);
static inline bool awaited_is_done(const struct awaited *a)
{
	return a->conns.count && !a->left;
}

#endif
