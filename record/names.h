/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * names.h -- lists of event names ("group:name") and of the globs that choose them.
 *
 * A glob knows `*`, `?` and `[...]`. One without a colon is about the event's name in
 * any group; one that starts with `!` leaves events out. Not thread-safe.
 */
#ifndef RECORD_NAMES_H
#define RECORD_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "format/error.h"

enum { NAMES_MAX = 1 << 16 }; /* names in one list */

/* Zero-initialised = empty. */
struct name_list {
	char **names; /* owned, each one too */
	size_t count;
	size_t cap;
};

/* Append a copy of `name`. 0, ERR_NOMEM, or ERR_USAGE beyond NAMES_MAX. */
int name_list_add(struct name_list *l, const char *name, struct error *err);
void name_list_release(struct name_list *l);
/* Byte order; equal names become one. */
void name_list_sort(struct name_list *l);
/* In a sorted list. */
bool name_list_has(const struct name_list *sorted, const char *name);

/* Whether "group:name" matches the glob; a leading `!` is not looked at. */
bool name_matches(const char *glob, const char *name);
/* Whether some glob of the list matches and none that starts with `!` does; the order
 * of the globs is of no importance. */
bool name_is_chosen(const struct name_list *globs, const char *name);
/* The name nearest to `wrong` by edits (at most a third of its letters), or NULL.
 * Lent by the list. */
const char *name_list_nearest(const struct name_list *l, const char *wrong);

#endif
