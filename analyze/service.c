/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * service.c -- which end of a connection is the server's.
 */
#include "analyze/service.h"

#include <string.h>

#include "format/hash.h"

static struct service guess(const struct life *l)
{
	const struct endpoint *local = &l->tuple.local, *remote = &l->tuple.remote;
	bool is_remote = l->is_far_listening;

	if (!is_remote && remote->port)
		is_remote = !local->port || remote->port < local->port;
	return (struct service){.endpoint = is_remote ? *remote : *local, .is_guessed = true};
}

struct service service_of(const struct life *l)
{
	switch ((enum life_role)l->role) {
	case LIFE_SERVER:
	case LIFE_LISTENER:
		return (struct service){.endpoint = l->tuple.local};
	case LIFE_CLIENT:
		return (struct service){.endpoint = l->tuple.remote};
	case LIFE_UNKNOWN:
		break;
	}
	return guess(l);
}

bool service_equal(const struct service *a, const struct service *b)
{
	return a->endpoint.port == b->endpoint.port &&
	       memcmp(a->endpoint.addr, b->endpoint.addr, sizeof(a->endpoint.addr)) == 0;
}

uint64_t service_hash(const struct service *s)
{
	return hash_bytes(s->endpoint.addr, sizeof(s->endpoint.addr), s->endpoint.port);
}

char *service_format(const struct service *s, char out[ENDPOINT_MAX])
{
	return endpoint_format(&s->endpoint, out);
}
