/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * counts.h -- the answer to --by: what a view would have listed, counted by one property. Each
 * word has its table, the same for every command.
 *
 *	counts_begin(&c, in, &list_table);
 *	if ((rc = counts_add(&c, &thing, err)))
 *		...
 *	counts_print(&c);
 *	counts_release(&c);
 */
#ifndef ANALYZE_COUNTS_H
#define ANALYZE_COUNTS_H

#include "analyze/tally.h"
#include "analyze/tuple.h"
#include "analyze/view.h"

enum counts_by {
	COUNTS_NONE = 0, /* --by was not given */
	COUNTS_REASON,
	COUNTS_LOCATION,
	COUNTS_CONN,
	COUNTS_STACK,
	COUNTS_SECOND,
	COUNTS_KIND,
	COUNTS_PEER,
	COUNTS_SERVICE,
	COUNTS_STAGE,
	COUNTS_DIRECTION,
	COUNTS_WORDS
};

/* One of the things that are counted. */
struct counted {
	uint64_t ts_ns;
	uint64_t origin_ns; /* seconds count from there */
	uint64_t bytes;
	struct view text;          /* the property, but for conn and second; {0} = not known */
	uint64_t conn;             /* 0 = none */
	const struct tuple *tuple; /* of conn; NULL = not known */
};

/* By enum counts_by; the first has no columns. */
extern const struct table counts_tables[COUNTS_WORDS];

struct counts {
	const struct view_input *in;
	enum counts_by by;
	struct tally tally;
	uint64_t total;
};

/* COUNTS_NONE for NULL, and for words that are no property. */
enum counts_by counts_find(const char *word);

/* Caller's storage. Begins the table: with --by that of the counts, else `list`, and c->by is
 * COUNTS_NONE. */
void counts_begin(struct counts *c, const struct view_input *in, const struct table *list);
void counts_release(struct counts *c);
/* 0 or ERR_NOMEM. */
int counts_add(struct counts *c, const struct counted *thing, struct error *err);
/* Once, when all is added: most first, seconds in order. */
void counts_print(struct counts *c);

#endif
