/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * block_writer.h -- the blocks of one section, one after the other: numbers them, puts
 * their headers on, remembers them for the index. Knows nothing of what is in them.
 */
#ifndef FORMAT_BLOCK_WRITER_H
#define FORMAT_BLOCK_WRITER_H

#include "format/index.h"
#include "format/part.h"
#include "format/sink.h"

struct block_writer; /* opaque */

/* Writes to *sink, which must outlive it. `salt` is the section's. */
int block_writer_new(struct sink *sink, uint64_t salt, int zstd_level, struct block_writer **out,
		     struct error *err);
void block_writer_free(struct block_writer *b);
struct packer *block_writer_packer(struct block_writer *b);
/* The body of the next block, empty; fill it, then block_writer_put(). Lent. */
struct body *block_writer_body(struct block_writer *b);
/* Write the body under `h`, whose lengths, checksums, salt and seq are set here. Nothing
 * changes when that fails: the block was not written. */
int block_writer_put(struct block_writer *b, struct block_header *h, struct error *err);
/* The same for a body of one part that holds `raw`. */
int block_writer_put_raw(struct block_writer *b, struct block_header *h, const struct buf *raw,
			 struct error *err);
/* Write END: `totals` is what its first part holds before the index (FORMAT section 9). */
int block_writer_end(struct block_writer *b, struct block_header *h, const struct buf *totals,
		     struct error *err);
/* Blocks and bytes of this section so far. */
uint64_t block_writer_count(const struct block_writer *b);
uint64_t block_writer_bytes(const struct block_writer *b);

#endif
