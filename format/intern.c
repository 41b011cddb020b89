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

enum {
	IDS_MAX = (1 << 22) - 1,
	NEAR = 8, /* slots in which an entry is looked for beside its neighbours first */
};

/* Open addressing. A search for what is new, as most is, reads tags alone: a byte each, they stay in a
 * cache where ids would not. Many entries begin with a number that grows from one to the next: their
 * slots are beside each other, in cache lines that were just used. Where those are full, the hash
 * chooses. */
struct intern {
	struct buf bytes;
	struct entry *entries; /* [id - 1] */
	size_t count;
	size_t cap;
	uint8_t *tags;     /* [slot_count] of the hash; 0 = free */
	uint32_t *ids;     /* [slot_count] */
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
	free(t->tags);
	free(t->ids);
	free(t);
}

/* The low bits of the hash choose the slot. */
static uint8_t tag_of(uint32_t hash)
{
	return (uint8_t)(hash >> 24 | 1);
}

/* As many slots for a number as two or three entries leave free. */
static size_t near_slot(const uint8_t *packed, size_t len)
{
	return len < 4 ? 0 : (size_t)load_le(packed, 4) * (NEAR / 2);
}

static bool is_entry(const struct intern *t, uint32_t id, const uint8_t *packed, size_t len,
		     uint32_t hash)
{
	const struct entry *e = &t->entries[id - 1];

	return e->hash == hash && e->len == len &&
	       memcmp(t->bytes.data + e->offset, packed, len) == 0;
}

/* The slot of the entry, or a free one if there is no such entry. */
static size_t find_slot(const struct intern *t, const uint8_t *packed, size_t len, uint32_t hash)
{
	size_t mask = t->slot_count - 1, at = near_slot(packed, len) & mask;
	uint8_t tag = tag_of(hash);

	for (size_t tries = 1; t->tags[at]; tries++) {
		if (t->tags[at] == tag && is_entry(t, t->ids[at], packed, len, hash))
			break;
		at = (tries == NEAR ? hash : at + 1) & mask;
	}
	return at;
}

static void slot_fill(struct intern *t, size_t at, uint32_t id)
{
	t->tags[at] = tag_of(t->entries[id - 1].hash);
	t->ids[at] = id;
}

static bool slots_grow(struct intern *t)
{
	size_t grown = t->slot_count ? 2 * t->slot_count : 256;
	uint8_t *tags = calloc(grown, sizeof(*tags));
	uint32_t *ids = malloc(grown * sizeof(*ids));

	if (!tags || !ids) {
		free(tags);
		free(ids);
		return false;
	}
	free(t->tags);
	free(t->ids);
	t->tags = tags;
	t->ids = ids;
	t->slot_count = grown;
	for (size_t i = 0; i < t->count; i++) {
		const struct entry *e = &t->entries[i];

		slot_fill(t, find_slot(t, t->bytes.data + e->offset, e->len, e->hash),
			  (uint32_t)(i + 1));
	}
	return true;
}

bool intern_add(struct intern *t, const void *packed, size_t len, uint32_t *id)
{
	uint32_t hash = (uint32_t)hash_bytes(packed, len, 0);
	void *entries = t->entries;
	size_t at;

	if (2 * (t->count + 1) > t->slot_count && !slots_grow(t))
		return false;
	at = find_slot(t, packed, len, hash);
	if (t->tags[at]) {
		*id = t->ids[at];
		return true;
	}
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
	slot_fill(t, at, *id);
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
	if (t->tags)
		memset(t->tags, 0, t->slot_count);
}
