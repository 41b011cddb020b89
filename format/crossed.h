/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * crossed.h -- a column of bytes that has what the one before it has in a neighbouring entry:
 * whoever was the sender is the receiver next. Implements CROSSED of docs/FORMAT.md section 6.
 */
#ifndef FORMAT_CROSSED_H
#define FORMAT_CROSSED_H

#include "format/bytes.h"
#include "format/error.h"

/* Append the column, if that is shorter by far; all values have the same length. */
bool crossed_encode(const struct view *values, const struct view *before, size_t n,
		    struct buf *out);
/* Values of `size` bytes into out[n * size]; those of the column before are as far apart as
 * `stride` says. ERR_CORRUPT when they are not exactly in `in`. */
int crossed_decode(struct view in, size_t n, size_t size, const uint8_t *before, size_t stride,
		   uint8_t *out, struct error *err);

#endif
