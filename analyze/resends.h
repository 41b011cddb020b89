/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * resends.h -- what was sent again, in order of time, until it is known whether that was needed;
 * and for each socket life what decides it. At most RESENDS_MAX wait: then the oldest is let go
 * with what is known of it.
 */
#ifndef ANALYZE_RESENDS_H
#define ANALYZE_RESENDS_H

#include "analyze/conn_map.h"
#include "analyze/resend.h"
#include "analyze/service.h"
#include "analyze/tracker.h"

enum { RESENDS_MAX = 1 << 15 };

/* One that waits, with what its row needs of its life. */
struct resent {
	struct resend resend;
	uint64_t conn; /* 0 = none */
	struct tuple tuple;
	struct owner owner;
	struct service service;
	bool is_settled;
	bool is_chosen;                  /* the view's */
	struct resent *next;             /* of all, by time */
	struct resent *before, *sibling; /* of the same life */
};

struct resends {
	struct conn_map lives; /* -> struct resend_life, resends.c */
	struct resent *first, *last;
	size_t count;
};

/* Start with {0}. */
void resends_release(struct resends *rs);
/* Every event, as the tracker made it out. 0 or ERR_NOMEM. */
int resends_see(struct resends *rs, const struct item *item, const struct sighting *seen,
		struct error *err);
/* A life is over: nothing more will show. */
void resends_end(struct resends *rs, const struct life *l);
/* The oldest, if it is settled, or too many wait, or `is_end`; NULL else. The caller's, to be
 * given to free(). */
struct resent *resends_take(struct resends *rs, bool is_end);

#endif
