/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* listed.c -- columns of few different integers (docs/FORMAT.md section 7.3). */
#include "format/listed.h"

#include "format/hash.h"

enum { SLOTS = 2 * LISTED_MAX, SHARE = 8 /* values for each that is listed */ };

/* Values by first appearance. */
struct listing {
	uint16_t slots[SLOTS]; /* index + 1 into values[] */
	uint64_t values[LISTED_MAX];
	size_t count;
};

/* The slot of a value, or the free one where it belongs. */
static uint16_t *find(struct listing *l, uint64_t value)
{
	size_t at = hash_mix(0, value) >> 32 & (SLOTS - 1);

	while (l->slots[at] && l->values[l->slots[at] - 1] != value)
		at = (at + 1) % SLOTS;
	return &l->slots[at];
}

/* False if there are too many for a list. */
static bool list_all(struct listing *l, const uint64_t *values, size_t n)
{
	size_t most = n / SHARE < LISTED_MAX ? n / SHARE : LISTED_MAX;

	for (size_t i = 0; i < n; i++) {
		uint16_t *slot = find(l, values[i]);

		if (*slot)
			continue;
		if (l->count == most)
			return false;
		l->values[l->count++] = values[i];
		*slot = (uint16_t)l->count;
	}
	return true;
}

bool listed_encode(const uint64_t *values, size_t n, size_t most, struct buf *out)
{
	struct listing l = {.count = 0};
	size_t before = out->len;
	uint64_t last = 0;
	uint8_t *p;

	if (!list_all(&l, values, n) || !buf_reserve(out, (l.count + 1) * VARINT_MAX + 2 * n + 8))
		return false;
	p = store_varint(out->data + out->len, l.count);
	for (size_t i = 0; i < l.count; i++) {
		p = store_varint(p, zigzag((int64_t)(l.values[i] - last)));
		last = l.values[i];
	}
	for (size_t i = 0; i < n; i++)
		p = store_varint(p, *find(&l, values[i]) - 1u);
	out->len = (size_t)(p - out->data);
	if (out->len - before < most)
		return true;
	out->len = before;
	return false;
}

bool listed_take(struct view *in, size_t n, uint64_t list[LISTED_MAX], size_t *count)
{
	uint64_t distance, value = 0, listed;

	if (!take_varint(in, &listed) || listed > LISTED_MAX || listed > n)
		return false;
	for (size_t i = 0; i < listed; i++) {
		if (!take_varint(in, &distance))
			return false;
		value += (uint64_t)unzigzag(distance);
		list[i] = value;
	}
	*count = (size_t)listed;
	return true;
}
