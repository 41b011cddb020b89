/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tuple.c -- comparing, hashing and spelling endpoints.
 */
#include "analyze/tuple.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "format/hash.h"

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool tuple_is_complete(const struct tuple *t)
{
	static const uint8_t none[16];

	return t->local.port && t->remote.port && memcmp(t->remote.addr, none, sizeof(none)) != 0;
}

static bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && memcmp(a->addr, b->addr, sizeof(a->addr)) == 0;
}

bool tuple_equal(const struct tuple *a, const struct tuple *b)
{
	return endpoint_equal(&a->local, &b->local) && endpoint_equal(&a->remote, &b->remote);
}

struct tuple tuple_reversed(const struct tuple *t)
{
	return (struct tuple){.local = t->remote, .remote = t->local};
}

uint32_t tuple_hash(const struct tuple *t)
{
	uint64_t h = hash_bytes(t->local.addr, 16, (uint64_t)t->local.port << 16 | t->remote.port);

	return (uint32_t)hash_bytes(t->remote.addr, 16, h);
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

char *address_format(const uint8_t addr[16], char out[ADDRESS_MAX])
{
	const char *text;

	if (address_is_ipv4(addr))
		text = inet_ntop(AF_INET, addr + sizeof(mapped), out, ADDRESS_MAX);
	else
		text = inet_ntop(AF_INET6, addr, out, ADDRESS_MAX);
	if (!text)
		snprintf(out, ADDRESS_MAX, "?");
	return out;
}

char *endpoint_format(const struct endpoint *e, char out[ENDPOINT_MAX])
{
	char addr[ADDRESS_MAX], port[8] = "?";
	bool is_ipv4 = address_is_ipv4(e->addr);

	address_format(e->addr, addr);
	if (e->port)
		snprintf(port, sizeof(port), "%u", e->port);
	snprintf(out, ENDPOINT_MAX, is_ipv4 ? "%s:%s" : "[%s]:%s", addr, port);
	return out;
}
