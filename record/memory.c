/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* memory.c -- a sum with one unknown. */
#include "record/memory.h"

#include <stdbool.h>
#include <unistd.h>

enum {
	BASE_BYTES = 28 << 20,
	ENTRY_BYTES = 1 << 10, /* all dictionaries' */
	BUFFER_SHARE = 64,     /* of the machine's memory */
	MIN_ENTRIES = 2048,
	USUAL_ENTRIES = 65536, /* the writer's own limit */
	LEAST_BYTES = BASE_BYTES + MIN_ENTRIES * ENTRY_BYTES,
	LARGE_BLOCKS_BYTES = 16 << 20,
	SMALL_BLOCK_ROWS = 8192,
};

uint64_t memory_buffer(uint64_t limit, uint64_t wanted)
{
	if (!limit)
		return wanted;
	while (wanted > MEMORY_MIN_BUFFER && (wanted > limit / 4 || wanted + LEAST_BYTES > limit))
		wanted /= 2;
	return wanted + LEAST_BYTES > limit ? 0 : wanted;
}

uint64_t memory_default_buffer(uint64_t limit)
{
	uint64_t bytes = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t size = MEMORY_MAX_BUFFER;

	while (size > MEMORY_MIN_BUFFER && size > bytes / BUFFER_SHARE)
		size /= 2;
	return memory_buffer(limit, size);
}

static bool has_large_blocks(uint64_t limit, uint64_t buffer_bytes)
{
	return limit >= buffer_bytes + LEAST_BYTES + LARGE_BLOCKS_BYTES;
}

uint32_t memory_block_rows(uint64_t limit, uint64_t buffer_bytes)
{
	return !limit || has_large_blocks(limit, buffer_bytes) ? 0 : SMALL_BLOCK_ROWS;
}

uint32_t memory_dict_limit(uint64_t limit, uint64_t buffer_bytes)
{
	uint64_t entries, rest;

	if (!limit || limit < buffer_bytes + LEAST_BYTES)
		return 0;
	rest = limit - buffer_bytes - BASE_BYTES;
	if (has_large_blocks(limit, buffer_bytes))
		rest -= LARGE_BLOCKS_BYTES;
	entries = rest / ENTRY_BYTES;
	return entries < USUAL_ENTRIES ? (uint32_t)entries : 0;
}

int memory_check(uint64_t limit, uint64_t buffer_bytes, struct error *err)
{
	uint64_t buffer = buffer_bytes ? buffer_bytes : MEMORY_MIN_BUFFER;

	if (!limit || buffer + LEAST_BYTES <= limit)
		return 0;
	return error_set(err, ERR_USAGE,
			 "--max-memory: %llu MiB are too little, a buffer of %llu KiB and the "
			 "recorder itself need %llu MiB",
			 (unsigned long long)(limit >> 20), (unsigned long long)(buffer >> 10),
			 (unsigned long long)((buffer + LEAST_BYTES + (1 << 20) - 1) >> 20));
}
