/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lexicon.h -- each different text once: names of events, reasons and code locations that
 * a view keeps after the event has gone.
 */
#ifndef ANALYZE_LEXICON_H
#define ANALYZE_LEXICON_H

#include <stddef.h>
#include <stdint.h>

#include "analyze/arena.h"
#include "format/bytes.h"

enum { LEXICON_MAX_BYTES = 8 << 20 };

struct lexeme {
	char *text; /* in the arena */
	uint32_t hash;
};

/* Start with {0}. */
struct lexicon {
	struct arena arena;
	struct lexeme *slots; /* open addressing; owned */
	size_t size, count, bytes;
};

void lexicon_release(struct lexicon *n);
/* The text that equals `v`, terminated, for as long as the lexicon lives. Without memory,
 * or beyond LEXICON_MAX_BYTES, "...". */
const char *lexicon_keep(struct lexicon *n, struct view v);

#endif
