/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * keyed_encoder.h -- the keyed columns of a block's rows: coded together, row by row, as each
 * value is predicted by one of another row (docs/FORMAT.md section 7.5). keyed_columns.c
 * brings them back.
 */
#ifndef FORMAT_KEYED_ENCODER_H
#define FORMAT_KEYED_ENCODER_H

#include "format/bytes.h"
#include "format/dictionaries.h"
#include "format/rows.h"

struct row_head;
struct keyed_encoder; /* scratch, reused from block to block; opaque */

/* What became of a column; lent until the next run. */
struct keyed_bytes {
	struct view tokens, raw;
};

struct keyed_encoder *keyed_encoder_new(void); /* NULL without memory */
void keyed_encoder_free(struct keyed_encoder *k);
/* Codes the rows in the order of the block, which is that of `heads`; their entry ids are of
 * `dicts`, which may be NULL if no field has a key. False without memory. */
bool keyed_encoder_run(struct keyed_encoder *k, const struct rows *rows,
		       const struct row_head *heads, struct dictionaries *dicts);
/* The column of own field `own`, a keyed one, of a schema that has rows. */
struct keyed_bytes keyed_encoder_bytes(const struct keyed_encoder *k, uint32_t schema,
				       unsigned own);

#endif
