/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * column.h -- how the values of one column become bytes and come back. Implements
 * docs/FORMAT.md section 7. An encoder picks the smallest codec; a decoder reads all.
 */
#ifndef FORMAT_COLUMN_H
#define FORMAT_COLUMN_H

#include <stddef.h>
#include <stdint.h>

#include "format/bytes.h"
#include "format/error.h"

enum column_codec {
	CODEC_CONST = 1,  /* ints: one varint; bytes: one string */
	CODEC_VARINT = 2, /* ints: LEB128 each */
	CODEC_DELTA = 3,  /* ints: zigzag LEB128 of the difference to the previous, mod 2^64 */
	CODEC_TABLE = 4,  /* bytes: varint n, n strings, then a varint index each */
	CODEC_TIME = 5,   /* the hot time column, no longer written: times.h */
	CODEC_KEYED = 6,  /* a varint token each: keyed.h */
	CODEC_AS_IS = 7,  /* a raw column, which belongs to a value column */
	CODEC_PLANES = 8, /* bytes: varint length of all, then their first bytes, second bytes... */
	CODEC_RECENT = 9, /* ints: a varint each: one of the 8 latest values, or the zigzag
			   * distance to the last that was none of them */
	CODEC_PAIRED = 10,   /* the same as CODEC_KEYED, of two last values and a field near */
	CODEC_LISTED = 11,   /* ints: varint n, n different values, then a varint index each */
	CODEC_SHARED = 12,   /* references: a varint token each: shared.h */
	CODEC_RECALLED = 13, /* ints of 8 bytes: a varint token each: recalled.h */
	CODEC_CROSSED = 14,  /* bytes of dictionaries: crossed.h */
	CODEC_PACED = 15,    /* the hot time column: paced.h */
	CODEC_NEARBY = 16,   /* ints: a varint token each: nearby.h */
	CODEC_TOLD = 17,     /* the same as CODEC_PAIRED, and the column's own values */
	CODEC_REUSED = 18,   /* the same as CODEC_RECALLED, and the way back: recalled.h */
};

/* Are such columns of a block decoded together? keyed.h, recalled.h */
static inline bool column_is_keyed(uint8_t codec)
{
	return codec == CODEC_KEYED || codec == CODEC_PAIRED || codec == CODEC_TOLD;
}

static inline bool column_is_recalled(uint8_t codec)
{
	return codec == CODEC_RECALLED || codec == CODEC_REUSED;
}

/* Append `n` integers to *out; returns the codec used. */
uint8_t column_encode_ints(const uint64_t *values, size_t n, struct buf *out);
/* The same for ids and addresses, which come again soon. */
uint8_t column_encode_ids(const uint64_t *values, size_t n, struct buf *out);
/* Exactly `n` integers from `in`, which must end with them. ERR_UNSUPPORTED for an
 * unknown codec, ERR_CORRUPT otherwise. */
int column_decode_ints(uint8_t codec, struct view in, size_t n, uint64_t *out, struct error *err);
/* The same, but only the low 32 bits of each. */
int column_decode_shorts(uint8_t codec, struct view in, size_t n, uint32_t *out, struct error *err);
/* The same; what is larger becomes UINT32_MAX. */
int column_decode_ids(uint8_t codec, struct view in, size_t n, uint32_t *out, struct error *err);

/* Scratch for encoding byte columns; reuse one. */
struct byte_table;
struct byte_table *byte_table_new(void); /* NULL without memory */
void byte_table_free(struct byte_table *t);
/* Append `n` byte strings to *out; returns the codec. A failed allocation shows in
 * out->is_failed. */
uint8_t column_encode_bytes(struct byte_table *t, const struct view *values, size_t n,
			    struct buf *out);
/* Exactly `n` byte strings; out[] points into `in`, or into *scratch, which is cleared
 * first and must live as long. When `fixed` is not 0, every string
 * must have that length. */
int column_decode_bytes(uint8_t codec, struct view in, size_t n, size_t fixed, struct buf *scratch,
			struct view *out, struct error *err);

/* The same for strings of `size` bytes, above 0, into out[n * size]. */
int column_decode_fixed(uint8_t codec, struct view in, size_t n, size_t size, uint8_t *out,
			struct error *err);

#endif
