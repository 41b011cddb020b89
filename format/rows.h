/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rows.h -- the rows of a DATA block while it is being filled.
 * data_encoder.h turns them into a block, batch.h reads it (docs/FORMAT.md section 7).
 *
 * The parts of a DATA body are the column groups below, in this order: a question that
 * needs only some of them reads only those.
 */
#ifndef FORMAT_ROWS_H
#define FORMAT_ROWS_H

#include "format/part.h"
#include "format/bytes.h"
#include "format/error.h"
#include "format/schema.h"
#include "format/writer.h"

enum {
	ROWS_MAX_CELLS = 4 << 20,    /* values of one DATA block, all columns */
	ROWS_MAX_COLUMNS = 64 << 10, /* lines of its directory */
	ROWS_MAX_TEXT = 1 << 20,     /* bytes of the strings of one row */
	HOT_COLUMNS = 4,             /* of them for the columns every row has */
	PART_DIRECTORY = 0,          /* which column is where */
	PART_USED = 1,               /* which dictionary entries are referred to */
	PART_HOT = 2,                /* CPUs and schemas */
	PART_TIME = 3,
	PART_REFS = 4,
	PART_VALUES = 5,
	PART_RAW_TIME = 6, /* noise: not compressed */
	PART_RAW_VALUES = 7,
	PART_COUNT = 8,
};

/* What a column holds. */
enum column_what {
	COLUMN_VALUE = 0,    /* own field; index = own column index. Schema 0: see below */
	COLUMN_REF = 1,      /* dictionary entry ids; index = ref - 1 */
	COLUMN_PRESENCE = 2, /* 0/1 of an optional own field; index = own column index */
	COLUMN_RAW = 3,      /* what the codec of the value column left uncoded; same index */
};

/* Columns of "schema 0", which every row has. */
enum hot_column { HOT_TS = 0, HOT_CPU = 1, HOT_SCHEMA = 2 };

struct rows; /* opaque */

struct rows_extent {
	size_t rows, cells, columns;
	size_t bytes;  /* of byte and string values, absent ones too */
	size_t memory; /* that they take here, but for strings */
	size_t width;  /* of their schemas */
};

/* A block of as much as any of *full is full. NULL without memory. */
struct rows *rows_new(const struct rows_extent *full);
void rows_free(struct rows *r);
/* Copy the row; `schema` must outlive the rows. A schema's rows come by one of the two. 0; END if
 * the block is full now; ERR_NOMEM or ERR_USAGE. */
int rows_add(struct rows *r, const struct schema *schema, const struct row *row, struct error *err);
int rows_add_raw(struct rows *r, const struct raw_row *row, struct error *err);
/* Where the values of raw rows lie, places[own_count]; before the first of them. 0 or ERR_NOMEM. */
int rows_lay_out(struct rows *r, const struct schema *schema, const struct place *places,
		 struct error *err);
size_t rows_count(const struct rows *r);
/* How much a block of these rows would hold. */
struct rows_extent rows_extent(const struct rows *r);
uint64_t rows_min_ts(const struct rows *r);
uint64_t rows_max_ts(const struct rows *r);
uint64_t rows_schema_bits(const struct rows *r);
/* Of row `i`, in the order of adding. */
void rows_peek(const struct rows *r, size_t i, uint32_t *schema, uint32_t *cpu, uint64_t *ts_ns);
/* Forget the rows. */
void rows_clear(struct rows *r);

#endif
