/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* digits.c -- eight decimal digits at a time. */
#include "analyze/digits.h"

#include <string.h>

#include "format/bytes.h"

static unsigned count_digits(uint64_t v)
{
	static const uint64_t powers[] = {0,
					  10,
					  100,
					  1000,
					  10000,
					  100000,
					  1000000,
					  10000000,
					  100000000,
					  1000000000,
					  UINT64_C(10000000000),
					  UINT64_C(100000000000),
					  UINT64_C(1000000000000),
					  UINT64_C(10000000000000),
					  UINT64_C(100000000000000),
					  UINT64_C(1000000000000000),
					  UINT64_C(10000000000000000),
					  UINT64_C(100000000000000000),
					  UINT64_C(1000000000000000000),
					  UINT64_C(10000000000000000000)};
	unsigned n = 0;

#if defined(__GNUC__)
	n = (unsigned)(64 - __builtin_clzll(v | 1)) * 1233 >> 12; /* bits, times log10(2) */
#else
	while (n < 19 && v >= powers[n + 1])
		n++;
#endif
	return n + (n < 20 && v >= powers[n]);
}

/* The eight digits of v, which is below 10^8: the first in the lowest byte. Halves are divided in
 * their lanes, by multiplying. */
static uint64_t eight_digits(uint32_t v)
{
	uint64_t fours = v / 10000 | (uint64_t)(v % 10000) << 32;
	uint64_t hundreds = (fours * 10486 >> 20) & UINT64_C(0x7f0000007f);
	uint64_t twos = hundreds | (fours - 100 * hundreds) << 16;
	uint64_t tens = (twos * 103 >> 10) & UINT64_C(0x000f000f000f000f);

	return (tens | (twos - 10 * tens) << 8) + UINT64_C(0x3030303030303030);
}

/* The lowest `width` digits, 1 to 8, of v. */
static void put_few(char *out, uint32_t v, unsigned width)
{
	uint8_t text[8];

	store_le64(text, eight_digits(v) >> (8 - width) * 8);
	if (width >= 4) {
		memcpy(out, text, 4);
		memcpy(out + width - 4, text + width - 4, 4);
		return;
	}
	out[0] = (char)text[0];
	out[width / 2] = (char)text[width / 2];
	out[width - 1] = (char)text[width - 1];
}

/* The lowest `width` digits of v. */
static void put_lowest(char *out, uint64_t v, unsigned width)
{
	for (; width > 8; width -= 8, v /= 100000000)
		store_le64((uint8_t *)out + width - 8, eight_digits((uint32_t)(v % 100000000)));
	put_few(out, (uint32_t)(v % 100000000), width);
}

char *digits_decimal(char *out, uint64_t v)
{
	return digits_padded(out, v, 1);
}

char *digits_padded(char *out, uint64_t v, unsigned width)
{
	unsigned count = count_digits(v);

	if (count < width)
		count = width;
	put_lowest(out, v, count);
	return out + count;
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
