/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tally.h -- grouped counting: how often each key came, when first and last, and what else
 * the view adds up for it.
 *
 *	tally_init(&t, sizeof(struct sums));
 *	if ((g = tally_count(&t, tally_text("NETFILTER_DROP"), ts_ns)))
 *		((struct sums *)g->own)->bytes += bytes;
 *	tally_sort(&t, TALLY_BY_COUNT);
 *	for (size_t i = 0; i < t.count; i++)
 *		... t.groups[i] ...
 *	if (t.rest) ...
 *
 * Memory is bounded: what comes under new keys beyond TALLY_MAX_GROUPS, or
 * TALLY_MAX_BYTES of texts, is counted in one group, the rest.
 */
#ifndef ANALYZE_TALLY_H
#define ANALYZE_TALLY_H

#include "analyze/arena.h"
#include "format/bytes.h"

enum { TALLY_MAX_GROUPS = 1 << 16, TALLY_MAX_BYTES = 8 << 20 };

/* A number, a text, or both. */
struct tally_key {
	uint64_t number;
	struct view text;
};

struct tally_group {
	uint64_t number;
	const char *text; /* terminated; "" in the rest */
	uint64_t count;
	uint64_t first_ns, last_ns;
	void *own; /* the view's bytes, zeroed at first */
	uint32_t hash;
};

enum tally_order {
	TALLY_BY_COUNT, /* most first; equal counts by key */
	TALLY_BY_KEY,   /* by number, then by text */
};

struct tally {
	struct tally_group **groups; /* in order of first appearance, until tally_sort(); owned */
	size_t count, cap;
	struct tally_group *rest; /* NULL: every key has its group */
	/* tally.c's own */
	struct tally_group **slots; /* open addressing; owned */
	size_t size, own_size, bytes;
	struct arena arena;
};

struct tally_key tally_text(const char *text); /* lent; NULL is "" */
struct tally_key tally_number(uint64_t number);

/* Caller's storage. Each group gets `own_size` zeroed bytes. */
void tally_init(struct tally *t, size_t own_size);
void tally_release(struct tally *t);
/* Count the key once more; its text ends at the first NUL. The group, which does not move, or
 * NULL without memory. Not after tally_sort(). */
struct tally_group *tally_count(struct tally *t, struct tally_key key, uint64_t ts_ns);
void tally_sort(struct tally *t, enum tally_order order);

#endif
