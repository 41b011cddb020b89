/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * shared_encoder.h -- the references of a block's rows, coded together, row by row, as each is
 * predicted by those of other columns (docs/FORMAT.md section 7.7). shared_columns.c brings
 * them back.
 */
#ifndef FORMAT_SHARED_ENCODER_H
#define FORMAT_SHARED_ENCODER_H

#include "format/bytes.h"
#include "format/rows.h"

struct row_group;
struct row_head;
struct used;
struct shared_encoder; /* scratch, reused from block to block; opaque */

struct shared_encoder *shared_encoder_new(void); /* NULL without memory */
void shared_encoder_free(struct shared_encoder *e);
/* A new block of schemas up to this id. False without memory, here and below. */
bool shared_encoder_begin(struct shared_encoder *e, size_t schemas);
/* Reference `ref` of the group's rows is coded, of a schema its references in their order. */
bool shared_encoder_add(struct shared_encoder *e, const struct row_group *g, unsigned ref);
/* Codes the rows in the order of the block, which is that of `heads`, and tells *used of their
 * entries. */
bool shared_encoder_run(struct shared_encoder *e, const struct rows *rows,
			const struct row_head *heads, struct used *used);
/* Append the column, if it was added. A failed allocation shows in out->is_failed. */
bool shared_encoder_put(const struct shared_encoder *e, uint32_t schema, unsigned ref,
			struct buf *out);

#endif
