/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bits.h -- a stream of numbers of few bits, least significant bit first (docs/FORMAT.md
 * section 7.4). For what entropy coding cannot shrink: it is stored uncompressed.
 */
#ifndef FORMAT_BITS_H
#define FORMAT_BITS_H

#include "format/bytes.h"

struct bit_writer {
	struct buf *out; /* lent; complete after bits_finish() */
	uint64_t word;
	unsigned used; /* bits of `word` */
};

struct bit_reader {
	struct view in;
	uint64_t word;
	unsigned left; /* bits of `word` */
	bool is_short; /* more was taken than there is */
};

static inline uint64_t bits_mask(unsigned count)
{
	return count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

/* Append the low `count` bits of `value`, 0..64. */
static inline void bits_put(struct bit_writer *w, uint64_t value, unsigned count)
{
	value &= bits_mask(count);
	w->word |= value << w->used;
	if (w->used + count < 64) {
		w->used += count;
		return;
	}
	put_u64(w->out, w->word);
	w->word = w->used ? value >> (64 - w->used) : 0;
	w->used = w->used + count - 64;
}

/* Append what is left of the last word, in whole bytes. */
static inline void bits_finish(struct bit_writer *w)
{
	for (; w->used > 0; w->used = w->used > 8 ? w->used - 8 : 0) {
		put_u8(w->out, (uint8_t)w->word);
		w->word >>= 8;
	}
}

/* Take `count` bits, 0..64. Behind the end come zeros, and is_short is set: callers look
 * once, after the last. */
static inline uint64_t bits_take(struct bit_reader *r, unsigned count)
{
	uint64_t value = r->word & bits_mask(count);
	unsigned have = r->left;

	if (count <= have) {
		r->word = count < 64 ? r->word >> count : 0;
		r->left -= count;
		return value;
	}
	r->left = 64;
	if (view_len(r->in) >= 8) {
		r->word = load_le64(r->in.p);
		r->in.p += 8;
	} else {
		unsigned rest = (unsigned)view_len(r->in);

		r->word = load_le(r->in.p, rest);
		r->left = rest * 8;
		r->in.p = r->in.end;
	}
	count -= have;
	value |= (r->word & bits_mask(count)) << have;
	r->word = count < 64 ? r->word >> count : 0;
	r->is_short |= count > r->left;
	r->left = r->left > count ? r->left - count : 0;
	return value;
}

#endif
