/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* hash.h -- a fast hash of short byte strings, for tables in memory only. */
#ifndef FORMAT_HASH_H
#define FORMAT_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t hash_mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ (h >> 29);
}

static inline uint64_t hash_bytes(const void *data, size_t len, uint64_t seed)
{
	const uint8_t *p = data;
	uint64_t h = hash_mix(seed, len), word;

	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&word, p, 8);
		h = hash_mix(h, word);
	}
	if (len) {
		word = 0;
		memcpy(&word, p, len);
		h = hash_mix(h, word);
	}
	/* Once more: what differs in the highest bits of the last word reaches the lowest,
	 * which choose the slot. The byte order decides which bytes those are. */
	h = hash_mix(h, 0);
	return h ^ (h >> 32);
}

#endif
