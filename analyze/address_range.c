/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* address_range.c -- inet_pton() knows addresses; the bits after them are read here. */
#include "analyze/address_range.h"

#include <arpa/inet.h>
#include <string.h>

/* As 16 bytes; *bits is 32 or 128. */
static bool parse_address(const char *text, size_t len, uint8_t addr[16], unsigned *bits)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	char copy[INET6_ADDRSTRLEN];

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = 0;
	*bits = 128;
	if (inet_pton(AF_INET6, copy, addr) == 1)
		return true;
	*bits = 32;
	memcpy(addr, mapped, sizeof(mapped));
	return inet_pton(AF_INET, copy, addr + 12) == 1;
}

/* One to three digits, at most `most`. */
static bool parse_bits(const char *text, size_t len, unsigned most, unsigned *out)
{
	unsigned v = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		v = v * 10 + (unsigned)(text[i] - '0');
	}
	*out = v;
	return len >= 1 && len <= 3 && v <= most;
}

bool address_range_parse(const char *text, size_t len, struct address_range *out)
{
	const char *slash = len ? memchr(text, '/', len) : NULL;
	size_t addr_len = slash ? (size_t)(slash - text) : len;
	struct address_range range = {.prefix_bits = 128};
	unsigned bits, prefix;

	if (!parse_address(text, addr_len, range.addr, &bits))
		return false;
	if (slash) {
		if (!parse_bits(slash + 1, len - addr_len - 1, bits, &prefix))
			return false;
		range.prefix_bits = 128 - bits + prefix;
	}
	*out = range;
	return true;
}

bool address_range_has(const struct address_range *range, const uint8_t addr[16])
{
	unsigned whole = range->prefix_bits / 8, bits = range->prefix_bits % 8;

	if (memcmp(range->addr, addr, whole) != 0)
		return false;
	return bits == 0 || ((range->addr[whole] ^ addr[whole]) >> (8 - bits)) == 0;
}
