/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* digits.c -- eight decimal digits at a time. */
#include "analyze/digits.h"

enum { EIGHT_DIGITS = 100000000 }; /* numbers below have so many, at most */

/* The eight digits of v, which is below 10^8, as numbers: the first in the lowest byte. Halves are
 * divided in their lanes, by multiplying. */
static ALWAYS_INLINE uint64_t eight_digits(uint32_t v)
{
	uint64_t fours = v / 10000 | (uint64_t)(v % 10000) << 32;
	uint64_t hundreds = (fours * 10486 >> 20) & UINT64_C(0x7f0000007f);
	uint64_t twos = hundreds | (fours - 100 * hundreds) << 16;
	uint64_t tens = (twos * 103 >> 10) & UINT64_C(0x000f000f000f000f);

	return tens | (twos - 10 * tens) << 8;
}

/* Zeros before the first other digit; 7 at most. */
static unsigned leading_zeros(uint64_t digits)
{
#if defined(__GNUC__)
	return (unsigned)__builtin_ctzll(digits | UINT64_C(1) << 63) / 8;
#else
	unsigned n = 0;

	while (n < 7 && !(digits >> 8 * n & 0xff))
		n++;
	return n;
#endif
}

/* Write all but the first `left_out` of them: eight bytes, whatever their number. */
static char *put_eight(char *out, uint64_t digits, unsigned left_out)
{
	store_le64((uint8_t *)out, (digits + UINT64_C(0x3030303030303030)) >> 8 * left_out);
	return out + 8 - left_out;
}

char *digits_decimal(char *out, uint64_t v)
{
	uint64_t digits;

	if (v >= EIGHT_DIGITS)
		return put_eight(digits_decimal(out, v / EIGHT_DIGITS),
				 eight_digits((uint32_t)(v % EIGHT_DIGITS)), 0);
	digits = eight_digits((uint32_t)v);
	return put_eight(out, digits, leading_zeros(digits));
}

char *digits_padded(char *out, uint64_t v, unsigned width)
{
	uint64_t digits = eight_digits((uint32_t)(v % EIGHT_DIGITS));
	unsigned zeros;

	if (v >= EIGHT_DIGITS || width > 8)
		return put_eight(digits_padded(out, v / EIGHT_DIGITS, width > 8 ? width - 8 : 1),
				 digits, 0);
	zeros = leading_zeros(digits);
	return put_eight(out, digits, zeros < 8 - width ? zeros : 8 - width);
}

char *digits_hex(char *out, uint64_t v)
{
	unsigned count = 1;

	while (count < 16 && v >> 4 * count)
		count++;
	for (unsigned i = count; i-- > 0; v >>= 4)
		out[i] = "0123456789abcdef"[v & 15];
	return out + count;
}

void digits_put(struct buf *out, uint64_t v)
{
	if (buf_reserve(out, DIGITS_MAX))
		out->len = (size_t)(digits_decimal((char *)out->data + out->len, v) -
				    (char *)out->data);
}
