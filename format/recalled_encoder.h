/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * recalled_encoder.h -- the addresses of a block's rows: coded together, row by row, as each is
 * predicted by those of other columns (docs/FORMAT.md section 7.8). recalled_columns.c brings
 * them back.
 */
#ifndef FORMAT_RECALLED_ENCODER_H
#define FORMAT_RECALLED_ENCODER_H

#include "format/bytes.h"
#include "format/rows.h"

struct row_group;
struct row_head;
struct recalled_encoder; /* scratch, reused from block to block; opaque */

struct recalled_encoder *recalled_encoder_new(void); /* NULL without memory */
void recalled_encoder_free(struct recalled_encoder *e);
/* A new block of schemas up to this id. False without memory, here and below. */
bool recalled_encoder_begin(struct recalled_encoder *e, size_t schemas);
/* Whether such values are to be coded: for one value, for such that are too far from each other, and for
 * those that are nearly always among the latest few, other codecs are right. */
bool recalled_encoder_fits(const uint64_t *values, size_t n);
/* Own field `own` of the group's rows is coded, an integer of 8 bytes without a key; the fields
 * of a schema in their order. */
bool recalled_encoder_add(struct recalled_encoder *e, const struct row_group *g, unsigned own);
/* Codes the rows in the order of the block, which is that of `heads`. */
void recalled_encoder_run(struct recalled_encoder *e, const struct rows *rows,
			  const struct row_head *heads);
/* Column `i` of a schema, in the order of adding, and the own field it is of; lent until the
 * next block. False if there are not as many. */
bool recalled_encoder_column(const struct recalled_encoder *e, uint32_t schema, unsigned i,
			     unsigned *own, struct view *tokens);

#endif
