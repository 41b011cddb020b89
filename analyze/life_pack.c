/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * life_pack.c -- the words of a life that are not zero, without their leading zero bytes. Eight
 * words have a byte that says which of them follow, each of these one that says how long it is.
 */
#include "analyze/life_pack.h"

#include <stddef.h>

enum {
	WORD = 8,
	LIFE_BYTES = offsetof(struct life, hash), /* what follows is lives.c's own */
	WORDS_MAX = 64,
};

_Static_assert(LIFE_BYTES <= WORDS_MAX * WORD, "a life has too many words");
_Static_assert(sizeof(struct life_past) <= WORDS_MAX * WORD, "a past has too many words");

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

static void put_words(struct buf *out, const void *from, size_t bytes)
{
	uint64_t words[WORDS_MAX] = {0};
	size_t count = (bytes + WORD - 1) / WORD;
	uint8_t *p, *group = NULL;

	if (!buf_reserve(out, count * (WORD + 1) + count / 8 + 1 + WORD))
		return;
	memcpy(words, from, bytes);
	p = out->data + out->len;
	for (size_t i = 0; i < count; i++) {
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

void life_pack(const struct life *l, struct buf *out)
{
	put_words(out, l, LIFE_BYTES);
	put_u8(out, l->past != NULL);
	if (l->past)
		put_words(out, l->past, sizeof(*l->past));
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

static bool take_words(struct view *in, void *to, size_t bytes)
{
	uint64_t words[WORDS_MAX] = {0};
	uint8_t group = 0;

	for (size_t i = 0; i < (bytes + WORD - 1) / WORD; i++) {
		if (i % 8 == 0 && !take_u8(in, &group))
			return false;
		if (group & 1 << i % 8 && !take_word(in, &words[i]))
			return false;
	}
	memcpy(to, words, bytes);
	return true;
}

bool life_unpack(struct view *in, struct life *out, struct life_past *past)
{
	uint8_t has_past;

	memset(out, 0, sizeof(*out));
	if (!take_words(in, out, LIFE_BYTES) || !take_u8(in, &has_past))
		return false;
	out->past = has_past ? past : NULL;
	return !has_past || take_words(in, past, sizeof(*past));
}
