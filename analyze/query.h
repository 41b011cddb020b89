/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * query.h -- what the user asks of the rows of any command: --where, --count-by, --sort,
 * --limit, --fields, in the order in which they are applied. Names are those of columns.
 */
#ifndef ANALYZE_QUERY_H
#define ANALYZE_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyze/arena.h"
#include "analyze/table.h"
#include "format/error.h"

struct predicate; /* predicate.h */

enum { QUERY_COLUMNS = 64, QUERY_KEYS = 16 };

struct sort_key {
	const char *name;
	bool is_descending;
};

/* {0} changes nothing. */
struct query {
	struct predicate *where; /* owned; NULL = every row */
	const char *groups[QUERY_COLUMNS];
	size_t group_count; /* 0 = rows are shown, not counted */
	struct sort_key sort[QUERY_KEYS];
	size_t sort_count;
	const char *fields[QUERY_COLUMNS];
	size_t field_count; /* 0 = the columns that the command shows */
	uint64_t limit;     /* 0 = all rows */
	struct arena words; /* owned */
};

/* Take the value of an option. 0, ERR_USAGE or ERR_NOMEM. */
int query_take_where(struct query *q, const char *value, struct error *err);
int query_take_count_by(struct query *q, const char *value, struct error *err);
int query_take_sort(struct query *q, const char *value, struct error *err);
int query_take_fields(struct query *q, const char *value, struct error *err);
int query_take_limit(struct query *q, const char *value, struct error *err);
/* Is every name a column of one of these tables (NULL after the last)? 0 or ERR_USAGE. What is
 * counted is checked when it is. */
int query_check(const struct query *q, const struct table *const *tables, size_t count,
		struct error *err);
void query_release(struct query *q);

/* Are there rows left out, moved or changed? */
static inline bool query_is_open(const struct query *q)
{
	return !q->where && !q->group_count && !q->sort_count && !q->field_count && !q->limit;
}

#endif
