/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * digits.h -- numbers as digits, for rows that come by the million: printf takes longer to
 * find out what is asked of it than to do it.
 *
 * digits_put() appends to a buffer. Each other writes to `out`, which has room for the digits and for eight
 * bytes at least, no terminator, and returns the end. What is behind it may have changed, up to the eighth byte.
 */
#ifndef ANALYZE_DIGITS_H
#define ANALYZE_DIGITS_H

#include <stdint.h>

#include "format/bytes.h"

enum { DIGITS_MAX = 20 };

char *digits_decimal(char *out, uint64_t v);
/* The same with zeros before it, if it has less than `width` digits. */
char *digits_padded(char *out, uint64_t v, unsigned width);
/* "ff". */
char *digits_hex(char *out, uint64_t v);
/* Append a number to *out. */
void digits_put(struct buf *out, uint64_t v);

#endif
