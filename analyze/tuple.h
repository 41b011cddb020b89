/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tuple.h -- the two ends of a connection as one side sees them. Addresses are 16
 * bytes, IPv4 as ::ffff:a.b.c.d, so that a dual-stack socket that talks IPv4 and an
 * IPv4 socket compare equal. Port 0 = not known (yet).
 */
#ifndef ANALYZE_TUPLE_H
#define ANALYZE_TUPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "format/hash.h"

struct endpoint {
	uint8_t addr[16];
	uint16_t port;
};

struct tuple {
	struct endpoint local;
	struct endpoint remote;
};

enum { ADDRESS_MAX = 48, ENDPOINT_MAX = 56 };

/* Both ports are known, and to whom it is connected: an event may show ports only. */
static inline bool tuple_is_complete(const struct tuple *t)
{
	static const uint8_t none[16];

	return t->local.port && t->remote.port && memcmp(t->remote.addr, none, sizeof(none)) != 0;
}

static inline bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && memcmp(a->addr, b->addr, sizeof(a->addr)) == 0;
}

static inline bool tuple_equal(const struct tuple *a, const struct tuple *b)
{
	return endpoint_equal(&a->local, &b->local) && endpoint_equal(&a->remote, &b->remote);
}

/* a is tuple_reversed(b). */
static inline bool tuple_is_reverse(const struct tuple *a, const struct tuple *b)
{
	return endpoint_equal(&a->local, &b->remote) && endpoint_equal(&a->remote, &b->local);
}

struct tuple tuple_reversed(const struct tuple *t);
/* The same for both directions. */
uint32_t tuple_hash(const struct tuple *t);

/* From 4 bytes. */
void address_set_ipv4(uint8_t addr[16], const uint8_t ipv4[4]);
bool address_is_ipv4(const uint8_t addr[16]);
/* From a sockaddr_in or sockaddr_in6 of the recording machine. False for anything else. */
bool endpoint_from_sockaddr(const uint8_t *p, size_t len, struct endpoint *out);
/* :: or 0.0.0.0 */
bool address_is_any(const uint8_t addr[16]);
/* ::1 or 127.0.0.0/8 */
bool address_is_loopback(const uint8_t addr[16]);

/* "127.0.0.1", "::1"; writes a terminated string to `out` and returns it. */
char *address_format(const uint8_t addr[16], char out[ADDRESS_MAX]);
/* "127.0.0.1:8080", "[::1]:8080"; a port that is not known is "?". */
char *endpoint_format(const struct endpoint *e, char out[ENDPOINT_MAX]);

#endif
