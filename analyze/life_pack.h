/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * life_pack.h -- lives that are over in a third of the room, for who keeps many of them:
 * most bytes of a life are zero.
 */
#ifndef ANALYZE_LIFE_PACK_H
#define ANALYZE_LIFE_PACK_H

#include "analyze/life.h"
#include "format/bytes.h"

/* Appends to *out, whose is_failed tells of missing memory. What is lives.c's own is left out. */
void life_pack(const struct life *l, struct buf *out);
/* Takes what life_pack() put there, *past being for out->past; false when `in` ends too soon. */
bool life_unpack(struct view *in, struct life *out, struct life_past *past);

#endif
