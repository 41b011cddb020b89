/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * keyed.h -- values predicted by the last value with the same key, whichever field it was
 * in: sequence numbers of one direction of one connection, for instance. Implements
 * docs/FORMAT.md section 7.5.
 *
 * Values are taken in row order, in a row in field order. Each becomes a token, and
 * where the prediction fails, raw bytes.
 */
#ifndef FORMAT_KEYED_H
#define FORMAT_KEYED_H

#include "format/bytes.h"
#include "format/schema.h"

struct keyed; /* the last value of each key; opaque */

struct keyed *keyed_new(void); /* NULL without memory */
void keyed_free(struct keyed *k);
/* Forget all values: a new block. */
void keyed_reset(struct keyed *k);
/* The key of a field's value, that is, which last value predicts it. */
static inline uint64_t keyed_key(const struct field *f, uint64_t attribute)
{
	if (f->flags & FIELD_FLIP)
		attribute ^= 1;
	return attribute + (uint64_t)f->key_space * 40503;
}

/* Token for an integer of `size` bytes; raw bytes, if any, are appended to *raw. */
uint64_t keyed_token(struct keyed *k, uint64_t key, uint64_t value, unsigned size, struct buf *raw);
/* The value a token stands for, zero-extended. False when *raw has run out. */
bool keyed_value(struct keyed *k, uint64_t key, uint64_t token, unsigned size, struct view *raw,
		 uint64_t *value);

#endif
