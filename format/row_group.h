/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * row_group.h -- the rows of one schema in a block being filled, each in one piece, as it lay in
 * the caller's memory: adding one is a copy, and values are looked at only when their column is
 * written.
 *
 *	| absent: a bit for each own value | strings | ids of entries, u32 | the memory |
 *
 * The bits and strings are 64-bit words, the bits left out if nothing is optional. A string's low
 * half is its offset in row_group.strings, the high half its length. What is absent is 0 in memory.
 */
#ifndef FORMAT_ROW_GROUP_H
#define FORMAT_ROW_GROUP_H

#include "format/bytes.h"
#include "format/schema.h"
#include "format/writer.h"

enum {
	ABSENT_WORDS_MAX = (SCHEMA_MAX_FIELDS + 63) / 64,
	/* Bytes behind the last row that row_bits() may read, and that may be written before them. */
	ROW_SLACK = SCHEMA_MAX_REFS * 4 + 8,
};

/* Own values that are absent unless the row has these flags. */
struct condition {
	uint16_t needs;
	uint64_t values[ABSENT_WORDS_MAX];
};

struct row_group {
	const struct schema *schema;
	struct buf rows; /* in the order of adding */
	size_t count;
	uint32_t stride;             /* bytes of a row, a multiple of 8 */
	uint32_t absent_words;       /* 0 if no value is optional */
	uint32_t refs_at, memory_at; /* in a row */
	uint32_t from, bytes;        /* what is copied of the caller's memory */
	uint32_t values;             /* of a row, on the tape */
	uint32_t columns;            /* of all rows, on the tape */
	uint32_t blob_bytes;         /* of arrays and bytes in a row */
	uint32_t *own_at;            /* [own_count] where own values lie in a row */
	const struct field **fields; /* [own_count] */
	uint16_t *string_columns;    /* own columns of strings */
	uint16_t string_count;
	uint16_t condition_count;
	uint16_t needs; /* flags of rows that lack nothing but strings */
	struct condition *conditions;
	uint64_t absent[ABSENT_WORDS_MAX]; /* in any row */
	struct buf strings;
	bool is_plain; /* values are given one by one */
};

/* `places` say where the values of raw rows lie; NULL if they are given one by one. The schema must
 * outlive the group. NULL without memory. */
struct row_group *row_group_new(const struct schema *schema, const struct place *places);
void row_group_free(struct row_group *g); /* NULL is fine */
void row_group_clear(struct row_group *g);

static inline const uint8_t *row_group_at(const struct row_group *g, size_t row)
{
	return g->rows.data + row * g->stride;
}

static inline uint32_t row_ref(const struct row_group *g, const uint8_t *row, unsigned ref)
{
	uint32_t id;

	memcpy(&id, row + g->refs_at + ref * sizeof(id), sizeof(id));
	return id;
}

static inline uint64_t row_word(const uint8_t *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/* An integer of `size` bytes in this machine's order, not sign-extended. */
static inline uint64_t row_bits(const uint8_t *p, unsigned size)
{
	unsigned rest = 64 - 8 * size;

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return row_word(p) >> rest;
#else
	return row_word(p) << rest >> rest;
#endif
}

#endif
