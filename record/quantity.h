/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * quantity.h -- sizes, times and shares as people type them. Each takes the whole text and nothing
 * else; false for anything that is none, *out untouched.
 */
#ifndef RECORD_QUANTITY_H
#define RECORD_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "record/span.h"

/* "4096", "8M": K, M, G and T are powers of 1024, in either case. May be 0. */
bool quantity_bytes(struct span s, uint64_t *bytes);
/* "2", "0.25": seconds, or with a unit behind it: s, m, h or d. Above 0 and up to ten years, as nanoseconds. */
bool quantity_time(struct span s, uint64_t *ns);
/* "20" or "20%", from 1 to `max`. */
bool quantity_percent(struct span s, uint32_t max, uint32_t *percent);

#endif
