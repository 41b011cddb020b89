/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * spans.h -- when the events of each section began and ended, and of which schemas they are,
 * by the headers of blocks alone: for whoever leaves most of the blocks unread.
 */
#ifndef ANALYZE_SPANS_H
#define ANALYZE_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/error.h"

struct source;

struct span {
	bool has_events;
	uint64_t first_ns, last_ns;
	uint64_t schema_bits; /* bit `id & 63` of every event schema that has rows */
};

/* Start with {0}. */
struct spans {
	struct span *all; /* by section, from 0; owned */
	size_t count, cap;
	bool has_holes; /* events were lost, or headers tell of damage */
};

/* `source` must be a file or memory. 0, or a failure. */
int spans_read(struct spans *s, struct source *source, struct error *err);
void spans_release(struct spans *s);
/* NULL for a section that is not known, or without events. */
const struct span *spans_find(const struct spans *s, uint64_t section);

#endif
