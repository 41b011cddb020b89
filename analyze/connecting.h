/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * connecting.h -- sockets that connect from a port the kernel has not told yet: it is
 * unknown at CLOSE -> SYN_SENT, but the SYN has it. With the SYN, or the answer to it,
 * the socket can be found by what is known: both addresses and the remote port.
 */
#ifndef ANALYZE_CONNECTING_H
#define ANALYZE_CONNECTING_H

#include "analyze/lives.h"

/* l has begun to connect; nothing happens if its port is known. */
void connecting_add(struct lives *ls, struct life *l);
/* False when connecting_claim() would find nobody. */
static inline bool connecting_has_any(const struct lives *ls)
{
	return ls->by_half.count != 0;
}
/* A packet of an unknown connection was sent by (is_reply: to) `tuple`'s local end, a
 * SYN while a task of process `pid` was running. If just one socket fits, it takes the
 * tuple, as a guess that the kernel's word replaces. NULL if none does. */
struct life *connecting_claim(struct lives *ls, const struct tuple *tuple, bool is_reply,
			      uint32_t pid);

#endif
