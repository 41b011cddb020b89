/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * data_encoder.h -- turns rows into the body of a DATA block: sorts them by time, picks a
 * codec for each column, compresses the parts. Implements docs/FORMAT.md section 7.
 */
#ifndef FORMAT_DATA_ENCODER_H
#define FORMAT_DATA_ENCODER_H

#include "format/dictionaries.h"
#include "format/part.h"
#include "format/rows.h"

struct data_encoder; /* scratch, reused from block to block; opaque */

struct data_encoder *data_encoder_new(void); /* NULL without memory */
void data_encoder_free(struct data_encoder *e);
/* Fill *body. The rows' entry ids are of `dicts`, which
 * may be NULL if no field has a key. 0, or ERR_NOMEM, or ERR_CORRUPT when a part outgrows a
 * block. */
int data_encoder_run(struct data_encoder *e, const struct rows *rows, struct dictionaries *dicts,
		     struct packer *p, struct body *body, struct error *err);

#endif
