/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * names.h -- each different text once: names of events, reasons and code locations that
 * a view keeps after the event has gone.
 */
#ifndef ANALYZE_NAMES_H
#define ANALYZE_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "analyze/arena.h"
#include "format/bytes.h"

enum { NAMES_MAX_BYTES = 8 << 20 };

struct name {
	char *text; /* in the arena */
	uint32_t hash;
};

/* Start with {0}. */
struct names {
	struct arena arena;
	struct name *slots; /* open addressing; owned */
	size_t size, count, bytes;
};

void names_release(struct names *n);
/* The text that equals `v`, terminated, for as long as the names live. Without memory,
 * or beyond NAMES_MAX_BYTES, "...". */
const char *names_keep(struct names *n, struct view v);

#endif
