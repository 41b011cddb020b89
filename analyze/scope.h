/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * scope.h -- how much of a tape must be read for an answer: all of it, or only what lies
 * between --since and --until, or refers to the connections that --port and --addr select.
 * Numbers of connections need all that lies before; --no-conn does without them.
 */
#ifndef ANALYZE_SCOPE_H
#define ANALYZE_SCOPE_H

#include "analyze/kin.h"
#include "analyze/spans.h"

struct cursor;
struct tracker; /* tracker.h */

/* What a command never tells. */
enum scope_spare {
	SPARE_AFTER = 1,   /* what comes after --until */
	SPARE_BEFORE = 2,  /* what comes before --since, but for numbers of connections */
	SPARE_NUMBERS = 4, /* numbers of connections */
};

/* Start with {0}: all is read. */
struct scope {
	bool has_origin;
	uint64_t origin_ns;      /* the tape's first event, if it may stay unread */
	uint64_t from_ns, to_ns; /* if has_origin: what is read */
	struct kin *kin;         /* owned; NULL: blocks are read whatever they refer to */
	struct kin_reader reader;
	struct spans spans; /* if there is kin */
};

/* Might something be left unread of a file? Then the source should be read sparsely. */
bool scope_is_asked_for(const struct selection *selection, unsigned spares);
/* Looks into `source`. Nothing of a pipe is left out. */
int scope_find(struct scope *s, struct source *source, const struct selection *selection,
	       unsigned spares, struct error *err);
void scope_release(struct scope *s);
/* Something may be left out; then what is in it is not known, nor whether it is damaged. */
bool scope_is_part(const struct scope *s);
/* Limit the cursor of the view, before its first item. */
int scope_limit(struct scope *s, struct cursor *c, struct error *err);
/* A tracker for what is read; `s` may be NULL, and must outlive it. NULL without memory. */
struct tracker *scope_tracker(const struct scope *s);

#endif
