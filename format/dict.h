/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * dict.h -- the dictionary entries of one epoch, as a reader knows them. Implements
 * docs/FORMAT.md section 6. An entry that a damaged block took away is simply absent.
 */
#ifndef FORMAT_DICT_H
#define FORMAT_DICT_H

#include <stdbool.h>
#include <stdint.h>

#include "format/bytes.h"
#include "format/error.h"
#include "format/section.h"

enum {
	DICT_MAX_ENTRIES = 1 << 20, /* of one dictionary in one epoch */
	DICT_MAX_BYTES = 64 << 20,  /* all packed entries of one epoch, each with its cost */
	DICT_ENTRY_COST = 16,       /* bytes an entry counts for beside its own */
};

struct attributes; /* attributes.h */
struct dict_set;   /* opaque; reference-counted: the cursor and each batch hold one */

/* Is entry `id` of dictionary `dict` one of those looked for? */
typedef bool (*dict_entry_fn)(void *arg, const struct schema *dict, const struct dict_set *dicts,
			      uint32_t id);

struct dict_set *dict_set_new(uint32_t epoch); /* one reference; NULL without memory */
struct dict_set *dict_set_hold(struct dict_set *d);
void dict_set_drop(struct dict_set *d); /* NULL is fine */
uint32_t dict_set_epoch(const struct dict_set *d);
/* Of all entries, as DICT_MAX_BYTES counts them. */
size_t dict_set_bytes(const struct dict_set *d);
/* The same with what holds the entries: many dictionaries of few entries cost more than these. */
size_t dict_set_memory(const struct dict_set *d);
/* Add the entries that part 0 of a DICT block tells of; ids only ascend. They count for at
 * most `work` bytes. Entries of schemas the section does not know are skipped. ERR_CORRUPT
 * adds nothing after the fault. */
int dict_set_decode(struct dict_set *d, const struct section *s, struct view in, uint64_t work,
		    struct error *err);
/* The same, but moves *in to the first run that was not taken whole. */
int dict_set_take(struct dict_set *d, const struct section *s, struct view *in, uint64_t work,
		  struct error *err);
/* Views lent by the functions below live while a reference is held and no block is
 * added. */

/* One attribute of an entry: its bytes, or its integer value (sign-extended if signed).
 * False when the entry is absent, or the attribute does not exist or has another kind. */
bool dict_set_attribute(const struct dict_set *d, uint32_t dict, uint32_t id, int attribute,
			struct view *out);
bool dict_set_int(const struct dict_set *d, uint32_t dict, uint32_t id, int attribute,
		  uint64_t *out);

/* An entry that is asked for several attributes. */
struct dict_entry {
	const struct attributes *entries; /* lent as views are */
	size_t at;
};

/* False when it is absent. */
bool dict_set_find(const struct dict_set *d, uint32_t dict, uint32_t id, struct dict_entry *out);
bool dict_entry_attribute(const struct dict_entry *e, int attribute, struct view *out);
bool dict_entry_int(const struct dict_entry *e, int attribute, uint64_t *out);
/* The same of several attributes; 0 for those that have no integer. */
void dict_entry_ints(const struct dict_entry *e, const int16_t *attributes, size_t count,
		     uint64_t *out);

/* An integer attribute of each of ids[], modulo 2^16; 0 for id 0. False when one is missing. */
bool dict_set_keys(const struct dict_set *d, uint32_t dict, int attribute, const uint32_t *ids,
		   size_t count, uint16_t *out);

#endif
