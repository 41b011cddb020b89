/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pair.h -- finds the other side of a connection among the lives of the same tape: by
 * the sequence numbers both sides know when they become ESTABLISHED, which survive
 * address translation; else by reversed addresses at the right time, preferably in the
 * same network namespace.
 */
#ifndef ANALYZE_PAIR_H
#define ANALYZE_PAIR_H

#include "analyze/lives.h"

/* Look for l's peer; when found, both know each other's number, and a role that only
 * one of them knew. Returns the peer, or NULL. */
struct life *pair_find(struct lives *ls, struct life *l);
/* l has become ESTABLISHED with these sequence numbers: let others find it. False
 * without memory. */
bool pair_offer(struct lives *ls, struct life *l, uint32_t snd_una, uint32_t rcv_nxt);

#endif
