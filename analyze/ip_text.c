/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* ip_text.c -- inet_ntop() differs between systems in the rarer forms; this does not. */
#include "analyze/ip_text.h"

#include <string.h>

#include "analyze/digits.h"

enum { LINUX_AF_INET = 2, LINUX_AF_INET6 = 10 };

static char *put_octet(char *out, unsigned v)
{
	unsigned tens = v / 10;

	if (v >= 100)
		*out++ = (char)('0' + v / 100);
	if (v >= 10)
		*out++ = (char)('0' + tens % 10);
	*out++ = (char)('0' + v - 10 * tens);
	return out;
}

/* Returns the end, as what writes below does. */
static char *put_v4(const uint8_t addr[4], char *out)
{
	for (unsigned i = 0; i < 4; i++) {
		out = put_octet(out, addr[i]);
		*out++ = '.';
	}
	return out - 1;
}

char *ip_text_v4(const uint8_t addr[4], char out[IP_TEXT_MAX])
{
	*put_v4(addr, out) = '\0';
	return out;
}

static bool is_mapped(const uint8_t addr[16])
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(addr, prefix, sizeof(prefix)) == 0;
}

/* ::5efe:a.b.c.d of RFC 5214, which the kernel also writes with dots. */
static bool is_isatap(const uint8_t addr[16])
{
	return (addr[8] & 0xfd) == 0 && addr[9] == 0 && addr[10] == 0x5e && addr[11] == 0xfe;
}

static unsigned word_at(const uint8_t addr[16], unsigned i)
{
	return (unsigned)addr[2 * i] << 8 | addr[2 * i + 1];
}

/* The first longest run of at least two zero words among the first `words`. */
static unsigned longest_run(const uint8_t addr[16], unsigned words, unsigned *length)
{
	unsigned best = words;

	*length = 1;
	for (unsigned i = 0; i < words; i++) {
		unsigned n = 0;

		while (i + n < words && word_at(addr, i + n) == 0)
			n++;
		if (n > *length) {
			best = i;
			*length = n;
		}
	}
	return best;
}

static char *put_v6(const uint8_t addr[16], char *out)
{
	bool has_dots = is_mapped(addr) || is_isatap(addr);
	unsigned words = has_dots ? 6 : 8, length, run = longest_run(addr, words, &length);
	bool needs_colon = false;

	for (unsigned i = 0; i < words; i++) {
		if (i == run) {
			*out++ = ':';
			*out++ = ':';
			needs_colon = false;
			i += length - 1;
			continue;
		}
		if (needs_colon)
			*out++ = ':';
		out = digits_hex(out, word_at(addr, i));
		needs_colon = true;
	}
	if (!has_dots)
		return out;
	if (needs_colon)
		*out++ = ':';
	return put_v4(addr + 12, out);
}

char *ip_text_v6(const uint8_t addr[16], char out[IP_TEXT_MAX])
{
	*put_v6(addr, out) = '\0';
	return out;
}

char *ip_text_put(const uint8_t addr[16], char *out)
{
	return is_mapped(addr) ? put_v4(addr + 12, out) : put_v6(addr, out);
}

char *ip_text_any(const uint8_t addr[16], char out[IP_TEXT_MAX])
{
	*ip_text_put(addr, out) = '\0';
	return out;
}

bool ip_text_sockaddr(struct view sockaddr, char out[IP_TEXT_MAX])
{
	const uint8_t *p = sockaddr.p;
	size_t len = view_len(sockaddr);
	unsigned family;

	if (len < 8)
		return false;
	family = p[0] | p[1]; /* in either byte order */
	if (family == LINUX_AF_INET) {
		out = put_v4(p + 4, out);
	} else if (family == LINUX_AF_INET6 && len >= 24) {
		*out++ = '[';
		out = put_v6(p + 8, out);
		*out++ = ']';
	} else {
		return false;
	}
	*out++ = ':';
	*digits_decimal(out, (uint64_t)p[2] << 8 | p[3]) = '\0';
	return true;
}
