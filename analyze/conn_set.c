/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* conn_set.c -- an array of bits that grows. */
#include "analyze/conn_set.h"

#include <stdlib.h>

#include "format/bytes.h"

void conn_set_release(struct conn_set *s)
{
	free(s->bits);
	*s = (struct conn_set){0};
}

bool conn_set_add(struct conn_set *s, uint64_t conn)
{
	void *bits = s->bits;

	if (!array_grow(&bits, &s->cap, (size_t)(conn / 8) + 1, 1))
		return false;
	s->bits = bits;
	s->bits[conn / 8] |= (uint8_t)(1u << (conn % 8));
	return true;
}

bool conn_set_has(const struct conn_set *s, uint64_t conn)
{
	return conn / 8 < s->cap && (s->bits[conn / 8] >> (conn % 8) & 1);
}
