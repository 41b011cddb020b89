/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * walk.h -- the blocks of a tape one by one, with the names known so far, for programs
 * that measure. What goes wrong ends the program with a sentence: a damaged tape is no
 * tape to measure.
 */
#ifndef TESTS_BENCH_WALK_H
#define TESTS_BENCH_WALK_H

#include "format/dict.h"
#include "format/part.h"
#include "format/scan.h"
#include "format/section.h"

struct walk {
	struct source *source; /* owned, as is all but `block` */
	struct scan scan;
	struct unpacker *unpacker;
	struct section section;
	struct dict_set *dicts; /* of the block's epoch */
	struct scan_item block; /* current; its body is lent until the next step */
	struct part parts[BLOCK_MAX_PARTS];
	struct buf raw[BLOCK_MAX_PARTS]; /* memory for walk_part() */
};

/* Opens the tape. */
void walk_begin(struct walk *w, const char *path);
/* To the next block; false at the end. SECTION, SCHEMA and DICT blocks are taken in. */
bool walk_next(struct walk *w);
/* Part `i` of the current block, decompressed; lent until the next step. */
struct view walk_part(struct walk *w, unsigned i);
void walk_end(struct walk *w);

/* Ends the program with the sentence if `rc` is not 0. */
void walk_must(int rc, const struct error *err);

#endif
