/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* intern.c -- content-addressed ids for packed dictionary entries. */
#include "format/intern.h"

#include <stdlib.h>
#include <string.h>

#include "format/hash.h"

struct entry {
	uint64_t offset; /* in bytes */
	uint32_t len;
	uint32_t hash;
};

/* Of the hash, beside the id: a search touches hardly any other entry, and many slots share a
 * cache line, which is seldom in a cache when one is looked for. */
enum { TAG_BITS = 10, IDS_MAX = (1 << (32 - TAG_BITS)) - 1 };

struct intern {
	struct buf bytes;
	struct entry *entries; /* [id - 1] */
	size_t count;
	size_t cap;
	uint32_t *slots;   /* id and tag; 0 = free */
	size_t slot_count; /* a power of two */
	size_t written;    /* entries already encoded */
};

struct intern *intern_new(void)
{
	return calloc(1, sizeof(struct intern));
}

void intern_free(struct intern *t)
{
	if (!t)
		return;
	buf_release(&t->bytes);
	free(t->entries);
	free(t->slots);
	free(t);
}

static uint32_t tag_of(uint32_t hash)
{
	return hash >> (32 - TAG_BITS);
}

static void slot_insert(struct intern *t, uint32_t id)
{
	uint32_t hash = t->entries[id - 1].hash;
	size_t mask = t->slot_count - 1, at = hash & mask;

	while (t->slots[at])
		at = (at + 1) & mask;
	t->slots[at] = id << TAG_BITS | tag_of(hash);
}

static bool slots_grow(struct intern *t)
{
	size_t grown = t->slot_count ? 2 * t->slot_count : 256;
	uint32_t *slots = calloc(grown, sizeof(*slots));

	if (!slots)
		return false;
	free(t->slots);
	t->slots = slots;
	t->slot_count = grown;
	for (size_t i = 0; i < t->count; i++)
		slot_insert(t, (uint32_t)(i + 1));
	return true;
}

static uint32_t find(const struct intern *t, const void *packed, size_t len, uint32_t hash)
{
	size_t mask = t->slot_count - 1, at = hash & mask;

	for (; t->slots[at]; at = (at + 1) & mask) {
		uint32_t id = t->slots[at] >> TAG_BITS;
		const struct entry *e = &t->entries[id - 1];

		if ((t->slots[at] & ((1u << TAG_BITS) - 1)) == tag_of(hash) && e->hash == hash &&
		    e->len == len && memcmp(t->bytes.data + e->offset, packed, len) == 0)
			return id;
	}
	return 0;
}

bool intern_add(struct intern *t, const void *packed, size_t len, uint32_t *id)
{
	uint32_t hash = (uint32_t)hash_bytes(packed, len, 0);
	void *entries = t->entries;

	if (2 * (t->count + 1) > t->slot_count && !slots_grow(t))
		return false;
	*id = find(t, packed, len, hash);
	if (*id)
		return true;
	if (t->count == IDS_MAX ||
	    !array_grow(&entries, &t->cap, t->count + 1, sizeof(*t->entries)))
		return false;
	t->entries = entries;
	t->entries[t->count] = (struct entry){.offset = t->bytes.len,
					      .len = (uint32_t)len,
					      .hash = hash};
	put_bytes(&t->bytes, packed, len);
	if (t->bytes.is_failed)
		return false;
	*id = (uint32_t)++t->count;
	slot_insert(t, *id);
	return true;
}

struct view intern_entry(const struct intern *t, uint32_t id)
{
	if (id == 0 || id > t->count)
		return view_of("", 0);
	return view_of(t->bytes.data + t->entries[id - 1].offset, t->entries[id - 1].len);
}

size_t intern_count(const struct intern *t)
{
	return t->count;
}

size_t intern_pending(const struct intern *t)
{
	return t->written < t->count ? t->bytes.len - t->entries[t->written].offset : 0;
}

struct view intern_take(struct intern *t, size_t *first, size_t *count)
{
	size_t pending = intern_pending(t);

	*first = t->written + 1;
	*count = t->count - t->written;
	t->written = t->count;
	return pending ? view_of(t->bytes.data + t->bytes.len - pending, pending) : view_of("", 0);
}

void intern_reset(struct intern *t)
{
	buf_clear(&t->bytes);
	t->count = 0;
	t->written = 0;
	if (t->slots)
		memset(t->slots, 0, t->slot_count * sizeof(*t->slots));
}
