/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bytes.h -- bounded reading (struct view) and growing writing (struct buf) of
 * little-endian integers, LEB128 varints and byte strings (docs/FORMAT.md section 2).
 *
 * A view never reads outside [p, end): each take_* returns false, and leaves its
 * output untouched, when too few bytes remain. A buf remembers a failed allocation
 * (is_failed) so that a chain of puts is checked once.
 */
#ifndef FORMAT_BYTES_H
#define FORMAT_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* For functions that are written once and compiled for each value of an argument. */
#if defined(__GNUC__)
#define ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define ALWAYS_INLINE inline
#endif
/* For what a fast loop calls in rare cases: it costs the loop no registers. */
#if defined(__GNUC__)
#define SELDOM __attribute__((cold, noinline))
#else
#define SELDOM
#endif

/* For memory that will be written, but not at once: a store into what no cache holds keeps those behind it
 * waiting, and whoever reads what they store. */
#if defined(__GNUC__)
#define WILL_WRITE(p) __builtin_prefetch(p, 1)
#else
#define WILL_WRITE(p) ((void)(p))
#endif
/* For memory `ahead` bytes behind p that will be read, but not at once; it need not be anyone's. Many columns
 * are read in turns, each from front to back: more than a processor can follow by itself. */
enum { NEXT_LINE = 64 };
#if defined(__GNUC__)
#define WILL_READ(p, ahead) __builtin_prefetch((const void *)((uintptr_t)(p) + (ahead)))
#else
#define WILL_READ(p, ahead) ((void)(p), (void)(ahead))
#endif

struct view {
	const uint8_t *p;   /* next byte; lent */
	const uint8_t *end; /* one past the last */
};

struct buf {
	uint8_t *data; /* owned; buf_release frees it */
	size_t len;
	size_t cap;
	bool is_failed;
};

static inline struct view view_of(const void *data, size_t len)
{
	const uint8_t *p = data;

	return (struct view){.p = p, .end = p ? p + len : p};
}

static inline size_t view_len(struct view v)
{
	return (size_t)(v.end - v.p);
}

bool take_u8(struct view *v, uint8_t *out);
bool take_u16(struct view *v, uint16_t *out);
bool take_u32(struct view *v, uint32_t *out);
bool take_u64(struct view *v, uint64_t *out);
/* LEB128, at most 10 bytes; a value that does not fit 64 bits is refused. */
bool take_long_varint(struct view *v, uint64_t *out);
static inline bool take_varint(struct view *v, uint64_t *out)
{
	if (v->p == v->end || *v->p >= 0x80)
		return take_long_varint(v, out);
	*out = *v->p++;
	return true;
}
/* `n` of them. On false, out[] may have changed. */
bool take_varints(struct view *v, size_t n, uint64_t *restrict out);
/* The same; what is larger becomes UINT32_MAX. */
bool take_short_varints(struct view *v, size_t n, uint32_t *restrict out);
/* `len` bytes; *out points into the same memory as *v. */
bool take_bytes(struct view *v, size_t len, struct view *out);
/* A varint length, then that many bytes. */
bool take_string(struct view *v, struct view *out);

/* Unsigned little-endian integer of `size` 0..8 bytes. */
static inline uint64_t load_le(const uint8_t *p, unsigned size)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value |= (uint64_t)p[i] << (8 * i);
	return value;
}

/* The same for 8 bytes, as one load where that is possible. */
static inline uint64_t load_le64(const uint8_t *p)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	uint64_t value;

	memcpy(&value, p, sizeof(value));
	return value;
#else
	return load_le(p, 8);
#endif
}

static inline void store_le(uint8_t *p, unsigned size, uint64_t value)
{
	for (unsigned i = 0; i < size; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

/* The same for 8 bytes, as one store where that is possible. */
static inline void store_le64(uint8_t *p, uint64_t value)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	memcpy(p, &value, sizeof(value));
#else
	store_le(p, 8, value);
#endif
}

/* Sign-extend the low `size` bytes. */
static inline int64_t sign_extend(uint64_t value, unsigned size)
{
	uint64_t sign;

	if (size >= 8)
		return (int64_t)value;
	sign = UINT64_C(1) << (8 * size - 1);
	value &= (sign << 1) - 1;
	return (int64_t)((value ^ sign) - sign);
}

static inline uint64_t zigzag(int64_t v)
{
	return ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0);
}

static inline int64_t unzigzag(uint64_t v)
{
	return (int64_t)((v >> 1) ^ (0 - (v & 1)));
}

void buf_release(struct buf *b);
static inline void buf_clear(struct buf *b)
{
	b->len = 0;
	b->is_failed = false;
}
bool buf_grow(struct buf *b, size_t extra);
/* Make room for `extra` more bytes; false (and is_failed) without memory. */
static inline bool buf_reserve(struct buf *b, size_t extra)
{
	return (b->cap - b->len >= extra && !b->is_failed) || buf_grow(b, extra);
}
/* The low `size` bytes, 0..8. */
void put_le(struct buf *b, unsigned size, uint64_t v);
static inline void put_u8(struct buf *b, uint8_t v)
{
	if (buf_reserve(b, 1))
		b->data[b->len++] = v;
}
void put_u16(struct buf *b, uint16_t v);
void put_u32(struct buf *b, uint32_t v);
void put_u64(struct buf *b, uint64_t v);
void put_varint(struct buf *b, uint64_t v);
enum { VARINT_MAX = 10 }; /* bytes */
/* Write at `p`, where VARINT_MAX bytes are free; returns the end. */
static inline uint8_t *store_varint(uint8_t *p, uint64_t v)
{
	uint8_t more;

	for (; v >= 1 << 14; v >>= 7)
		*p++ = (uint8_t)(v | 0x80);
	more = v >= 0x80; /* one byte or two: nothing to guess for the processor */
	p[0] = (uint8_t)(v | (unsigned)more << 7);
	p[1] = (uint8_t)(v >> 7);
	return p + 1 + more;
}
static inline void put_bytes(struct buf *b, const void *data, size_t len)
{
	if (len == 0 || !buf_reserve(b, len))
		return;
	memcpy(b->data + b->len, data, len);
	b->len += len;
}
static inline void put_cstring(struct buf *b, const char *s)
{
	put_bytes(b, s, strlen(s));
}
/* Its length before it. */
void put_string(struct buf *b, const void *data, size_t len);
/* A record behind its length, so that it can grow new members; is_failed if either failed. */
void put_record(struct buf *b, const struct buf *record);

/* Grow *array (owned, `*cap` elements of `size` bytes) to hold at least `need`;
 * new elements are zeroed. False without memory; the array is then unchanged. */
bool array_grow(void **array, size_t *cap, size_t need, size_t size);

#endif
