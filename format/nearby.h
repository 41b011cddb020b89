/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * nearby.h -- integers by the nearest of the eight latest ones: codec NEARBY of docs/FORMAT.md
 * section 7.3. For numbers that several hand out in turn, each in an order of its own.
 */
#ifndef FORMAT_NEARBY_H
#define FORMAT_NEARBY_H

#include <stddef.h>
#include <stdint.h>

#include "format/bytes.h"

enum {
	NEARBY_VALUES = 8,
	NEARBY_FAR = 128, /* tokens from here on are of values that begin an order of their own */
};

/* Append `n` integers to *out; false if one is too far from all others to be told, or if there is
 * no memory, which shows in out->is_failed. */
bool nearby_encode(const uint64_t *values, size_t n, struct buf *out);

/* The value that a token stands for becomes the latest, in the place of the one it is near to, or of
 * the oldest. All are 0 at first. */
static inline uint64_t nearby_value(uint64_t latest[NEARBY_VALUES], uint64_t token)
{
	unsigned rank = token % NEARBY_VALUES;
	uint64_t value = latest[rank] + (uint64_t)unzigzag(token / NEARBY_VALUES);

	if (token >= NEARBY_FAR)
		rank = NEARBY_VALUES - 1;
	for (unsigned i = rank; i > 0; i--)
		latest[i] = latest[i - 1];
	latest[0] = value;
	return value;
}

#endif
