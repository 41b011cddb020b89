/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * block_list.h -- the blocks of a sound piece of a tape, one behind the other, each with
 * its first part. For cmocka tests: what is not sound fails the test.
 */
#ifndef TESTS_FORMAT_BLOCK_LIST_H
#define TESTS_FORMAT_BLOCK_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "format/block.h"
#include "format/part.h"

struct listed_block {
	struct block_header header;
	size_t offset;
	uint8_t *raw; /* of part 0, decompressed */
	size_t raw_len;
};

struct block_list {
	struct listed_block *all;
	size_t count;
};

struct block_list block_list_of(const void *data, size_t len);
void block_list_free(struct block_list *l);
/* Part 0 of block `n`. */
struct view block_list_raw(const struct block_list *l, size_t n);

#endif
