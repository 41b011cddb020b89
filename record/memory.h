/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * memory.h -- how --max-memory is divided between the buffer, which the kernel holds, and what
 * the recorder itself needs: blocks of rows in the making, the larger the smaller the tape, and dictionaries, which
 * begin anew with each epoch of the tape: the fewer entries an epoch may have, the less.
 *
 *	limit = buffer + 28 MiB + 16 MiB for blocks of the usual size + 1 KiB for each entry that ends an epoch
 *
 * The constants are measured (tests/live/limits.sh), and generous.
 */
#ifndef RECORD_MEMORY_H
#define RECORD_MEMORY_H

#include <stdint.h>

#include "format/error.h"

enum {
	MEMORY_MIN_BUFFER = 1 << 20, /* that is chosen without being asked for */
	MEMORY_MAX_BUFFER = 32 << 20,
};

/* The largest buffer within the limit, up to `wanted`, a power of two; 0 if there is none. A
 * limit of 0 is none. */
uint64_t memory_buffer(uint64_t limit, uint64_t wanted);
/* The same up to what suits this machine's memory. */
uint64_t memory_default_buffer(uint64_t limit);
/* Rows that close a block; 0 = as many as the writer likes. */
uint32_t memory_block_rows(uint64_t limit, uint64_t buffer_bytes);
/* Entries of one dictionary that end an epoch; 0 = as many as the writer likes. */
uint32_t memory_dict_limit(uint64_t limit, uint64_t buffer_bytes);
/* Whether a limit can be kept with this buffer, 0 = any. 0 or ERR_USAGE. */
int memory_check(uint64_t limit, uint64_t buffer_bytes, struct error *err);

#endif
