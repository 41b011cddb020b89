/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rows_data.h -- how struct rows keeps its columns; for rows.c, which fills them, and
 * data_encoder.c, which reads them.
 */
#ifndef FORMAT_ROWS_DATA_H
#define FORMAT_ROWS_DATA_H

#include "format/rows.h"

/* A growing column: numbers, or lengths of the strings that lie in `bytes`. */
struct store {
	uint64_t *values;
	size_t cap;
	struct buf bytes;
};

/* The rows of one schema. */
struct group {
	const struct schema *schema;
	size_t count;
	struct store refs[SCHEMA_MAX_REFS];
	struct store *own;      /* [own_count] */
	struct store *presence; /* [own_count]; used for optional fields */
	struct store *keys;     /* [own_count]; used for keyed fields */
};

struct rows {
	size_t count;
	size_t cells;
	size_t columns;
	size_t bytes;
	uint64_t min_ts, max_ts;
	bool is_sorted;
	struct store ts, cpu, schema, local; /* local: row within its group */
	struct group **groups;               /* [schema id - 1] */
	size_t group_cap;
};

#endif
