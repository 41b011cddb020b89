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
/* An integer attribute of each entry, by id: the low 32 bits of what a reader gets. */
struct id_keys {
	const uint32_t *values;
	size_t count;
};

/* 0 without an entry. */
static inline uint32_t id_key(const struct id_keys *k, uint32_t id)
{
	return id < k->count ? k->values[id] : 0;
}

/* Of all entries of dictionary `dict`; lent until the next call or epoch. False without memory. */
bool dictionaries_keys(struct dictionaries *d, uint32_t dict, uint8_t attribute,
		       struct id_keys *out);
/* No string of the epoch's entries of dictionary `dict` is longer, in bytes. */
size_t dictionaries_longest(const struct dictionaries *d, uint32_t dict);
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
