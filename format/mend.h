/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * mend.h -- one section of a new tape, made of the sound blocks of an old one. Each block
 * is decoded as a reader would, and copied part by part, without encoding anything anew;
 * of one that contradicts itself, what a reader takes before the fault is kept.
 */
#ifndef FORMAT_MEND_H
#define FORMAT_MEND_H

#include "format/scan.h"
#include "format/sink.h"

struct mend; /* opaque */

/* A DATA block that no reader looks into: it has no rows, or times that cannot be (docs/FORMAT.md
 * sections 6 and 7.1). */
static inline bool mend_is_blank(const struct block_header *h)
{
	return h->type == BLOCK_DATA && (h->rows == 0 || h->min_ts == UINT64_MAX);
}

enum { MEND_PARTLY = 2 };

/* What the new section holds so far, and what the old one said. */
struct mend_tally {
	uint64_t blocks;
	uint64_t rows;
	uint64_t newest_ns; /* time known to have been reached; 0 = none */
	uint64_t watermark; /* no row before it is to come */
	bool has_end;       /* the old section was closed in order... */
	uint64_t end_rows;  /* ...and was said to have so many events */
};

int mend_new(struct mend **out, struct error *err);
void mend_free(struct mend *m);
/* ERR_UNSUPPORTED when this SECTION block asks for a newer program; else 0, or a failure. */
int mend_accept(struct mend *m, const struct scan_item *block, struct error *err);
/* Before anything else: write to *sink, which must outlive it. `salt` is the old section's; the
 * new one is made from it, so that the same tape gives the same copy. */
int mend_write_to(struct mend *m, struct sink *sink, uint64_t salt, struct error *err);
/* A section without its first block: an empty one that says so. */
int mend_begin(struct mend *m, struct error *err);
/* Copy a block; the first is a SECTION block. END is kept back until mend_close().
 * MEND_PARTLY with *why when the block contradicts itself; negative when the section needs a
 * newer program, or output or memory fails. */
int mend_take(struct mend *m, const struct scan_item *block, struct error *why, struct error *err);
/* Write a LOSS block of `count` records, which tell of `lost` events. */
int mend_lose(struct mend *m, const struct buf *records, uint32_t count, uint64_t lost,
	      struct error *err);
/* Write the END block, with the fact `recovered`. When the old section was `is_whole`, what it
 * said of itself is still true; else events are counted. */
int mend_close(struct mend *m, bool is_whole, const char *recovered, struct error *err);
const struct mend_tally *mend_tally(const struct mend *m);

#endif
