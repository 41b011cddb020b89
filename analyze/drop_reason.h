/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * drop_reason.h -- which reasons of skb:kfree_skb are housekeeping and not loss.
 */
#ifndef ANALYZE_DROP_REASON_H
#define ANALYZE_DROP_REASON_H

#include <stdbool.h>

/* By the recording kernel's name ("TCP_OLD_DATA"). NULL, a kernel without reasons, is
 * not benign. */
bool drop_reason_is_benign(const char *name);

#endif
