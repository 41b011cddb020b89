/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * listed.h -- the few different values of a column of integers: written once, then where in
 * that list each is. For columns of wide numbers that come again and again. Implements codec
 * LISTED of docs/FORMAT.md section 7.3.
 */
#ifndef FORMAT_LISTED_H
#define FORMAT_LISTED_H

#include <stddef.h>
#include <stdint.h>

#include "format/bytes.h"

enum { LISTED_MAX = 512 }; /* values in a list */

/* Append `n` integers to *out if that takes less than `most` bytes; false if it does not, or if
 * there is no memory, which shows in out->is_failed. */
bool listed_encode(const uint64_t *values, size_t n, size_t most, struct buf *out);

/* The list: *count values, in their order. False if `in` holds none of as many as `n` values
 * can need. */
bool listed_take(struct view *in, size_t n, uint64_t list[LISTED_MAX], size_t *count);

#endif
