/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* column_ints.c -- decodes columns of integers (docs/FORMAT.md section 7.3). */
#include "format/column.h"

#include "format/listed.h"
#include "format/nearby.h"
#include "format/recent.h"

/* How integers are kept. */
enum form {
	FORM_WHOLE,  /* uint64_t */
	FORM_LOW,    /* uint32_t, the low half */
	FORM_CAPPED, /* uint32_t, UINT32_MAX for what is larger */
};

enum { CHUNK = 64 }; /* varints at once: they stay in the fastest cache */

static ALWAYS_INLINE void put_int(void *out, size_t i, uint64_t value, enum form form)
{
	uint32_t *small = out;
	uint64_t *whole = out;

	if (form == FORM_WHOLE)
		whole[i] = value;
	else if (form == FORM_LOW)
		small[i] = (uint32_t)value;
	else
		small[i] = value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

static size_t chunk_len(size_t left)
{
	return left < CHUNK ? left : CHUNK;
}

static ALWAYS_INLINE bool decode_const(struct view *in, size_t n, void *out, enum form form)
{
	uint64_t value;

	if (!take_varint(in, &value))
		return false;
	for (size_t i = 0; i < n; i++)
		put_int(out, i, value, form);
	return true;
}

enum { EIGHT = 8 };

/* Eight varints, if each is of one byte: in *bytes, the first one lowest. */
static inline bool take_eight(struct view *in, size_t left, uint64_t *bytes)
{
	if (left < EIGHT || view_len(*in) < EIGHT)
		return false;
	*bytes = load_le64(in->p);
	if (*bytes & UINT64_C(0x8080808080808080))
		return false;
	in->p += EIGHT;
	return true;
}

static ALWAYS_INLINE bool decode_varints(struct view *in, size_t n, void *out, enum form form)
{
	uint64_t bytes, chunk[EIGHT];

	if (form == FORM_WHOLE)
		return take_varints(in, n, out);
	if (form == FORM_CAPPED)
		return take_short_varints(in, n, out);
	for (size_t i = 0, len; i < n; i += len) {
		len = n - i < EIGHT ? n - i : EIGHT;
		if (take_eight(in, n - i, &bytes)) {
			for (size_t k = 0; k < EIGHT; k++)
				put_int(out, i + k, in->p[(int)k - EIGHT], form);
			continue;
		}
		if (!take_varints(in, len, chunk))
			return false;
		for (size_t k = 0; k < len; k++)
			put_int(out, i + k, chunk[k], form);
	}
	return true;
}

static ALWAYS_INLINE bool decode_deltas(struct view *in, size_t n, void *out, enum form form)
{
	uint64_t chunk[CHUNK], value = 0;

	for (size_t i = 0, len; i < n; i += len) {
		len = chunk_len(n - i);
		if (!take_varints(in, len, chunk))
			return false;
		for (size_t k = 0; k < len; k++) {
			value += (uint64_t)unzigzag(chunk[k]);
			put_int(out, i + k, value, form);
		}
	}
	return true;
}

static ALWAYS_INLINE bool decode_recent(struct view *in, size_t n, void *out, enum form form)
{
	struct recent recent = RECENT_EMPTY;
	uint64_t bytes, token, value = 0;
	size_t i = 0;

	while (i < n) {
		if (!take_eight(in, n - i, &bytes)) {
			if (!take_varint(in, &token))
				return false;
			if (token)
				value = recent_value(&recent, token);
			put_int(out, i++, value, form);
			continue;
		}
		if (bytes == 0) {
			for (size_t k = 0; k < EIGHT; k++)
				put_int(out, i + k, value, form);
			i += EIGHT;
			continue;
		}
		for (size_t end = i + EIGHT; i < end; i++, bytes >>= 8) {
			if (bytes & 0xff)
				value = recent_value(&recent, bytes & 0xff);
			put_int(out, i, value, form);
		}
	}
	return true;
}

static ALWAYS_INLINE bool decode_nearby(struct view *in, size_t n, void *out, enum form form)
{
	uint64_t latest[NEARBY_VALUES] = {0}, chunk[CHUNK];

	for (size_t i = 0, len; i < n; i += len) {
		len = chunk_len(n - i);
		if (!take_varints(in, len, chunk))
			return false;
		for (size_t k = 0; k < len; k++)
			put_int(out, i + k, nearby_value(latest, chunk[k]), form);
	}
	return true;
}

/* Values of a list; what lies behind it is not there. */
static ALWAYS_INLINE bool decode_listed(struct view *in, size_t n, void *out, enum form form)
{
	uint64_t list[LISTED_MAX], chunk[CHUNK];
	size_t count;

	if (!listed_take(in, n, list, &count))
		return false;
	for (size_t i = 0, len; i < n; i += len) {
		len = chunk_len(n - i);
		if (!take_varints(in, len, chunk))
			return false;
		for (size_t k = 0; k < len; k++) {
			if (chunk[k] >= count)
				return false;
			put_int(out, i + k, list[chunk[k]], form);
		}
	}
	return true;
}

static int bad_column(struct error *err)
{
	return error_set(err, ERR_CORRUPT, "a column does not hold as many values as its block");
}

/* Inlined for each form. */
static ALWAYS_INLINE int decode_ints(uint8_t codec, struct view in, size_t n, void *out,
				     enum form form, struct error *err)
{
	bool is_ok;

	switch (codec) {
	case CODEC_CONST:
		is_ok = decode_const(&in, n, out, form);
		break;
	case CODEC_VARINT:
		is_ok = decode_varints(&in, n, out, form);
		break;
	case CODEC_DELTA:
		is_ok = decode_deltas(&in, n, out, form);
		break;
	case CODEC_RECENT:
		is_ok = decode_recent(&in, n, out, form);
		break;
	case CODEC_LISTED:
		is_ok = decode_listed(&in, n, out, form);
		break;
	case CODEC_NEARBY:
		is_ok = decode_nearby(&in, n, out, form);
		break;
	default:
		return error_set(err, ERR_UNSUPPORTED, "a column has unknown codec %u", codec);
	}
	return is_ok && view_len(in) == 0 ? 0 : bad_column(err);
}

int column_decode_ints(uint8_t codec, struct view in, size_t n, uint64_t *out, struct error *err)
{
	return decode_ints(codec, in, n, out, FORM_WHOLE, err);
}

int column_decode_shorts(uint8_t codec, struct view in, size_t n, uint32_t *out, struct error *err)
{
	return decode_ints(codec, in, n, out, FORM_LOW, err);
}

int column_decode_ids(uint8_t codec, struct view in, size_t n, uint32_t *out, struct error *err)
{
	return decode_ints(codec, in, n, out, FORM_CAPPED, err);
}
