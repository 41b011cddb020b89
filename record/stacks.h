/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stacks.h -- from the number of a stack in a wire record to an entry of the dictionary
 * `stack`. Each is fetched from the kernel and named once an epoch.
 *
 * Not thread-safe.
 */
#ifndef RECORD_STACKS_H
#define RECORD_STACKS_H

#include <stdint.h>

#include "format/error.h"
#include "format/writer.h"
#include "record/symbols.h"

struct stacks; /* opaque */

/* Frames of a stack in the kernel's table: as many as this host allows, at most
 * WIRE_STACK_FRAMES. */
unsigned stacks_depth(void);

/* `table` is the map's descriptor; all lent. `dictionary` is the schema's id, `symbols`
 * may be NULL. 0 and *out, or ERR_NOMEM. */
int stacks_open(int table, struct writer *w, uint32_t dictionary, struct symbols *symbols,
		struct stacks **out, struct error *err);
/* NULL is fine. */
void stacks_close(struct stacks *s);

/* `number` as in wire_head.stack, `first` a frame to put in front of it, or 0; *id 0 =
 * none. 0, or the writer's error. */
int stacks_find(struct stacks *s, uint16_t number, uint64_t first, uint32_t *id, struct error *err);
/* Records so far whose stack was asked for and not to be had, as a fact of the tape;
 * nothing when there were none. */
int stacks_facts(const struct stacks *s, struct writer *w, struct error *err);

#endif
