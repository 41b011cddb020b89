/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hole.h -- what is missing between two sound blocks of a section: as much as the headers
 * of damaged blocks and the numbers of sound ones tell. Becomes LOSS records
 * (docs/FORMAT.md sections 8 and 11).
 */
#ifndef FORMAT_HOLE_H
#define FORMAT_HOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "format/block.h"
#include "format/bytes.h"

/* Start with {0}; nothing is owned. */
struct hole {
	uint64_t rows;           /* events in missing blocks whose headers are known */
	uint64_t from_ns, to_ns; /* of these events */
	bool has_unknown;        /* of some blocks not even the headers are known */
	bool has_suspect;
	struct block_header suspect; /* its body is not where it should be: it may still come */
};

/* This block is missing; its header is sound. */
void hole_add(struct hole *o, const struct block_header *h);
/* A sound header without its body: the next number tells whether the block is missing. */
void hole_suspect(struct hole *o, const struct block_header *h);
/* The next `missing` numbers are skipped; returns how many of them nothing is known of. */
uint64_t hole_skip(struct hole *o, uint64_t missing);
/* The block with this number is here. */
void hole_settle(struct hole *o, uint64_t seq);
/* Nothing follows in the section. `has_rest`: but there are bytes that may have been blocks. */
void hole_end(struct hole *o, bool has_rest);
/* Append a LOSS record for known and one for unknown events; the latter happened in
 * [from_ns, to_ns]. Returns how many. */
uint32_t hole_encode(const struct hole *o, uint64_t from_ns, uint64_t to_ns, struct buf *out);

#endif
