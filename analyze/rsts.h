/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rsts.h -- RSTs, each of which both ends may tell of: the sender's end that it was sent and what for, the
 * receiver's that it came. What both tell becomes one, so they wait for each other.
 */
#ifndef ANALYZE_RSTS_H
#define ANALYZE_RSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyze/end_cause.h"
#include "analyze/tracker.h"

enum { RST_REASON_MAX = 40 };

/* One end's view of a RST. */
struct rst_end {
	uint64_t conn;
	struct tuple tuple;
	struct owner owner;
	uint8_t state; /* enum tcp_state */
	uint8_t stage; /* enum reset_stage */
};

struct rst {
	uint64_t ts_ns, sent_ns, received_ns; /* 0 = not on the tape */
	struct rst_end sender, receiver;      /* conn 0 = not known */
	uint64_t answered;                    /* address of the packet that it answers, 0 = none */
	char reason[RST_REASON_MAX];
	char evidence[END_EVIDENCE_MAX];
	uint8_t author; /* enum reset_author */
	uint8_t cause;  /* enum end_cause */
	bool is_chosen; /* the view's */
	struct rst *next;
};

/* Start with {.tracker = ...}, which is lent. */
struct rsts {
	const struct tracker *tracker;
	struct rst *first, *last; /* that wait, by time; owned */
	size_t waiting;
	uint64_t found; /* in all */
};

void rsts_release(struct rsts *q);
/* An event that was bound, as the tracker saw it. *out is the RST it tells of, lent until rsts_next(), or
 * NULL. 0 or ERR_NOMEM. */
int rsts_see(struct rsts *q, const struct item *item, const struct sighting *seen,
	     struct rst **out);
/* The first, if by now_ns nothing can be added to it any more, or too many wait; else NULL. The caller's, to
 * free(). */
struct rst *rsts_next(struct rsts *q, uint64_t now_ns);

#endif
