/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "tests/analyze/endpoint_at.h"

#include <arpa/inet.h>
#include <stdlib.h>

struct endpoint endpoint_at(const char *text, uint16_t port)
{
	struct endpoint e = {.port = port};
	uint8_t v4[4];

	if (inet_pton(AF_INET, text, v4) == 1)
		address_set_ipv4(e.addr, v4);
	else if (inet_pton(AF_INET6, text, e.addr) != 1)
		abort();
	return e;
}
