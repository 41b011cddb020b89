/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* conn_set.h -- a set of socket lives by their numbers, one bit each. */
#ifndef ANALYZE_CONN_SET_H
#define ANALYZE_CONN_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Start with {0}. */
struct conn_set {
	uint8_t *bits; /* owned */
	size_t cap;    /* bytes */
};

void conn_set_release(struct conn_set *s);
/* False without memory. */
bool conn_set_add(struct conn_set *s, uint64_t conn);
bool conn_set_has(const struct conn_set *s, uint64_t conn);

#endif
