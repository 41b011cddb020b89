/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cursor.h -- pulls everything off a tape in order: sections, events by time, losses,
 * clock readings, damage. The loop is the caller's:
 *
 *	while ((rc = cursor_next(cur, &item, &err)) == 0)
 *		switch (item.kind) { ... }
 *
 * rc is 1 at the end, negative when reading cannot go on (I/O, memory, a feature this
 * program lacks, or nothing readable at all). Damage is not an error: it is skipped,
 * delivered as ITEM_GAP, and counted in cursor_health(). Memory is bounded by the
 * size of a block and of one epoch's dictionaries, never by the tape.
 */
#ifndef FORMAT_CURSOR_H
#define FORMAT_CURSOR_H

#include "format/error.h"
#include "format/dict.h"
#include "format/health.h"
#include "format/item.h"

struct cursor; /* opaque */
struct run;    /* run.h */
struct source; /* source.h */

/* Reads from *src, which must outlive the cursor and stays the caller's. The first
 * section is read here: ERR_NOT_A_TAPE when none is found. */
int cursor_open(struct source *src, struct cursor **out, struct error *err);
void cursor_close(struct cursor *c);
/* Only events with from_ns <= ts < to_ns will be delivered; blocks outside are not read
 * where the source allows, nor are columns that nobody asks for; damage in them goes
 * unnoticed. Call before the first cursor_next(). Absolute tape time. 0 or a failure. */
int cursor_limit_time(struct cursor *c, uint64_t from_ns, uint64_t to_ns, struct error *err);
/* Blocks whose rows refer to no wanted entry are not read, as above; others are delivered
 * whole. Call before the first cursor_next(). */
void cursor_limit_entries(struct cursor *c, dict_entry_fn wants, void *arg);
/* At the end of the file wait for more, until END comes: the tape is still being written. A
 * pipe waits anyway. */
void cursor_follow(struct cursor *c);
int cursor_next(struct cursor *c, struct item *item, struct error *err);
/* Events that cursor_next() would deliver next, before anything else, may be taken from here
 * instead, as long as event_is_starved() is asked of each. Lent until the next cursor_next(). */
struct run *cursor_run(struct cursor *c);
/* What reading found so far; lent as long as *c is open. */
const struct health *cursor_health(const struct cursor *c);

#endif
