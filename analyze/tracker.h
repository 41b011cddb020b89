/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tracker.h -- who is who: is fed what the cursor delivers and says which socket lives
 * each event belongs to. Every view that speaks of connections uses it like this:
 *
 *	while ((rc = view_next(in, &item, err)) == 0) {
 *		if ((rc = tracker_feed(t, &item, &seen, err)) < 0)
 *			break;
 *		... seen.life ...
 *		while ((life = tracker_take(t)))
 *			... a life that is over ...
 *	}
 *	tracker_stop(t);
 *	while ((life = tracker_take(t))) ...
 *
 * Feed it every item, whatever is selected: only then are the numbers of lives the same
 * for every command. One pass; memory in proportion to lives that are not over.
 */
#ifndef ANALYZE_TRACKER_H
#define ANALYZE_TRACKER_H

#include "analyze/binding.h"
#include "analyze/flow.h"
#include "analyze/life.h"
#include "analyze/selection.h"
#include "format/cursor.h"

struct tracker;    /* opaque */
struct spans;      /* spans.h */
struct blindspots; /* blindspots.h */

/* What the tracker made of an item. Pointers live until the next tracker_feed() or
 * tracker_take(). */
struct sighting {
	const struct bound *bound; /* of an event; NULL for other items */
	/* The life the event belongs to; of packets, the one they were sent to, else the
	 * one that sent them. NULL if none. */
	const struct life *life;
	const struct life *sender;   /* packets: the life that sent them, or NULL */
	const struct life *receiver; /* packets: the life they were sent to, or NULL */
	bool has_flow;
	bool is_remote;    /* the event is the other side's, which has no life here */
	bool has_change;   /* the event changed the life's state */
	bool is_birth;     /* the event began the life */
	bool is_located;   /* the event completed the life's tuple */
	bool is_time_wait; /* a packet: the FIN that an orphan in FIN_WAIT2 had waited for */
	struct life_change change;
	struct tuple flow; /* if has_flow, of a packet with TCP headers: local = the sender */
};

enum forgone {
	FORGO_TRAFFIC = 1, /* what lives sent and received, and how long they were in a state:
			    * struct traffic, but for its retransmits, and their pasts stay empty */
	FORGO_PEERS = 2,   /* their peers, and the role of lives whose beginning was not seen, which
			    * a peer may tell */
	FORGO_PACKETS = 4, /* whose packets are, and what they tell: that a life is still there, the
			    * port it connects from before the kernel tells, a FIN after its end */
	FORGO_CHANGES = 8, /* when lives change their states: tracker_feed_run() goes on */
	FORGO_ENDS = 16,   /* lives that are over: tracker_take() is not asked for them */
};

/* NULL without memory. */
struct tracker *tracker_new(void);
void tracker_free(struct tracker *t);
/* Only a part of the tape will be fed, in the order of time: when all of it begins, and when
 * its sections begin and end. Before the first item; `spans` is lent. */
void tracker_set_origin(struct tracker *t, uint64_t origin_ns);
void tracker_set_spans(struct tracker *t, const struct spans *spans);
/* Nobody will ask for this (bits of enum forgone): columns that only it needs stay unread. */
void tracker_forgo(struct tracker *t, unsigned what);
/* 0, or ERR_NOMEM. A new section ends every life of the one before. */
int tracker_feed(struct tracker *t, const struct item *item, struct sighting *out,
		 struct error *err);
/* The same for all events of a run up to the next that changes a state, or that tracker_take()
 * should be asked after: 0 with *ev and what was made of it, or END when all are fed. */
int tracker_feed_run(struct tracker *t, struct run *run, struct event *ev, struct sighting *out,
		     struct error *err);
/* The next life that is over, or NULL for now. Each comes once. */
const struct life *tracker_take(struct tracker *t);
/* Nobody asks for lives but this one, and others for which this was called. Before the first item.
 * False without memory. */
bool tracker_await(struct tracker *t, uint64_t conn);
/* They and their peers are over and were taken: nothing that follows belongs to one. */
bool tracker_is_done(const struct tracker *t);
/* Nothing follows: every life is over. */
void tracker_stop(struct tracker *t);

const struct binding *tracker_binding(const struct tracker *t);
/* The running task of the event last fed; false when it is not known. */
bool tracker_task(const struct tracker *t, const struct event *ev, struct task_facts *out);
/* Time of the tape's first event. */
uint64_t tracker_origin_ns(const struct tracker *t);
uint64_t tracker_last_ns(const struct tracker *t);
/* Events fed so far, whatever they were. */
uint64_t tracker_event_count(const struct tracker *t);
/* Lives seen so far. */
uint64_t tracker_life_count(const struct tracker *t);
/* The tape, so far, has a section with the lengths of send and receive calls; of a life, has_call_events. */
bool tracker_has_calls(const struct tracker *t);
/* What is told about the life may be wrong or incomplete: its start or end was not
 * seen, or events were lost meanwhile. */
bool tracker_is_uncertain(const struct tracker *t, const struct life *l);
/* Events of this life may be missing: lost, or in blocks that could not be read. Counts
 * are then no more than a lower limit. */
bool tracker_has_holes(const struct tracker *t, const struct life *l);

/* When the tape did not see, as far as it has been fed. Lent as the tracker is. */
const struct blindspots *tracker_blindspots(const struct tracker *t);

/* What a selection looks at. Lent as the life is. */
struct selection_subject life_subject(const struct life *l);

#endif
