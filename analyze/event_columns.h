/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * event_columns.h -- the table of replay, and behind its columns one for each field of
 * events that a query names: newstate, dport, extra.seq. What an event lacks is null.
 */
#ifndef ANALYZE_EVENT_COLUMNS_H
#define ANALYZE_EVENT_COLUMNS_H

#include "analyze/arena.h"
#include "analyze/query.h"
#include "analyze/table.h"
#include "format/event.h"
#include "format/section.h"

struct schema_columns; /* event_columns.c */

/* Start with {0}. */
struct event_columns {
	struct table table;
	struct column *columns;         /* owned */
	size_t fixed;                   /* columns before those of fields */
	struct schema_columns *schemas; /* [id - 1]; owned */
	size_t schema_count, schema_cap;
	uint64_t salt, number; /* of their section */
};

/* `s` is the section of the first event; NULL when there is none. ERR_USAGE when no event of it
 * has a field of that name, or a name that is compared with it. The query is lent. */
int event_columns_init(struct event_columns *c, const struct table *fixed, const struct query *q,
		       const struct section *s, struct error *err);
void event_columns_release(struct event_columns *c);
/* The event's cells behind the fixed ones, lent by the event and the arena; and its full name,
 * lent until another section begins. 0 or ERR_NOMEM. */
int event_columns_fill(struct event_columns *c, const struct event *ev, const struct section *s,
		       struct arena *a, struct cell *cells, const char **name, struct error *err);

#endif
