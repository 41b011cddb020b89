/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * drop.h -- what skb:kfree_skb events tell: losses, or housekeeping; of packets that were
 * leaving this host, or had arrived.
 */
#ifndef ANALYZE_DROP_H
#define ANALYZE_DROP_H

#include "analyze/binding.h"

struct sock_facts;
struct tuple;

enum drop_way { DROP_WAY_UNKNOWN = 0, DROP_LEAVING, DROP_ARRIVED };

/* Duplicates, consequences of a close, and acknowledgements that have been processed.
 * Without a reason (before 5.17, and often until 6.x) the code location tells. */
bool drop_is_benign(const struct bound *e, const struct event *ev, const struct section *s);
/* The receiver had it already. */
bool drop_is_duplicate(const struct bound *e, const struct event *ev, const struct section *s);
/* A connection found no room in the accept queue (since 6.x; before, the kernel gives no reason). */
bool drop_is_overflow(const struct bound *e, const struct event *ev, const struct section *s);
/* Why it is no loss, in a few words; NULL if it is one. */
const char *drop_excuse(const struct bound *e, const struct event *ev, const struct section *s);
/* Whose socket the packet still had: its sender's, or its receiver's. Packets that arrive have left
 * their sender's behind, so without one the reason decides. `sock` may be NULL. */
enum drop_way drop_way(const char *reason, const struct sock_facts *sock, const struct tuple *flow);
/* The kernel's name of the reason, without a prefix; NULL if there is none. */
const char *drop_reason(const struct bound *e, const struct event *ev, const struct section *s);

#endif
