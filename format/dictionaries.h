/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * dictionaries.h -- all dictionaries of a section being written: equal entries get equal
 * ids within an epoch, new ones wait to be written (docs/FORMAT.md section 6).
 */
#ifndef FORMAT_DICTIONARIES_H
#define FORMAT_DICTIONARIES_H

#include "format/block_writer.h"
#include "format/schema.h"

struct dictionaries; /* opaque */

enum { DICTIONARIES_MAX_ENTRY = 1 << 20 }; /* bytes of one entry */

/* `limit` entries of one dictionary end an epoch; 0 = default. NULL without memory. */
struct dictionaries *dictionaries_new(uint32_t limit);
void dictionaries_free(struct dictionaries *d);
/* The dictionary with this schema, which must outlive it. 0 or ERR_NOMEM. */
int dictionaries_add(struct dictionaries *d, const struct schema *s, struct error *err);
/* Id of the packed entry (entries.h). ERR_USAGE when nothing more fits in the epoch. */
int dictionaries_intern(struct dictionaries *d, uint32_t dict, const void *packed, size_t len,
			uint32_t *id, struct error *err);
/* An integer attribute as a reader gets it from dict_set_int(); 0 without an entry. */
uint64_t dictionaries_int(const struct dictionaries *d, uint32_t dict, uint32_t id, int attribute);
uint32_t dictionaries_epoch(const struct dictionaries *d);
/* Packed bytes that wait to be written: half a block is a good time. */
size_t dictionaries_pending(const struct dictionaries *d);
/* The epoch should end with the block at hand: a dictionary is long enough. */
bool dictionaries_is_full(const struct dictionaries *d);
/* It should end at once: there is not much room left. */
bool dictionaries_is_crowded(const struct dictionaries *d);
/* Forget all entries. */
void dictionaries_next_epoch(struct dictionaries *d);
/* Write what is new as a DICT block under `h`. After a failure entries are missing on
 * the tape: begin a new epoch. */
int dictionaries_write(struct dictionaries *d, struct block_writer *to,
		       const struct block_header *h, struct error *err);

#endif
