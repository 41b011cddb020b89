/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * piece.h -- one file of a tape in the making: its facts, its names, its rows. Each stands alone;
 * a recording has one, or one after the other.
 *
 * Order of use: piece_open, piece_prepare, piece_begin, then rows, piece_tick and losses,
 * piece_end, piece_close. Between a piece's piece_prepare and its end no other may be prepared:
 * the catalog's recipes belong to one at a time.
 */
#ifndef RECORD_PIECE_H
#define RECORD_PIECE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/error.h"
#include "format/writer.h"
#include "record/catalog.h"
#include "record/losses.h"
#include "record/options.h"
#include "record/own.h"
#include "record/status.h"
#include "record/symbols.h"

/* What all pieces have in common; all lent. */
struct recording {
	const struct record_options *opt;
	char *const *argv;
	struct catalog *catalog;
	struct symbols *symbols;
	struct own own; /* is left out, if it is known */
	int stacks_fd;  /* see attach_stacks_fd() */
	char id[33];    /* random; the fact `recording` */
};

/* Fill in its id. 0 or ERR_IO. */
int recording_draw_id(struct recording *r, struct error *err);

struct piece; /* opaque */

/* Create the file, and write what is known before anything happens. `number` is that of the
 * piece, 0 for a tape in one piece. 0 and *out, ERR_USAGE if the file exists, ERR_IO, ERR_NOMEM. */
int piece_open(const struct recording *r, const char *path, uint32_t number, struct piece **out,
	       struct error *err);
/* Write it out. False, with the reason, if the file system takes nothing now. */
bool piece_is_written(struct piece *p, struct error *err);
/* Make the names of all events: rows may come. */
int piece_prepare(struct piece *p, struct error *err);
/* Events of now on belong here: what is unavailable, the clocks; from here on it is a tape. */
int piece_begin(struct piece *p, uint64_t now_ns, struct error *err);

/* See record/translate.h. */
int piece_add(struct piece *p, const void *record, size_t len, struct error *err);
int piece_add_as(struct piece *p, const struct recipe *recipe, const void *record,
		 struct error *err);
/* What is due by the clock: losses, clocks, everything to the file. The next call comes at next_ns, or before. */
int piece_tick(struct piece *p, struct losses *l, uint64_t now_ns, uint64_t next_ns,
	       struct error *err);
/* The last losses and clocks, the cost, and the end: `total` says what the recording has cost so
 * far, of which this piece's share is written. */
int piece_end(struct piece *p, struct losses *l, const char *reason,
	      const struct status_total *total, struct error *err);
/* Close the file and free; NULL is fine. ERR_IO when the last data could not be stored. */
int piece_close(struct piece *p, struct error *err);

/* While there is a reason nothing is written, as with a full disk; NULL = go on. */
void piece_hold(struct piece *p, const char *reason);
/* Of the open file; to look at. */
int piece_fd(const struct piece *p);
/* For facts and losses; lent. */
struct writer *piece_writer(struct piece *p);
/* Rows written or waiting, and rows that could not be written. */
uint64_t piece_rows(const struct piece *p);
uint64_t piece_unwritten(const struct piece *p);
uint64_t piece_rows_of(const struct piece *p, uint16_t number);
uint64_t piece_bytes(const struct piece *p);
/* About the size it would have if it ended now; not less, as a rule. */
uint64_t piece_bytes_at_end(const struct piece *p);
/* Why nothing can be written now; NULL = all is well. */
const char *piece_stall_reason(const struct piece *p);

#endif
