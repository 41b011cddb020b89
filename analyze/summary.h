/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * summary.h -- what one recording (a section of a tape) adds up to: facts, events by
 * type, losses, times. Copies what it keeps, so that it outlives the section.
 */
#ifndef ANALYZE_SUMMARY_H
#define ANALYZE_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "format/cursor.h"

enum { SUMMARY_LOSSES_MAX = 4096 }; /* records kept; counts go on */

struct event_count {
	char *name; /* "tcp:tcp_probe"; owned; NULL = not an event */
	uint64_t count;
	uint64_t lost;
};

struct summary {
	struct fact_list facts;
	struct event_count *events; /* [schema id - 1]; owned */
	size_t event_count, event_cap;
	struct loss *losses; /* the first SUMMARY_LOSSES_MAX; owned */
	size_t loss_count, loss_cap;
	uint64_t events_total;
	uint64_t lost_total;        /* by the records of losses */
	uint64_t lost_declared;     /* by the end of the section */
	uint64_t first_ns, last_ns; /* of everything that has a time */
	bool has_time;
	struct clock_reading clock; /* the first one */
	bool has_clock;
	bool is_closed; /* in order */
	char end_reason[64];
};

/* Start with {0}. 0 or ERR_NOMEM. ITEM_SECTION only takes facts and names: reset first. */
int summary_take(struct summary *s, const struct item *item, struct error *err);
/* The same as for the events of rows from `first` up to the run's next one. */
void summary_take_rows(struct summary *s, const struct run *run, uint32_t first);
void summary_reset(struct summary *s);
void summary_release(struct summary *s);

/* Events lost, from whichever source knows of more. */
uint64_t summary_lost(const struct summary *s);
/* From the first clock reading or event to the last. */
uint64_t summary_duration_ns(const struct summary *s);
/* When it began, ns since 1970 UTC; false when the tape does not tell. */
bool summary_start(const struct summary *s, uint64_t *realtime_ns);
/* Name of the event with this schema id, or NULL. */
const char *summary_event_name(const struct summary *s, uint32_t schema);
/* "ring_full", "write", "memory"; NULL when unknown. */
const char *summary_cause_name(uint32_t cause);
/* A fact as text, NULL when it is not known; as a number. */
const char *summary_fact(const struct summary *s, const char *key);
bool summary_number(const struct summary *s, const char *key, uint64_t *out);

#endif
