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
#include "format/event.h"
#include "format/gap.h"
#include "format/health.h"
#include "format/item.h"
#include "format/section.h"

struct cursor;   /* opaque */
struct run;      /* run.h */
struct source;   /* source.h */
struct dict_set; /* dict.h */

enum item_kind {
	ITEM_SECTION = 1, /* a section begins: rebind; event and schema pointers of the last die */
	ITEM_EVENT,
	ITEM_LOSS,
	ITEM_CLOCK,
	ITEM_SCHEMA, /* more schemas or facts became known in this section */
	ITEM_GAP,    /* bytes that could not be read were skipped here */
	ITEM_END,    /* the section's End block: it was closed in order */
};

struct section_end {
	char reason[64]; /* "stop", "signal", ... */
	uint64_t rows;   /* events the writer says it wrote */
	uint64_t lost;   /* events the writer says were lost */
};

struct item {
	enum item_kind kind;
	const struct section *section; /* current; lent until the next section begins */
	union {
		struct event event;
		struct loss loss;
		struct clock_reading clock;
		struct gap gap;
		struct section_end end;
	};
};

enum { CURSOR_MAX_OPEN = 8 }; /* blocks that may overlap in time (FORMAT section 7.1) */

/* Reads from *src, which must outlive the cursor and stays the caller's. The first
 * section is read here: ERR_NOT_A_TAPE when none is found. */
int cursor_open(struct source *src, struct cursor **out, struct error *err);
void cursor_close(struct cursor *c);
/* Only events with from_ns <= ts < to_ns will be delivered; blocks outside are not read
 * where the source allows, nor are columns that nobody asks for; damage in them goes
 * unnoticed. Call before the first cursor_next(). Absolute tape time. 0 or a failure. */
int cursor_limit_time(struct cursor *c, uint64_t from_ns, uint64_t to_ns, struct error *err);
/* Is entry `id` of dictionary `dict` one of those looked for? */
typedef bool (*cursor_entry_fn)(void *arg, const struct schema *dict, const struct dict_set *dicts,
				uint32_t id);
/* Blocks whose rows refer to no wanted entry are not read, as above; others are delivered
 * whole. Call before the first cursor_next(). */
void cursor_limit_entries(struct cursor *c, cursor_entry_fn wants, void *arg);
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
