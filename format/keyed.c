/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* keyed.c -- prediction by key (docs/FORMAT.md section 7.5). */
#include "format/keyed.h"

#include <stdlib.h>
#include <string.h>

enum { NEAR = 1 << 27 }; /* zigzag distances from here on are raw: they are no shorter */

struct keyed *keyed_new(void)
{
	return calloc(1, sizeof(struct keyed));
}

void keyed_free(struct keyed *k)
{
	free(k);
}

void keyed_reset(struct keyed *k)
{
	memset(k, 0, sizeof(*k));
}

uint64_t keyed_token(struct keyed *k, uint64_t key, uint64_t value, unsigned size, struct buf *raw)
{
	uint64_t *last = &k->last[key % KEYED_PLACES], distance;

	value &= keyed_mask(size);
	if (value == 0)
		return KEYED_ZERO;
	distance = zigzag(sign_extend(value - *last, size));
	*last = value;
	if (distance < NEAR)
		return distance + KEYED_FIRST;
	if (buf_reserve(raw, size)) {
		store_le(raw->data + raw->len, size, value);
		raw->len += size;
	}
	return KEYED_RAW;
}
