/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * grasp.h -- what a reader of a section knows after each of its blocks, and up to where each
 * of them makes sense to it. Statuses are those of the decoders: ERR_CORRUPT for a block
 * that contradicts itself.
 */
#ifndef FORMAT_GRASP_H
#define FORMAT_GRASP_H

#include "format/scan.h"

struct grasp; /* opaque */

int grasp_new(struct grasp **out, struct error *err);
void grasp_free(struct grasp *g);
/* ERR_UNSUPPORTED when this SECTION block asks for a newer program; else 0, or a failure. */
int grasp_accept(struct grasp *g, const struct scan_item *block, struct error *err);
/* The first part of a block, decompressed; lent until the next call. */
int grasp_open(struct grasp *g, const struct scan_item *block, struct view *out, struct error *err);
/* Learn what a SECTION, SCHEMA, FACTS, DICT, LOSS or CLOCK block tells. *sound are the bytes of
 * its first part before the first fault, lent until the next call, with `p` NULL when the part
 * cannot be read at all; *count the records in them, of a DICT block 0. */
int grasp_block(struct grasp *g, const struct scan_item *block, struct view *sound, uint32_t *count,
		struct error *why);
/* The same for records without a block around them; *in is left at the first fault. */
int grasp_records(struct grasp *g, uint8_t type, struct view *in, uint32_t *count,
		  struct error *why);
/* 0 when times and types of the rows of a DATA block can be told. */
int grasp_rows(struct grasp *g, const struct scan_item *block, struct error *why);
/* Entries of this epoch count from here on. */
int grasp_epoch(struct grasp *g, uint32_t epoch, struct error *err);
bool grasp_has_epoch(const struct grasp *g, uint32_t epoch);
/* The newest clock reading so far, or 0. */
uint64_t grasp_newest_ns(const struct grasp *g);

#endif
