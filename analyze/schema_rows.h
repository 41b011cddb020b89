/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * schema_rows.h -- `tcptape info --events`: the events a recording has, a row for each of
 * their fields, as the tape describes them.
 */
#ifndef ANALYZE_SCHEMA_ROWS_H
#define ANALYZE_SCHEMA_ROWS_H

#include "analyze/render.h"
#include "analyze/summary.h"
#include "format/section.h"

/* Copies of the schemas and enumerations of a section, which outlive it. Start with {0}. */
struct schema_rows {
	struct section kept;
};

extern const struct table events_table;

/* Copy what is new in `s`. 0, ERR_NOMEM or ERR_CORRUPT. */
int schema_rows_keep(struct schema_rows *rows, const struct section *s, struct error *err);
/* Print them, with how often each came by `summary`, as rows of events_table, which has begun.
 * On a page what is equal to the row above is left out. 0 or ERR_NOMEM. */
int schema_rows_print(const struct schema_rows *rows, const struct summary *summary,
		      uint64_t section, bool is_page, struct renderer *r, struct error *err);
void schema_rows_release(struct schema_rows *rows);

#endif
