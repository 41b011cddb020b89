/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * life_pack.c -- the bytes of a life that are not zero. Eight words have a byte that says which
 * of them are zero as a whole; each other word has one that says which of its bytes are not.
 */
#include "analyze/life_pack.h"

#include <stddef.h>

enum {
	WORD = 8,
	WORDS = (offsetof(struct life, hash) + WORD - 1) / WORD, /* what follows is lives.c's own */
	PACKED_MAX = WORDS * (WORD + 1) + WORDS / 8 + 1,
};

static uint8_t *put_word(uint8_t *out, uint64_t word)
{
	uint8_t *mask = out++;

	*mask = 0;
	for (unsigned i = 0; i < WORD; i++) {
		uint8_t byte = (uint8_t)(word >> 8 * i);

		*out = byte; /* counts only if it is not zero */
		*mask |= (uint8_t)((byte != 0) << i);
		out += byte != 0;
	}
	return out;
}

void life_pack(const struct life *l, struct buf *out)
{
	uint64_t words[WORDS] = {0};
	uint8_t *p, *group = NULL;

	if (!buf_reserve(out, PACKED_MAX + 1))
		return;
	memcpy(words, l, offsetof(struct life, hash));
	p = out->data + out->len;
	for (unsigned i = 0; i < WORDS; i++) {
		if (i % 8 == 0) {
			group = p++;
			*group = 0;
		}
		if (!words[i])
			continue;
		*group |= (uint8_t)(1 << i % 8);
		p = put_word(p, words[i]);
	}
	out->len = (size_t)(p - out->data);
}

static bool take_word(struct view *in, uint64_t *word)
{
	uint8_t mask, byte;

	if (!take_u8(in, &mask))
		return false;
	for (unsigned i = 0; i < WORD; i++) {
		if (!(mask & 1 << i))
			continue;
		if (!take_u8(in, &byte))
			return false;
		*word |= (uint64_t)byte << 8 * i;
	}
	return true;
}

bool life_unpack(struct view *in, struct life *out)
{
	uint64_t words[WORDS] = {0};
	uint8_t group = 0;

	for (unsigned i = 0; i < WORDS; i++) {
		if (i % 8 == 0 && !take_u8(in, &group))
			return false;
		if (group & 1 << i % 8 && !take_word(in, &words[i]))
			return false;
	}
	memset(out, 0, sizeof(*out));
	memcpy(out, words, offsetof(struct life, hash));
	return true;
}
