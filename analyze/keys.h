/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * keys.h -- a set of numbers such as cookies and kernel addresses, each with another
 * number.
 */
#ifndef ANALYZE_KEYS_H
#define ANALYZE_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct key {
	uint64_t key; /* 0 = free */
	uint64_t value;
};

/* Start with {0}. */
struct keys {
	struct key *all; /* owned */
	size_t size;     /* a power of two, or 0 */
	size_t count;
};

void keys_release(struct keys *k);
/* Forget all, but keep the memory. */
void keys_clear(struct keys *k);
/* Enter or replace; a key of 0 is left out. False without memory. */
bool keys_set(struct keys *k, uint64_t key, uint64_t value);
/* False when it is not there; `value` may be NULL. */
bool keys_find(const struct keys *k, uint64_t key, uint64_t *value);

#endif
