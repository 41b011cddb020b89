/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* keyed.c -- prediction by key (docs/FORMAT.md section 7.5). */
#include "format/keyed.h"

#include <stdlib.h>
#include <string.h>

enum {
	KEYS = 1 << 16, /* keys that are equal modulo this share a place */
	TOKEN_RAW = 0,  /* size bytes follow in the raw stream */
	TOKEN_ZERO = 1, /* 0, which is no one's last value */
	TOKEN_FIRST = 2,
	NEAR = 1 << 21, /* zigzag distances from here on are raw */
};

struct keyed {
	uint64_t last[KEYS];
};

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

static uint64_t narrow(uint64_t value, unsigned size)
{
	return size >= 8 ? value : value & ((UINT64_C(1) << (8 * size)) - 1);
}

uint64_t keyed_token(struct keyed *k, uint64_t key, uint64_t value, unsigned size, struct buf *raw)
{
	uint64_t *last = &k->last[key % KEYS], distance;

	value = narrow(value, size);
	if (value == 0)
		return TOKEN_ZERO;
	distance = zigzag(sign_extend(value - *last, size));
	*last = value;
	if (distance < NEAR)
		return distance + TOKEN_FIRST;
	if (buf_reserve(raw, size)) {
		store_le(raw->data + raw->len, size, value);
		raw->len += size;
	}
	return TOKEN_RAW;
}

bool keyed_value(struct keyed *k, uint64_t key, uint64_t token, unsigned size, struct view *raw,
		 uint64_t *value)
{
	uint64_t *last = &k->last[key % KEYS];
	struct view bytes;

	if (token == TOKEN_ZERO) {
		*value = 0;
		return true;
	}
	if (token == TOKEN_RAW) {
		if (!take_bytes(raw, size, &bytes))
			return false;
		*last = load_le(bytes.p, size);
	} else {
		*last = narrow(*last + (uint64_t)unzigzag(token - TOKEN_FIRST), size);
	}
	*value = *last;
	return true;
}
