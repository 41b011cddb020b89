/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * conn_map.h -- finds what a view keeps for a socket life, by its number.
 */
#ifndef ANALYZE_CONN_MAP_H
#define ANALYZE_CONN_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conn_entry {
	uint64_t conn; /* 0 = free */
	void *value;   /* the view's */
};

/* Start with {0}. */
struct conn_map {
	struct conn_entry *entries; /* owned; the values are not */
	size_t size;                /* a power of two, or 0 */
	size_t count;
};

void conn_map_release(struct conn_map *m);
/* Enter or replace; replacing needs no memory. False without memory. */
bool conn_map_set(struct conn_map *m, uint64_t conn, void *value);
/* NULL if there is none. */
void *conn_map_find(const struct conn_map *m, uint64_t conn);
void conn_map_remove(struct conn_map *m, uint64_t conn);

#endif
