/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * keyed.h -- values predicted by the last value with the same key, whichever field it was
 * in: sequence numbers of one direction of one connection, for instance. Implements
 * docs/FORMAT.md section 7.5.
 *
 * Values are taken in row order, in a row in field order. Each becomes a token, and
 * where the prediction fails, raw bytes.
 */
#ifndef FORMAT_KEYED_H
#define FORMAT_KEYED_H

#include "format/recent.h"
#include "format/schema.h"

enum {
	KEYED_PLACES = 1 << 16, /* keys that are equal modulo this share a place */
	KEYED_RAW = 0,          /* tokens: elem_size bytes follow in the raw stream */
	KEYED_ZERO = 1,         /* 0, which is no one's last value */
	KEYED_FIRST = 2,        /* distance 0 */
	KEYED_PAGE = 512,       /* places that are forgotten together */
};

/* The last value of each key. */
struct keyed {
	uint64_t last[KEYED_PLACES];
	bool is_touched[KEYED_PLACES / KEYED_PAGE]; /* which of them may be known */
};

/* The same with the one before it: sequence numbers go back and forth between two. */
struct keyed_pair {
	uint64_t last, before; /* different ones, once there were two */
};

struct keyed *keyed_new(void); /* NULL without memory */
void keyed_free(struct keyed *k);
/* Forget all values: a new block. */
void keyed_reset(struct keyed *k);
/* The key of a field's value, that is, which last value predicts it. */
static inline uint64_t keyed_key(const struct field *f, uint64_t attribute)
{
	if (f->flags & FIELD_FLIP)
		attribute ^= 1;
	return attribute + (uint64_t)f->key_space * 40503;
}

static inline uint64_t keyed_mask(unsigned size)
{
	return size >= 8 ? UINT64_MAX : (UINT64_C(1) << (8 * size)) - 1;
}

enum { KEYED_NEAR = 1 << 27 }; /* zigzag distances from here on are raw: they are no shorter */

/* Token for an integer whose bits are all in `mask`, those of its field, when *last is the key's
 * last value. KEYED_RAW wants the field's bytes in the raw stream. */
static inline uint32_t keyed_token(uint64_t *last, uint64_t value, uint64_t mask)
{
	uint64_t before = *last, step = (value - before) & mask;
	uint64_t distance = (step << 1 ^ (step > mask >> 1 ? UINT64_MAX : 0)) & mask;
	uint32_t token = distance < KEYED_NEAR ? (uint32_t)distance + KEYED_FIRST : KEYED_RAW;

	*last = value ? value : before;
	return value ? token : KEYED_ZERO;
}

static inline uint64_t *keyed_last(struct keyed *k, uint64_t key)
{
	k->is_touched[key % KEYED_PLACES / KEYED_PAGE] = true;
	return &k->last[key % KEYED_PLACES];
}

/* The same for an integer of `size` bytes; raw bytes, if any, are appended to *raw. */
static inline uint32_t keyed_put(struct keyed *k, uint64_t key, uint64_t value, unsigned size,
				 struct buf *raw)
{
	uint64_t mask = keyed_mask(size);
	uint32_t token = keyed_token(keyed_last(k, key), value & mask, mask);

	if (token == KEYED_RAW)
		put_le(raw, size, value);
	return token;
}

/* The value a token stands for, zero-extended, when *last is the key's last value; `mask` are
 * the bits of `size` bytes. False when *raw has run out. */
static inline bool keyed_next(uint64_t *last, uint64_t token, unsigned size, uint64_t mask,
			      struct view *raw, uint64_t *value)
{
	uint64_t before = *last;
	uint64_t next = (before + (uint64_t)unzigzag(token - KEYED_FIRST)) & mask;

	if (token == KEYED_RAW) {
		if (view_len(*raw) < size)
			return false;
		next = view_len(*raw) >= 8 ? load_le64(raw->p) & mask : load_le(raw->p, size);
		raw->p += size;
	}
	*value = token == KEYED_ZERO ? 0 : next;
	*last = token == KEYED_ZERO ? before : next;
	return true;
}

enum {
	PAIRED_LAST = 2,   /* tokens: what is expected */
	PAIRED_BEFORE = 3, /* the one before; in PAIRED from here on, plus a zigzag distance */
	TOLD_REST = 4,     /* the one before minus the last: what is left of it */
	TOLD_AGAIN = 5,    /* from here on, those that the column was told at length */
	TOLD_NEAR = TOLD_AGAIN + RECENT_VALUES - 1, /* from here on, plus a zigzag distance */
	TOLD_FAR = 0x80, /* from here on, and with KEYED_RAW, a value is told at length */
};

/* A value that was there, or will be. */
static inline void pair_see(struct keyed_pair *p, uint64_t value)
{
	if (value == p->last)
		return;
	p->before = p->last;
	p->last = value;
}

/* The token of a value that is so far, by zigzag, from what is expected: as of one that was told
 * before, if it was. */
static inline uint32_t told_token(uint64_t told[RECENT_VALUES], uint64_t value, uint64_t distance)
{
	uint32_t token = distance < KEYED_NEAR ? (uint32_t)distance + TOLD_NEAR : KEYED_RAW;

	if (recent_has(told, value))
		return TOLD_AGAIN + recent_rank(told, value);
	if (token == KEYED_RAW || token >= TOLD_FAR)
		recent_rank(told, value);
	return token;
}

/* Token for an integer of the bits `mask`, which is not 0, nor p->last. `latest` is the last value of
 * the column, which is expected where the key has none. KEYED_RAW wants the field's bytes in the raw
 * stream. */
static inline uint32_t pair_token(struct keyed_pair *p, uint64_t latest,
				  uint64_t told[RECENT_VALUES], uint64_t value, uint64_t mask)
{
	uint64_t last = p->last, before = p->before;
	uint64_t step = (value - (last ? last : latest)) & mask;
	uint64_t distance = (step << 1 ^ (step > mask >> 1 ? UINT64_MAX : 0)) & mask;

	*p = (struct keyed_pair){.last = value, .before = last};
	if (!distance)
		return PAIRED_LAST;
	if (value == before)
		return PAIRED_BEFORE;
	if (value == ((before - last) & mask))
		return TOLD_REST;
	return told_token(told, value, distance);
}

/* With FIELD_FULL: what is coded for a value when the field near has `full`. */
static inline uint64_t full_swapped(uint64_t value, uint64_t full, uint64_t mask)
{
	uint64_t other = value == full ? 0 : value == 0 ? mask : value == mask ? full : value;

	return full ? other : value;
}

/* The value again. */
static inline uint64_t full_restored(uint64_t coded, uint64_t full, uint64_t mask)
{
	uint64_t value = coded == 0 ? full : coded == mask ? 0 : coded == full ? mask : coded;

	return full ? value : coded;
}

static inline bool keyed_value(struct keyed *k, uint64_t key, uint64_t token, unsigned size,
			       struct view *raw, uint64_t *value)
{
	return keyed_next(keyed_last(k, key), token, size, keyed_mask(size), raw, value);
}

#endif
