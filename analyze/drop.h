/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * drop.h -- which skb:kfree_skb events tell of a loss, and which of housekeeping.
 */
#ifndef ANALYZE_DROP_H
#define ANALYZE_DROP_H

#include "analyze/binding.h"

/* Duplicates, consequences of a close, and acknowledgements that have been processed.
 * Without a reason (before 5.17, and often until 6.x) the code location tells. */
bool drop_is_benign(const struct bound *e, const struct event *ev, const struct section *s);

#endif
