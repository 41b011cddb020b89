/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tuple.c -- comparing, hashing and spelling endpoints.
 */
#include "analyze/tuple.h"

#include <string.h>

#include "analyze/digits.h"
#include "analyze/ip_text.h"
#include "format/hash.h"

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

struct tuple tuple_reversed(const struct tuple *t)
{
	return (struct tuple){.local = t->remote, .remote = t->local};
}

static uint64_t endpoint_hash(const struct endpoint *e)
{
	uint64_t words[2];

	memcpy(words, e->addr, sizeof(words));
	return hash_mix(hash_mix(e->port, words[0]), words[1]);
}

uint32_t tuple_hash(const struct tuple *t)
{
	uint64_t local = endpoint_hash(&t->local), remote = endpoint_hash(&t->remote);
	uint64_t h = hash_mix(local ^ remote, local + remote);

	return (uint32_t)(h ^ h >> 32);
}

void address_set_ipv4(uint8_t addr[16], const uint8_t ipv4[4])
{
	memcpy(addr, mapped, sizeof(mapped));
	memcpy(addr + sizeof(mapped), ipv4, 4);
}

bool endpoint_from_sockaddr(const uint8_t *p, size_t len, struct endpoint *out)
{
	/* The family is in the machine's byte order, and below 256. */
	unsigned family = len >= 8 ? p[0] | p[1] : 0;

	if (family == 2)
		address_set_ipv4(out->addr, p + 4);
	else if (family == 10 && len >= 24)
		memcpy(out->addr, p + 8, 16);
	else
		return false;
	out->port = (uint16_t)(p[2] << 8 | p[3]);
	return true;
}

bool address_is_ipv4(const uint8_t addr[16])
{
	return memcmp(addr, mapped, sizeof(mapped)) == 0;
}

bool address_is_any(const uint8_t addr[16])
{
	static const uint8_t zero[16];

	if (address_is_ipv4(addr))
		return memcmp(addr + sizeof(mapped), zero, 4) == 0;
	return memcmp(addr, zero, sizeof(zero)) == 0;
}

bool address_is_loopback(const uint8_t addr[16])
{
	static const uint8_t one[16] = {[15] = 1};

	return address_is_ipv4(addr) ? addr[12] == 127 : memcmp(addr, one, sizeof(one)) == 0;
}

char *address_format(const uint8_t addr[16], char out[ADDRESS_MAX])
{
	*ip_text_put(addr, out) = '\0';
	return out;
}

char *endpoint_format(const struct endpoint *e, char out[ENDPOINT_MAX])
{
	bool has_brackets = !address_is_ipv4(e->addr);
	char *p = out;

	if (has_brackets)
		*p++ = '[';
	p = ip_text_put(e->addr, p);
	if (has_brackets)
		*p++ = ']';
	*p++ = ':';
	if (e->port)
		p = digits_decimal(p, e->port);
	else
		*p++ = '?';
	*p = '\0';
	return out;
}
