/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * paced_encoder.h -- the time column of a block: each row's distance to the previous row of its
 * CPU, where paced.h expected it (docs/FORMAT.md section 7.4). paced_column.c brings it back.
 */
#ifndef FORMAT_PACED_ENCODER_H
#define FORMAT_PACED_ENCODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/bytes.h"

/* Tables that are used for one block after the other. */
struct paced_encoder;

/* NULL: no memory. To be freed with paced_encoder_free(), which takes NULL, too. */
struct paced_encoder *paced_encoder_new(void);
void paced_encoder_free(struct paced_encoder *e);

/* The rows' other hot columns, which prediction rests on; each has `count` values. */
struct time_rows {
	size_t count;
	uint64_t base; /* time before the first row of each CPU: the block's min_ts */
	const uint64_t *cpu;
	const uint64_t *schema;
};

/* Append a byte per row to *symbols, the rest to *low. A failed allocation shows in
 * their is_failed, or as false. */
bool paced_encoder_run(struct paced_encoder *e, const struct time_rows *rows, const uint64_t *ts,
		       struct buf *symbols, struct buf *low);

#endif
