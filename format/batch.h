/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * batch.h -- the rows of one DATA block, decoded. Hot columns at once, others when
 * first asked for. event.h reads single values.
 */
#ifndef FORMAT_BATCH_H
#define FORMAT_BATCH_H

#include "format/dict.h"
#include "format/event.h"
#include "format/part.h"
#include "format/section.h"
#include "format/source.h"

/* A DATA block where it lies. */
struct data_block {
	const struct block_header *header; /* lent for the call */
	struct view body;      /* lent for the call; or only the part table: parts are then read
				* from the source when a value is asked for */
	struct source *source; /* lent for the batch's life; unused with a whole body */
	uint64_t offset;       /* of the block in the source */
};

/* Decode the block. Holds a reference to *dicts and lends *section and *unpacker for its
 * life. ERR_CORRUPT when the block contradicts itself; then nothing of it is used. */
int batch_decode(const struct section *section, struct dict_set *dicts,
		 const struct data_block *block, struct unpacker *unpacker, struct batch **out,
		 struct error *err);
void batch_free(struct batch *b);
uint32_t batch_rows(const struct batch *b);
/* Rows are counted in the order of time, below. */
uint64_t batch_ts(const struct batch *b, uint32_t row);
/* Memory it takes at most, without its dictionaries. */
size_t batch_bytes(const struct batch *b);
const struct dict_set *batch_dicts(const struct batch *b);
/* Decode every column now; returns how many could not be. */
size_t batch_open_all(struct batch *b);
/* A part that was read late could not be used: values are null for that reason. */
bool batch_is_damaged(const struct batch *b);
/* The event in `row`; false when its schema is not known. */
bool batch_event(struct batch *b, uint32_t row, struct event *out);

#endif
