/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * life_pack.c -- the words of a life that are not zero, without their leading zero bytes. Eight
 * words have a byte that says which of them follow, each of these one that says how long it is.
 */
#include "analyze/life_pack.h"

#include <stddef.h>

enum {
	WORD = 8,
	WORDS = (offsetof(struct life, hash) + WORD - 1) / WORD, /* what follows is lives.c's own */
	PACKED_MAX = WORDS * (WORD + 1) + WORDS / 8 + 1,
};

static unsigned byte_size(uint64_t word)
{
	unsigned size = 0;

	for (; word >> 16; word >>= 16)
		size += 2;
	return size + (word ? 1 + (word > 0xff) : 0);
}

/* All eight bytes are written, the next word begins behind those that count. */
static uint8_t *put_word(uint8_t *out, uint64_t word)
{
	unsigned size = byte_size(word);

	*out = (uint8_t)size;
	store_le64(out + 1, word);
	return out + 1 + size;
}

void life_pack(const struct life *l, struct buf *out)
{
	uint64_t words[WORDS] = {0};
	uint8_t *p, *group = NULL;

	if (!buf_reserve(out, PACKED_MAX + WORD))
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
	uint8_t size;

	if (!take_u8(in, &size) || size == 0 || size > WORD || size > view_len(*in))
		return false;
	if (view_len(*in) < WORD)
		*word = load_le(in->p, size);
	else
		*word = load_le64(in->p) & (UINT64_MAX >> (64 - 8 * size));
	in->p += size;
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
