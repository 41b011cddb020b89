/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* conn_set.h -- a set of socket lives by their numbers. */
#ifndef ANALYZE_CONN_SET_H
#define ANALYZE_CONN_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyze/conn_map.h"

/* Start with {0}. */
struct conn_set {
	struct conn_map pages; /* of bits; owned */
	size_t count;
};

void conn_set_release(struct conn_set *s);
/* False without memory. Any number may be added: memory is in proportion to how many there are. */
bool conn_set_add(struct conn_set *s, uint64_t conn);
bool conn_set_has(const struct conn_set *s, uint64_t conn);

#endif
