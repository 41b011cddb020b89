/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * series.h -- the pieces of a recording, one after the other, and what they hold together.
 *
 * Order of use: series_open, series_piece and piece_prepare, series_begin; then for each turn series_is_due,
 * series_load, the rest for the old piece, series_turn; last series_end, series_close.
 */
#ifndef RECORD_SERIES_H
#define RECORD_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "format/error.h"
#include "record/losses.h"
#include "record/piece.h"
#include "record/status.h"

struct series; /* opaque */

/* Create the first piece. `r` is lent while it lives. 0 and *out, or as piece_open(). */
int series_open(const struct recording *r, struct series **out, struct error *err);
/* The last data may fail to be stored: ERR_IO. NULL is fine. */
int series_close(struct series *r, struct error *err);
/* The piece at hand; lent until the next turn. */
struct piece *series_piece(struct series *r);
/* The first piece, prepared, begins. */
int series_begin(struct series *r, uint64_t now_ns, struct error *err);

/* A user asks for the next piece. */
void series_ask(struct series *r);
bool series_is_due(const struct series *r, uint64_t now_ns);
/* When time alone makes it so; UINT64_MAX = never. */
uint64_t series_due_ns(const struct series *r);
/* Create the next piece. An error means that there is none, and it is not due again for a while:
 * recording goes on with the piece at hand. */
int series_load(struct series *r, uint64_t now_ns, struct error *err);
/* End the piece at hand, let the loaded one begin, delete what is not to be kept. A sentence is
 * in *trouble, "" if all is well, when the old one could not be ended or deleted: nothing to stop for. */
int series_turn(struct series *r, struct losses *l, const struct status_total *total,
		struct error *trouble, struct error *err);
/* Look after the file system, now and then: delete the oldest pieces or hold back when it has to
 * keep more room; a piece that somebody has deleted makes the next one due. ERR_IO if it was the
 * only one. */
int series_mind_disk(struct series *r, struct error *err);
int series_end(struct series *r, struct losses *l, const char *reason,
	       const struct status_total *total, struct error *err);

/* The file of the piece at hand was deleted. */
bool series_is_gone(const struct series *r);

/* Of all pieces: rows on tape or waiting, rows that could not be written, rows of one event. */
uint64_t series_rows(const struct series *r);
uint64_t series_unwritten(const struct series *r);
uint64_t series_rows_of(const struct series *r, uint16_t number);
/* Bytes written, and bytes that are kept (with what the piece at hand needs to be ended). */
uint64_t series_bytes(const struct series *r);
uint64_t series_kept_bytes(const struct series *r);
/* Of the piece at hand; lent. */
const char *series_path(const struct series *r);
/* Finished pieces, and how many of them were deleted. */
uint32_t series_finished(const struct series *r);
uint32_t series_deleted(const struct series *r);

#endif
