/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * index.h -- where each block of a section lies and which times it covers. A cache at
 * the end of the section: it can always be rebuilt from the block headers, and is never
 * trusted without them. Implements docs/FORMAT.md section 9.
 */
#ifndef FORMAT_INDEX_H
#define FORMAT_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "format/block.h"

enum { INDEX_MAX_ENTRIES = 1 << 19 };

struct index_entry {
	uint64_t offset; /* from the section's first byte */
	uint64_t min_ts, max_ts;
	uint32_t len; /* header and body */
	uint32_t rows;
	uint32_t epoch;
	uint8_t type; /* enum block_type */
};

struct index {
	struct index_entry *entries; /* owned */
	size_t count;
	size_t cap;
	bool is_overfull; /* entries were left out: the index is not written */
};

void index_release(struct index *ix);
/* Remember a block. Without memory, or beyond INDEX_MAX_ENTRIES, the index becomes
 * overfull, which is not an error: it is only a cache. */
void index_add(struct index *ix, uint64_t offset, const struct block_header *h);
void index_encode(const struct index *ix, struct buf *out);
/* Replaces *ix. ERR_CORRUPT when it is cut short or its blocks overlap. */
int index_decode(struct view *in, struct index *ix, struct error *err);
/* True when the block at `offset` is listed exactly as its header says. */
bool index_has(const struct index *ix, uint64_t offset, const struct block_header *h);

#endif
