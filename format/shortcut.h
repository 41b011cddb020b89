/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * shortcut.h -- stretches of blocks that hold nothing of a span of time, by the indexes at
 * the ends of sections. An index is only a cache: who takes a shortcut checks where it
 * leads, by the number of the block there (docs/FORMAT.md section 9).
 */
#ifndef FORMAT_SHORTCUT_H
#define FORMAT_SHORTCUT_H

#include "format/part.h"
#include "format/source.h"

/* Blocks from the one at `from` to the one before `to`. */
struct shortcut {
	uint64_t from, to; /* offsets in the source */
	uint64_t blocks;
};

struct shortcuts; /* opaque; ascending */

/* What the indexes of the source tell of blocks outside of [from_ns, to_ns): DATA blocks, and
 * dictionaries that no DATA block inside needs. Fewer where an index is missing or wrong;
 * none for a pipe. 0, or ERR_IO or ERR_NOMEM. */
int shortcuts_new(struct source *source, struct unpacker *unpacker, uint64_t from_ns,
		  uint64_t to_ns, struct shortcuts **out, struct error *err);
void shortcuts_free(struct shortcuts *s);
/* The shortcut that begins exactly at `offset`; NULL when none does. Lent. */
const struct shortcut *shortcuts_find(const struct shortcuts *s, uint64_t offset);

#endif
