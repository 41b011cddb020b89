/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rows_data.h -- how struct rows keeps them; for rows.c, which fills it, and
 * data_encoder.c, keyed_encoder.c and recalled_encoder.c, which read it.
 */
#ifndef FORMAT_ROWS_DATA_H
#define FORMAT_ROWS_DATA_H

#include "format/row_group.h"
#include "format/rows.h"

/* What every row has. */
struct row_head {
	uint64_t ts;
	uint32_t cpu;
	uint16_t schema;
	uint16_t local; /* row within its group */
};

_Static_assert(SCHEMA_MAX <= UINT16_MAX && BLOCK_MAX_ROWS - 1 <= UINT16_MAX, "struct row_head");

struct rows {
	struct row_head *heads; /* [count] */
	size_t count, cap;
	size_t sure; /* as many more rows do not fill the block, whatever they are */
	uint64_t min_ts, max_ts;
	size_t text_bytes;               /* of strings */
	struct rows_extent full, widest; /* a block; the most that a row of these groups adds */
	struct row_group **groups;       /* [schema id - 1] */
	size_t group_cap;
};

#endif
