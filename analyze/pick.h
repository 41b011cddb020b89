/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pick.h -- columns found by the names that users give them: "duration_ns", or without
 * its unit "duration", or what is above it in text, "time"; and some of a table's columns
 * as a table of its own.
 */
#ifndef ANALYZE_PICK_H
#define ANALYZE_PICK_H

#include "analyze/table.h"
#include "format/error.h"

/* Index of the column with a key that the name stands for, or -1. Of a column of text alone
 * it is the first of the keys that it is made of. */
int pick_find(const struct table *t, const char *name);
/* Is there a column of that name, be it of text alone? */
bool pick_has(const struct table *t, const char *name);
/* ERR_USAGE: "--sort: conns has no column durtion; did you mean duration?" */
int pick_unknown(const struct table *t, const char *option, const char *name, struct error *err);
/* Has it columns with keys, so that it can be asked for them? Else it is a page for people. */
bool pick_can(const struct table *t);

enum { PICK_MAX = 64 };

/* The columns of a table that are to be shown, in their order. */
struct pick {
	struct table table; /* its columns are `columns` */
	struct column columns[PICK_MAX + 1];
	size_t from[PICK_MAX]; /* index in the table they were picked from */
};

/* Start with {0}. In text a column of text alone stays what it is; in other formats it becomes the
 * keys it is made of. A column that is there already is not added again. ERR_USAGE. */
int pick_add(struct pick *p, const struct table *t, const char *option, const char *name,
	     bool is_text, struct error *err);
void pick_cells(const struct pick *p, const struct cell *cells, struct cell *out);

#endif
