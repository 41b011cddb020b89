/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * slots.h -- what the analysis remembers for each dictionary entry, found by (epoch,
 * entry id) without hashing. Around the end of an epoch events of two neighbouring
 * epochs may alternate, so two are kept; an older one is forgotten.
 */
#ifndef ANALYZE_SLOTS_H
#define ANALYZE_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slot_page {
	uint32_t epoch;
	bool is_used;
	void *slots; /* owned */
	size_t cap;
	size_t used; /* slots from here on are all zero */
};

struct slots {
	size_t size; /* of one slot */
	struct slot_page pages[2];
	bool is_starved; /* a slot was not there for want of memory */
};

/* Caller's storage. `size` is that of one slot. */
void slots_init(struct slots *s, size_t size);
void slots_release(struct slots *s);
/* Forget everything. */
void slots_reset(struct slots *s);
void *slots_add(struct slots *s, uint32_t epoch, uint32_t id);
/* The slot of an entry that has one; else NULL. Lives as long. */
static inline void *slots_find(const struct slots *s, uint32_t epoch, uint32_t id)
{
	const struct slot_page *p = &s->pages[epoch & 1];

	return id < p->used && p->is_used && p->epoch == epoch ? (uint8_t *)p->slots + id * s->size
							       : NULL;
}
/* The slot of an entry, all zero when it is new; NULL without memory or for an id that
 * cannot be. Lives until the next call for the same epoch or any later one. */
static inline void *slots_at(struct slots *s, uint32_t epoch, uint32_t id)
{
	void *slot = slots_find(s, epoch, id);

	return slot ? slot : slots_add(s, epoch, id);
}

#endif
