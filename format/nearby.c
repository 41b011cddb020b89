/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* nearby.c -- integers by the nearest of the latest ones (docs/FORMAT.md section 7.3). */
#include "format/nearby.h"

/* The smallest token of a value; false if there is none. */
static bool token_of(const uint64_t latest[NEARBY_VALUES], uint64_t value, uint64_t *token)
{
	uint64_t least = UINT64_MAX;
	unsigned rank = 0;

	for (unsigned i = 0; i < NEARBY_VALUES; i++) {
		uint64_t distance = zigzag((int64_t)(value - latest[i]));

		if (distance < least) {
			least = distance;
			rank = i;
		}
	}
	*token = least * NEARBY_VALUES + rank;
	return least <= UINT64_MAX / NEARBY_VALUES;
}

bool nearby_encode(const uint64_t *values, size_t n, struct buf *out)
{
	uint64_t latest[NEARBY_VALUES] = {0}, token;
	uint8_t *p;

	if (!buf_reserve(out, n * VARINT_MAX))
		return false;
	p = out->data + out->len;
	for (size_t i = 0; i < n; i++) {
		if (!token_of(latest, values[i], &token))
			return false;
		p = store_varint(p, token);
		nearby_value(latest, token);
	}
	out->len = (size_t)(p - out->data);
	return true;
}
