/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * service.h -- the server's end of a connection, which its connections are grouped by:
 * "10.0.0.1:443", the same from the client's life and from the server's; of a listener, where it
 * listens, such as "0.0.0.0:443".
 *
 * Network namespaces do not matter: the two ends of one connection may be in different ones.
 */
#ifndef ANALYZE_SERVICE_H
#define ANALYZE_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyze/life.h"

struct service {
	struct endpoint endpoint; /* port 0 = not known */
	/* Who connected is not on the tape: it is the end whose port has a listener, else
	 * the one with the lower port. */
	bool is_guessed;
};

/* As known now: roles may be learnt later. */
struct service service_of(const struct life *l);
/* By the endpoint alone, whether guessed or not. */
bool service_equal(const struct service *a, const struct service *b);
uint64_t service_hash(const struct service *s);
/* "10.0.0.1:443", "[::1]:443"; writes a terminated string to `out` and returns it. */
char *service_format(const struct service *s, char out[ENDPOINT_MAX]);

#endif
