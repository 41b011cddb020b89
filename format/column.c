/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* column.c -- column codecs (docs/FORMAT.md section 7). */
#include "format/column.h"

#include <stdlib.h>
#include <string.h>

#include "format/hash.h"
#include "format/listed.h"
#include "format/recent.h"

static unsigned varint_size(uint64_t v)
{
#if defined(__GNUC__)
	return ((64 - (unsigned)__builtin_clzll(v | 1)) * 9 + 64) / 64;
#else
	unsigned n = 1;

	for (; v >= 0x80; v >>= 7)
		n++;
	return n;
#endif
}

/* Which bits any value has, and which differ from the first value's. */
struct spread {
	uint64_t bits, differing;
};

static struct spread spread_of(const uint64_t *values, size_t n)
{
	struct spread s = {0};

	for (size_t i = 0; i < n; i++) {
		s.bits |= values[i];
		s.differing |= values[i] ^ values[0];
	}
	return s;
}

static void put_small(const uint64_t *restrict values, size_t n, struct buf *out)
{
	uint8_t *restrict p;

	if (!buf_reserve(out, n))
		return;
	p = out->data + out->len;
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)values[i];
	out->len += n;
}

/* Bytes of the values as they are, and as differences. */
struct lengths {
	size_t plain, delta;
};

static struct lengths lengths_of(const uint64_t *values, size_t n)
{
	struct lengths l = {0};
	uint64_t previous = 0;

	for (size_t i = 0; i < n; i++) {
		l.plain += varint_size(values[i]);
		l.delta += varint_size(zigzag((int64_t)(values[i] - previous)));
		previous = values[i];
	}
	return l;
}

enum { WIDE = 2 }; /* bytes a value: beyond that it is worth looking whether values come again */

static uint8_t put_varints(const uint64_t *values, size_t n, struct buf *out)
{
	struct lengths l = lengths_of(values, n);
	bool is_delta = l.delta < l.plain;
	size_t least = is_delta ? l.delta : l.plain;
	uint64_t previous = 0;
	uint8_t *p;

	if (least > WIDE * n && listed_encode(values, n, least, out))
		return CODEC_LISTED;
	if (!buf_reserve(out, n * VARINT_MAX))
		return CODEC_VARINT;
	p = out->data + out->len;
	for (size_t i = 0; i < n && !is_delta; i++)
		p = store_varint(p, values[i]);
	for (size_t i = 0; i < n && is_delta; i++) {
		p = store_varint(p, zigzag((int64_t)(values[i] - previous)));
		previous = values[i];
	}
	out->len = (size_t)(p - out->data);
	return is_delta ? CODEC_DELTA : CODEC_VARINT;
}

uint8_t column_encode_ints(const uint64_t *values, size_t n, struct buf *out)
{
	struct spread spread = spread_of(values, n);

	if (!spread.differing) {
		put_varint(out, n ? values[0] : 0);
		return CODEC_CONST;
	}
	if (spread.bits >= 0x80)
		return put_varints(values, n, out);
	put_small(values, n, out); /* a byte each: nothing is shorter */
	return CODEC_VARINT;
}

/* The token of a value, which becomes the latest. False for a distance that has no token. */
static inline bool recent_token(uint64_t latest[RECENT_VALUES], uint64_t *base, uint64_t value,
				uint64_t *token)
{
	uint64_t distance;

	*token = recent_rank(latest, value);
	if (*token < RECENT_VALUES)
		return true;
	distance = zigzag((int64_t)(value - *base));
	if (distance > UINT64_MAX - RECENT_VALUES)
		return false;
	*token = distance + RECENT_VALUES;
	*base = value;
	return true;
}

uint8_t column_encode_ids(const uint64_t *values, size_t n, struct buf *out)
{
	uint64_t latest[RECENT_VALUES] = {0}, base = 0, token;
	uint8_t *p;

	if (!spread_of(values, n).differing)
		return column_encode_ints(values, n, out);
	if (!buf_reserve(out, n * VARINT_MAX))
		return CODEC_RECENT;
	p = out->data + out->len;
	for (size_t i = 0; i < n; i++) {
		if (!recent_token(latest, &base, values[i], &token))
			return column_encode_ints(values, n, out);
		p = store_varint(p, token);
	}
	out->len = (size_t)(p - out->data);
	return CODEC_RECENT;
}

static int bad_column(struct error *err)
{
	return error_set(err, ERR_CORRUPT, "a column does not hold as many values as its block");
}

/* Open addressing over the distinct strings of one column. */
struct byte_table {
	uint32_t *slots; /* index + 1 into distinct */
	size_t slot_cap;
	size_t slot_count; /* of them in use; a power of two */
	struct view *distinct;
	size_t distinct_cap;
	uint32_t *indexes;
	size_t index_cap;
};

struct byte_table *byte_table_new(void)
{
	return calloc(1, sizeof(struct byte_table));
}

void byte_table_free(struct byte_table *t)
{
	if (!t)
		return;
	free(t->slots);
	free(t->distinct);
	free(t->indexes);
	free(t);
}

static bool table_prepare(struct byte_table *t, size_t n)
{
	size_t slots = 64;
	void *indexes = t->indexes, *distinct = t->distinct;

	while (slots < 2 * n)
		slots *= 2;
	if (slots > t->slot_cap) {
		free(t->slots);
		t->slots = malloc(slots * sizeof(*t->slots));
		t->slot_cap = t->slots ? slots : 0;
	}
	t->slot_count = slots;
	if (!t->slots || !array_grow(&indexes, &t->index_cap, n, sizeof(*t->indexes)))
		return false;
	t->indexes = indexes;
	if (!array_grow(&distinct, &t->distinct_cap, n, sizeof(*t->distinct)))
		return false;
	t->distinct = distinct;
	memset(t->slots, 0, t->slot_count * sizeof(*t->slots));
	return true;
}

static bool is_same(struct view a, struct view b)
{
	size_t len = view_len(a);

	return view_len(b) == len && (len == 0 || a.p == b.p || memcmp(a.p, b.p, len) == 0);
}

static uint32_t table_find_or_add(struct byte_table *t, struct view v, uint32_t *count)
{
	size_t len = view_len(v), mask = t->slot_count - 1;
	size_t at = (size_t)hash_bytes(v.p, len, 0) & mask;

	for (; t->slots[at]; at = (at + 1) & mask) {
		struct view known = t->distinct[t->slots[at] - 1];

		if (is_same(known, v))
			return t->slots[at] - 1;
	}
	t->distinct[*count] = v;
	t->slots[at] = ++*count;
	return *count - 1;
}

static bool are_equal(const struct view *values, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (!is_same(values[i], values[0]))
			return false;
	return true;
}

static bool is_one_length(const struct view *values, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (view_len(values[i]) != view_len(values[0]))
			return false;
	return true;
}

static void put_planes(const struct view *values, size_t n, struct buf *out)
{
	size_t len = view_len(values[0]);
	uint8_t *planes;

	put_varint(out, len);
	if (!buf_reserve(out, len * n))
		return;
	planes = out->data + out->len;
	for (size_t i = 0; i < n; i++)
		for (size_t plane = 0; plane < len; plane++)
			planes[plane * n + i] = values[i].p[plane];
	out->len += len * n;
}

static void put_indexes(const uint32_t *indexes, size_t n, struct buf *out)
{
	uint8_t *p;

	if (!buf_reserve(out, n * VARINT_MAX))
		return;
	p = out->data + out->len;
	for (size_t i = 0; i < n; i++)
		p = store_varint(p, indexes[i]);
	out->len = (size_t)(p - out->data);
}

uint8_t column_encode_bytes(struct byte_table *t, const struct view *values, size_t n,
			    struct buf *out)
{
	uint32_t count = 0;
	bool has_planes;

	if (n > 0 && are_equal(values, n)) {
		put_string(out, values[0].p, view_len(values[0]));
		return CODEC_CONST;
	}
	if (!table_prepare(t, n ? n : 1)) {
		out->is_failed = true;
		return CODEC_TABLE;
	}
	has_planes = n > 0 && is_one_length(values, n) && view_len(values[0]) > 0;
	for (size_t i = 0; i < n; i++) {
		t->indexes[i] = table_find_or_add(t, values[i], &count);
		if (has_planes && count > n / 8) {
			put_planes(values, n, out);
			return CODEC_PLANES;
		}
	}
	put_varint(out, count);
	for (uint32_t i = 0; i < count; i++)
		put_string(out, t->distinct[i].p, view_len(t->distinct[i]));
	put_indexes(t->indexes, n, out);
	return CODEC_TABLE;
}

static bool take_sized(struct view *in, size_t fixed, struct view *out)
{
	return take_string(in, out) && (!fixed || view_len(*out) == fixed);
}

/* A table of the distinct strings, then an index for each row. */
static int decode_table(struct view in, size_t n, size_t fixed, struct view *out, struct error *err)
{
	struct view *distinct;
	uint64_t count, index;
	bool is_ok;

	if (!take_varint(&in, &count) || count > n || count > view_len(in))
		return bad_column(err);
	distinct = calloc(count ? (size_t)count : 1, sizeof(*distinct));
	if (!distinct)
		return error_nomem(err);
	is_ok = true;
	for (uint64_t i = 0; is_ok && i < count; i++)
		is_ok = take_sized(&in, fixed, &distinct[i]);
	for (size_t i = 0; is_ok && i < n; i++) {
		is_ok = take_varint(&in, &index) && index < count;
		if (is_ok)
			out[i] = distinct[index];
	}
	free(distinct);
	return is_ok && view_len(in) == 0 ? 0 : bad_column(err);
}

/* The n values of planes, one after the other. */
static void interleave(struct view in, size_t n, size_t len, uint8_t *out)
{
	for (size_t plane = 0; plane < len; plane++)
		for (size_t i = 0; i < n; i++)
			out[i * len + plane] = in.p[plane * n + i];
}

static bool take_planes(struct view *in, size_t n, size_t fixed, uint64_t *len)
{
	return take_varint(in, len) && *len > 0 && *len <= view_len(*in) &&
	       (!fixed || *len == fixed) && view_len(*in) / *len == n && view_len(*in) % *len == 0;
}

static int decode_planes(struct view in, size_t n, size_t fixed, struct buf *scratch,
			 struct view *out, struct error *err)
{
	uint64_t len;

	if (!take_planes(&in, n, fixed, &len))
		return bad_column(err);
	buf_clear(scratch);
	if (!buf_reserve(scratch, view_len(in)))
		return error_nomem(err);
	scratch->len = view_len(in);
	interleave(in, n, (size_t)len, scratch->data);
	for (size_t i = 0; i < n; i++)
		out[i] = view_of(scratch->data + i * len, (size_t)len);
	return 0;
}

int column_decode_bytes(uint8_t codec, struct view in, size_t n, size_t fixed, struct buf *scratch,
			struct view *out, struct error *err)
{
	struct view value;

	switch (codec) {
	case CODEC_CONST:
		if (!take_sized(&in, fixed, &value) || view_len(in))
			return bad_column(err);
		for (size_t i = 0; i < n; i++)
			out[i] = value;
		return 0;
	case CODEC_TABLE:
		return decode_table(in, n, fixed, out, err);
	case CODEC_PLANES:
		return decode_planes(in, n, fixed, scratch, out, err);
	default:
		return error_set(err, ERR_UNSUPPORTED, "a column has unknown codec %u", codec);
	}
}

static int decode_copies(uint8_t codec, struct view in, size_t n, size_t size, uint8_t *out,
			 struct error *err)
{
	struct view *views = malloc((n + 1) * sizeof(*views));
	struct buf scratch = {0};
	int rc;

	if (!views)
		return error_nomem(err);
	rc = column_decode_bytes(codec, in, n, size, &scratch, views, err);
	for (size_t i = 0; !rc && i < n; i++)
		memcpy(out + i * size, views[i].p, size);
	buf_release(&scratch);
	free(views);
	return rc;
}

int column_decode_fixed(uint8_t codec, struct view in, size_t n, size_t size, uint8_t *out,
			struct error *err)
{
	struct view value;
	uint64_t len;

	switch (codec) {
	case CODEC_CONST:
		if (!take_sized(&in, size, &value) || view_len(in))
			return bad_column(err);
		for (size_t i = 0; i < n; i++)
			memcpy(out + i * size, value.p, size);
		return 0;
	case CODEC_PLANES:
		if (!take_planes(&in, n, size, &len))
			return bad_column(err);
		interleave(in, n, size, out);
		return 0;
	default:
		return decode_copies(codec, in, n, size, out, err);
	}
}
