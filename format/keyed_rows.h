/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * keyed_rows.h -- the tokens of a block's keyed columns become values, row by row, as each
 * is predicted by one of another row (docs/FORMAT.md section 7.5). For keyed_columns.c.
 */
#ifndef FORMAT_KEYED_ROWS_H
#define FORMAT_KEYED_ROWS_H

#include "format/batch_data.h"
#include "format/keyed.h"

enum { KEYED_SHORT = 2, KEYED_LONG = 3 }; /* values of 2^n bytes */

/* One keyed column of a slot. */
struct keyed_column {
	const uint8_t *tokens;  /* that of row n is at [n], as if those before had a byte each */
	const uint16_t *places; /* [row] of its key, without the space; lent */
	uint8_t *values;        /* the column's shorts or longs; room for one more */
	uint64_t latest;        /* the last value that was not 0; stays 0 if it is not PAIRED */
	uint64_t mask;          /* of the field's bytes */
	uint16_t space;
	uint8_t shift;             /* KEYED_SHORT or KEYED_LONG */
	bool is_paired;            /* codec PAIRED or TOLD */
	bool is_told;              /* codec TOLD */
	bool is_usual;             /* that, and without companions */
	const struct column *near; /* companions; NULL: none */
	const struct keyed_column *start;
	const struct column *column;
	const struct field *field;
	struct view raw;
	const uint8_t *end; /* of tokens; there is at least a byte for each row that is left */
	uint32_t rows;
	struct recent told; /* values that were told at length */
};

/* The keyed columns of the rows of one schema. */
struct keyed_slot {
	struct keyed_column *columns, *end;
};

enum {
	KEYED_SPREAD = 40503,
	KEYED_NEIGHBOURS = 30599
}; /* their product is 1, modulo KEYED_PLACES */

/* Where the last value of a key is; that of a key_space is as many places further. So all spaces
 * of an attribute are neighbours. */
static inline uint16_t keyed_place(uint16_t attribute)
{
	return (uint16_t)(attribute * (uint32_t)KEYED_NEIGHBOURS);
}

/* That of the key whose lowest bit differs. */
static inline uint16_t keyed_place_flipped(uint16_t place)
{
	return keyed_place((uint16_t)(place * (uint32_t)KEYED_SPREAD) ^ 1);
}

static inline uint16_t keyed_column_place(const struct keyed_column *c, uint32_t row)
{
	return (uint16_t)(c->places[row] + c->space);
}

/* Decode b->rows rows of keyed columns; the slots are the batch's. False for tokens that cannot
 * be, or without memory. */
bool keyed_rows_decode(struct batch *b, const struct keyed_slot *slots);

#endif
