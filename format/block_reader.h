/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * block_reader.h -- the parts of blocks, decompressed one at a time into the same memory. Knows
 * nothing of what is in them.
 */
#ifndef FORMAT_BLOCK_READER_H
#define FORMAT_BLOCK_READER_H

#include "format/part.h"
#include "format/scan.h"

/* Caller's storage. */
struct block_reader {
	struct unpacker *unpacker; /* lent */
	struct source *source;     /* lent; NULL: bodies are always whole */
	struct buf raw;
};

void block_reader_init(struct block_reader *r, struct unpacker *unpacker, struct source *source);
void block_reader_release(struct block_reader *r);
/* Part `index` of a block whose body, or part table, is at hand. *out is lent until the next call; a
 * body that is not whole may be gone with it. ERR_CORRUPT for damage, a part that is not there, and a
 * codec that is unknown here: it costs the block. */
int block_reader_open(struct block_reader *r, const struct scan_item *block, unsigned index,
		      struct view *out, struct error *err);
/* The number of the part with this tag, behind the first; header.part_count if there is none. */
unsigned block_reader_find(const struct scan_item *block, uint8_t tag);

#endif
