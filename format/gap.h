/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* gap.h -- bytes of a tape that could not be read (docs/FORMAT.md section 11). */
#ifndef FORMAT_GAP_H
#define FORMAT_GAP_H

#include <stdint.h>

struct gap {
	uint64_t offset; /* in the file */
	uint64_t bytes;
	uint64_t blocks; /* known to be missing by their numbers; 0 = unknown */
	char reason[160];
};

#endif
