/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rows_data.h -- how struct rows keeps them; for rows.c, which fills it, and
 * data_encoder.c, which reads it.
 *
 * A row lies in one piece among those of its schema, so that adding it touches few cache
 * lines: 64-bit cells, first the entry ids, then the own values, then a bit for each own value
 * that is absent. Of bytes the low half is the offset in group.bytes, the high half the length.
 */
#ifndef FORMAT_ROWS_DATA_H
#define FORMAT_ROWS_DATA_H

#include "format/rows.h"

enum { ROW_CELLS_STEP = 4 }; /* rows are padded: cells are compared some at a time */

/* The rows of one schema, in the order of adding. */
struct group {
	const struct schema *schema;
	size_t count, cap;  /* rows */
	uint32_t stride;    /* cells of a row */
	uint32_t own_at;    /* cell of the first own value */
	uint32_t absent_at; /* cell of the first bits */
	uint32_t values;    /* of a row, on the tape */
	uint64_t *cells;
	uint64_t *differs;  /* [stride] bits that are not those of the first row, in any row; set by
			     * group_settle() */
	uint64_t *optional; /* [cells of bits] own values that may be absent */
	const struct field **fields; /* [own_count] */
	uint16_t *blobs;             /* own columns of bytes and strings */
	uint16_t blob_count;
	struct buf bytes;
};

/* What every row has. */
struct row_head {
	uint64_t ts;
	uint32_t cpu;
	uint32_t schema;
	uint32_t local; /* row within its group */
};

struct rows {
	struct rows_extent extent;
	struct row_head *heads; /* [extent.rows] */
	size_t cap;
	uint64_t min_ts, max_ts;
	struct group **groups; /* [schema id - 1] */
	size_t group_cap;
};

/* Set group.differs. */
void group_settle(struct group *g);

static inline const uint64_t *group_row(const struct group *g, size_t row)
{
	return g->cells + row * g->stride;
}

#endif
