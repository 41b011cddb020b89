/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * own.h -- the connection that carries the tape away while it is made: what it sends would be
 * recorded, and sent, and recorded. It is known by the variable SSH_CONNECTION that sshd(8) sets.
 */
#ifndef RECORD_OWN_H
#define RECORD_OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/wire.h"
#include "record/options.h"

struct own_end {
	uint8_t addr[16]; /* IPv4 as ::ffff:a.b.c.d */
	uint16_t port;    /* host order */
};

struct own {
	bool is_known;
	struct own_end ends[2];
};

/* "192.0.2.1 40000 192.0.2.2 22". False, and *out untouched, if it is not like that. */
bool own_parse(const char *text, struct own *out);
/* From the environment of this process or, since sudo clears it, of its ancestors. */
struct own own_find(void);
/* What a recording with these options leaves out: nothing unless the tape goes to standard output. */
struct own own_of(const struct record_options *opt);
/* Whether the socket is one end of it; `a6` counts for AF_INET6. */
bool own_has_sock(const struct own *o, const struct wire_sock *w, const struct wire_addrs6 *a6);
/* Whether the packet is one of its. */
bool own_has_flow(const struct own *o, const struct wire_flow *w);
/* "192.0.2.1 port 40000 and 192.0.2.2 port 22" */
void own_text(const struct own *o, char *out, size_t size);

#endif
