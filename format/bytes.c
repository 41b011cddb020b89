/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* bytes.c -- bounded little-endian reading and writing. */
#include "format/bytes.h"

#include <stdlib.h>
#include <string.h>

static bool take_le(struct view *v, unsigned size, uint64_t *out)
{
	if (view_len(*v) < size)
		return false;
	*out = load_le(v->p, size);
	v->p += size;
	return true;
}

bool take_u8(struct view *v, uint8_t *out)
{
	uint64_t value;

	if (!take_le(v, 1, &value))
		return false;
	*out = (uint8_t)value;
	return true;
}

bool take_u16(struct view *v, uint16_t *out)
{
	uint64_t value;

	if (!take_le(v, 2, &value))
		return false;
	*out = (uint16_t)value;
	return true;
}

bool take_u32(struct view *v, uint32_t *out)
{
	uint64_t value;

	if (!take_le(v, 4, &value))
		return false;
	*out = (uint32_t)value;
	return true;
}

bool take_u64(struct view *v, uint64_t *out)
{
	return take_le(v, 8, out);
}

bool take_long_varint(struct view *v, uint64_t *out)
{
	const uint8_t *p = v->p;
	uint64_t value = 0;

	for (unsigned shift = 0; p < v->end; shift += 7) {
		uint8_t byte = *p++;

		if (shift == 63 && byte > 1)
			return false;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			v->p = p;
			*out = value;
			return true;
		}
		if (shift == 63)
			return false;
	}
	return false;
}

/* How integers are kept. */
enum form {
	FORM_WHOLE, /* uint64_t */
	FORM_SHORT, /* uint32_t, UINT32_MAX for what is larger */
};

static ALWAYS_INLINE void keep(void *out, size_t i, uint64_t value, enum form form)
{
	uint64_t *whole = out;
	uint32_t *small = out;

	if (form == FORM_WHOLE)
		whole[i] = value;
	else
		small[i] = value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

/* Four varints of at most two bytes each, which begin at the lowest byte of `word`; returns
 * their length. */
static ALWAYS_INLINE unsigned split_pairs(uint64_t word, void *out, size_t at, enum form form)
{
	unsigned len = 0;

	for (size_t i = 0; i < 4; i++) {
		unsigned more = word >> 7 & 1;

		keep(out, at + i, (word & 0x7f) | (word >> 1 & 0x3f80 & (0 - (uint64_t)more)),
		     form);
		word >>= 8 << more;
		len += 1 + more;
	}
	return len;
}

static const uint64_t continued = UINT64_C(0x8080808080808080);

/* Take varints of one byte each, sixteen at a time; returns how many. */
static ALWAYS_INLINE size_t take_sixteens(struct view *in, size_t i, size_t n, void *out,
					  enum form form)
{
	for (; n - i >= 16 && view_len(*in) >= 16; i += 16) {
		if ((load_le64(in->p) | load_le64(in->p + 8)) & continued)
			break;
		for (size_t k = 0; k < 16; k++)
			keep(out, i + k, in->p[k], form);
		in->p += 16;
	}
	return i;
}

/* Most are short: eight bytes are looked at together. Inlined for each form. */
static ALWAYS_INLINE bool take_many(struct view *v, size_t n, void *out, enum form form)
{
	struct view in = *v;
	size_t i = take_sixteens(&in, 0, n, out, form);
	uint64_t value;

	while (n - i >= 8 && view_len(in) >= 8) {
		uint64_t word = load_le64(in.p), more = word & continued;

		if (more == 0) {
			for (size_t k = 0; k < 8; k++)
				keep(out, i + k, in.p[k], form);
			in.p += 8;
			i = take_sixteens(&in, i + 8, n, out, form);
		} else if ((more & more << 8) == 0) {
			in.p += split_pairs(word, out, i, form);
			i += 4;
		} else if (take_varint(&in, &value)) {
			keep(out, i++, value, form);
		} else {
			return false;
		}
	}
	for (; i < n; i++) {
		if (!take_varint(&in, &value))
			return false;
		keep(out, i, value, form);
	}
	*v = in;
	return true;
}

bool take_varints(struct view *v, size_t n, uint64_t *restrict out)
{
	return take_many(v, n, out, FORM_WHOLE);
}

bool take_short_varints(struct view *v, size_t n, uint32_t *restrict out)
{
	return take_many(v, n, out, FORM_SHORT);
}

bool take_bytes(struct view *v, size_t len, struct view *out)
{
	if (view_len(*v) < len)
		return false;
	*out = (struct view){.p = v->p, .end = v->p + len};
	v->p += len;
	return true;
}

bool take_string(struct view *v, struct view *out)
{
	struct view rest = *v;
	uint64_t len;

	if (!take_varint(&rest, &len) || len > view_len(rest))
		return false;
	take_bytes(&rest, (size_t)len, out);
	*v = rest;
	return true;
}

void buf_release(struct buf *b)
{
	free(b->data);
	*b = (struct buf){0};
}

bool buf_grow(struct buf *b, size_t extra)
{
	size_t cap = b->cap ? b->cap : 256;
	uint8_t *data;

	if (b->is_failed)
		return false;
	if (b->cap - b->len >= extra)
		return true;
	if (extra > SIZE_MAX / 2 - b->len) {
		b->is_failed = true;
		return false;
	}
	while (cap - b->len < extra)
		cap *= 2;
	data = realloc(b->data, cap);
	if (!data) {
		b->is_failed = true;
		return false;
	}
	b->data = data;
	b->cap = cap;
	return true;
}

void put_le(struct buf *b, unsigned size, uint64_t v)
{
	if (!buf_reserve(b, size))
		return;
	store_le(b->data + b->len, size, v);
	b->len += size;
}

void put_u16(struct buf *b, uint16_t v)
{
	put_le(b, 2, v);
}

void put_u32(struct buf *b, uint32_t v)
{
	put_le(b, 4, v);
}

void put_u64(struct buf *b, uint64_t v)
{
	put_le(b, 8, v);
}

void put_varint(struct buf *b, uint64_t v)
{
	if (!buf_reserve(b, VARINT_MAX))
		return;
	b->len = (size_t)(store_varint(b->data + b->len, v) - b->data);
}

void put_string(struct buf *b, const void *data, size_t len)
{
	put_varint(b, len);
	put_bytes(b, data, len);
}

void put_record(struct buf *b, const struct buf *record)
{
	put_string(b, record->data, record->len);
	b->is_failed |= record->is_failed;
}

bool array_grow(void **array, size_t *cap, size_t need, size_t size)
{
	size_t grown = *cap ? *cap : 16;
	char *data;

	if (need <= *cap)
		return true;
	while (grown < need) {
		if (grown > SIZE_MAX / 2 / size)
			return false;
		grown *= 2;
	}
	data = realloc(*array, grown * size);
	if (!data)
		return false;
	memset(data + *cap * size, 0, (grown - *cap) * size);
	*array = data;
	*cap = grown;
	return true;
}
