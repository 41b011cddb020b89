/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * attributes.h -- the entries of one dictionary as a reader keeps them: attribute by
 * attribute, each value as wide as its field. Implements docs/FORMAT.md section 6.
 */
#ifndef FORMAT_ATTRIBUTES_H
#define FORMAT_ATTRIBUTES_H

#include "format/bytes.h"
#include "format/error.h"
#include "format/keyed.h"
#include "format/schema.h"

/* The values of one attribute. */
struct attribute {
	uint32_t size;  /* bytes of integers, arrays and bytes; 0: strings */
	bool is_const;  /* entries have one value so far, which is there once */
	void *data;     /* values; strings one after the other; owned */
	uint32_t *ends; /* strings: where each ends in data; owned */
	size_t cap;     /* values that there is room for */
	size_t room;    /* strings: bytes that there is room for */
};

struct attributes {
	const struct schema *schema; /* lent, but not needed for release; of one field or more */
	unsigned field_count;        /* its own */
	size_t count;                /* entries */
	struct attribute *of;        /* [field_count]; owned */
};

/* For entries of `schema`, none yet. False without memory. */
bool attributes_init(struct attributes *a, const struct schema *schema);
void attributes_release(struct attributes *a);
/* Append `count` entries: the columns of a run of a DICT block. `keyed` may be NULL if no
 * field has a key. *bytes becomes what their values take, 2 more for each string:
 * ERR_CORRUPT beyond `limit`, which is below 4 GiB for all entries together. ERR_UNSUPPORTED
 * for an unknown codec. Nothing is appended on failure. */
int attributes_decode(struct attributes *a, struct view columns, size_t count, struct keyed *keyed,
		      uint64_t limit, uint64_t *bytes, struct error *err);
/* Values of entry `at`, which is below count. False when the attribute does not exist or has
 * another kind. Integers are sign-extended if signed. Views live until more is appended. */
bool attributes_int(const struct attributes *a, size_t at, int attribute, uint64_t *out);
bool attributes_bytes(const struct attributes *a, size_t at, int attribute, struct view *out);
/* Several integers of an entry; 0 for what is none. */
void attributes_ints(const struct attributes *a, size_t at, const int16_t *attributes, size_t count,
		     uint64_t *out);

/* An integer attribute of each of the entries ids[i] - first, modulo 2^16; 0 where ids[i] is
 * 0. `first` is not 0. False when one is missing. */
bool attributes_keys(const struct attributes *a, int attribute, uint32_t first, const uint32_t *ids,
		     size_t count, uint16_t *out);

#endif
