/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lanes.h -- the rows of a block lie CPU by CPU, each CPU's in the order of time: what one
 * CPU does repeats itself, what two do beside each other does not (docs/FORMAT.md section
 * 7.1). Readers bring them into one order.
 */
#ifndef FORMAT_LANES_H
#define FORMAT_LANES_H

#include <stdint.h>

#include "format/error.h"
#include "format/slab.h"

struct lanes {
	uint32_t count;
	uint32_t *starts; /* [count + 1]: the first row of each, and the end of the last */
};

/* Memory is the slab's. ERR_CORRUPT when CPUs descend, or one is beyond 32 bits. */
int lanes_find(const uint64_t *cpu, uint32_t rows, struct slab *slab, struct lanes *out,
	       struct error *err);
/* *order becomes the rows' numbers in the order of time, those of equal time in the order
 * of the block; NULL when that is how they lie. Memory is the slab's. ERR_CORRUPT when times
 * on one CPU descend. */
int lanes_merge(const struct lanes *lanes, const uint64_t *ts, struct slab *slab,
		const uint32_t **order, struct error *err);

#endif
