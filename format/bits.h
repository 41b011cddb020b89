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
	uint64_t at;   /* bits taken so far; more than there are: too many were taken */
	uint64_t safe; /* before it, 8 bytes can be loaded */
};

static inline struct bit_reader bits_of(struct view in)
{
	uint64_t len = view_len(in);

	return (struct bit_reader){.in = in, .safe = len < 8 ? 0 : 8 * (len - 7)};
}

/* Bits of a number up to its leading one; 0 of 0. */
static inline unsigned bits_size(uint64_t v)
{
#if defined(__GNUC__)
	return v ? 64 - (unsigned)__builtin_clzll(v) : 0;
#else
	unsigned n = 0;

	for (; v; v >>= 1)
		n++;
	return n;
#endif
}

/* Floor of v / 2^shift, also for negative v. */
static inline int64_t bits_floor(int64_t v, unsigned shift)
{
	return v >= 0 ? v >> shift : ~(~v >> shift);
}

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

/* The 8 bytes that begin with byte `at`; zeros behind the end. */
static inline uint64_t bits_word(struct view in, uint64_t at)
{
	if (at + 8 <= view_len(in))
		return load_le64(in.p + at);
	return at < view_len(in) ? load_le(in.p + at, (unsigned)(view_len(in) - at)) : 0;
}

/* Take `count` bits, 0..64. Behind the end come zeros: callers look once, after the last,
 * whether they were all there. */
static inline uint64_t bits_take(struct bit_reader *r, unsigned count)
{
	unsigned skip = r->at % 8;
	uint64_t value = bits_word(r->in, r->at / 8) >> skip;

	if (skip + count > 64)
		value |= bits_word(r->in, r->at / 8 + 8) << (64 - skip);
	r->at += count;
	return value & bits_mask(count);
}

/* Were exactly the bytes taken that there are? */
static inline bool bits_are_over(const struct bit_reader *r)
{
	return (r->at + 7) / 8 == view_len(r->in);
}

#endif
