/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rows_data.h -- how struct rows keeps them; for rows.c, which fills it, and
 * data_encoder.c, which reads it.
 *
 * A row lies in one piece among those of its schema, so that adding it touches few cache
 * lines: 32-bit cells, first the entry ids, then the own values in the order of the plan,
 * then the key attributes' low 32 bits, then presence bits.
 */
#ifndef FORMAT_ROWS_DATA_H
#define FORMAT_ROWS_DATA_H

#include "format/rows.h"

/* Where an own column is in a row: one cell, two (low half first) for integers of 8 bytes,
 * or offset and length in group.bytes. */
struct plan {
	const struct field *field;
	uint32_t cell;
	uint16_t key; /* index of the key's cell among those of keys */
	bool is_wide, is_bytes, is_optional;
};

/* The rows of one schema, in the order of adding. */
struct group {
	const struct schema *schema;
	size_t count, cap; /* rows */
	uint32_t stride;   /* cells of a row */
	uint32_t keys_at, presence_at;
	uint32_t values; /* of a row, on the tape */
	uint32_t *cells;
	uint32_t *differs;  /* [stride] bits that are not those of the first row, in any row */
	struct plan *plans; /* [own_count] */
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

/* Make group.differs count the last row of each group, too. */
void rows_settle(struct rows *r);

static inline const uint32_t *group_row(const struct group *g, size_t row)
{
	return g->cells + row * g->stride;
}

/* An integer of plan `p` in a row, sign-extended if signed. */
static inline uint64_t plan_int(const struct plan *p, const uint32_t *row)
{
	uint64_t low = row[p->cell];

	if (p->is_wide)
		return low | (uint64_t)row[p->cell + 1] << 32;
	return p->field->flags & FIELD_SIGNED ? (uint64_t)(int64_t)(int32_t)low : low;
}

/* Whether all rows have the value of the first. Bytes never count as such. */
static inline bool plan_is_const(const struct group *g, const struct plan *p)
{
	return !g->differs[p->cell] && !(p->is_wide && g->differs[p->cell + 1]);
}

static inline bool plan_is_present(const struct group *g, unsigned column, const uint32_t *row)
{
	return row[g->presence_at + column / 32] >> (column % 32) & 1;
}

#endif
