/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * merge.h -- puts the rows of blocks that overlap a little in time in one order, with the
 * losses and clock readings between them (docs/FORMAT.md section 7.1).
 */
#ifndef FORMAT_MERGE_H
#define FORMAT_MERGE_H

#include "format/batch.h"
#include "format/health.h"
#include "format/item.h"
#include "format/run.h"

struct merge; /* opaque */

enum { MERGE_MAX_OPEN = 8 }; /* blocks that may overlap in time (FORMAT section 7.1) */

struct merge *merge_new(void); /* NULL without memory */
void merge_free(struct merge *m);
/* Only rows with from_ns <= ts < to_ns go out. */
void merge_limit_time(struct merge *m, uint64_t from_ns, uint64_t to_ns);
/* A section begins: times start anew. */
void merge_restart(struct merge *m);
/* No later block holds a row before this. */
void merge_watermark(struct merge *m, uint64_t watermark);
/* Takes ownership. Only when merge_has_room(). */
void merge_add(struct merge *m, struct batch *batch);
/* ERR_CORRUPT when too many wait. */
int merge_add_loss(struct merge *m, const struct loss *loss, struct error *err);
int merge_add_clock(struct merge *m, const struct clock_reading *clock, struct error *err);
/* 0 with *out, which lives until the next call, or END: more blocks must be read first,
 * or, `is_draining` (there are none), nothing is left. `current` are the dictionaries
 * that the caller holds anyway. Adds to *health what it finds. */
int merge_next(struct merge *m, bool is_draining, const struct dict_set *current, struct item *out,
	       struct health *health);
/* The next event, if it is one more of a run that merge_next() found; else false: ask
 * merge_next(). */
bool merge_next_in_run(struct merge *m, struct item *out);
/* That run: its events need not be asked for one by one. Lent until the next call of another
 * function. */
struct run *merge_run(struct merge *m);
/* The number of blocks whose late parts turned out damaged since the last call. */
unsigned merge_take_damaged(struct merge *m);

#endif
