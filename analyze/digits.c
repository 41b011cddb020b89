/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* digits.c -- two decimal digits at a time. */
#include "analyze/digits.h"

#include <string.h>

static const char pairs[] = "0001020304050607080910111213141516171819"
			    "2021222324252627282930313233343536373839"
			    "4041424344454647484950515253545556575859"
			    "6061626364656667686970717273747576777879"
			    "8081828384858687888990919293949596979899";

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

/* The lowest `width` digits of v. */
static void put_lowest(char *out, uint64_t v, unsigned width)
{
	for (; width >= 2; width -= 2, v /= 100)
		memcpy(out + width - 2, &pairs[v % 100 * 2], 2);
	if (width)
		*out = (char)('0' + v % 10);
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
