/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * used.h -- which dictionary entries a DATA block refers to: a reader that looks for one
 * connection leaves other blocks unread. Implements docs/FORMAT.md section 7.6.
 */
#ifndef FORMAT_USED_H
#define FORMAT_USED_H

#include <stddef.h>
#include <stdint.h>

#include "format/bytes.h"
#include "format/error.h"
#include "format/schema.h"

struct used; /* being collected; opaque */

struct used *used_new(void); /* NULL without memory */
void used_free(struct used *u);
/* An entry of dictionary `dict` is referred to; id 0 is none. False without memory. */
bool used_add(struct used *u, uint32_t dict, uint32_t id);
/* Append the part, and forget everything. A failed allocation shows in out->is_failed. */
void used_encode(struct used *u, struct buf *out);

/* Entries [first, first + count) of a dictionary. */
struct used_run {
	uint32_t dict;
	uint32_t first;
	uint32_t count;
};

/* Reading a part, run by run. */
struct used_reader {
	struct view in; /* set it to the part; the rest to 0 */
	uint32_t dict;
	uint64_t left; /* runs of this dictionary */
	uint64_t next; /* lowest id that may come */
};

/* 0 with *out; END; ERR_CORRUPT. */
int used_next(struct used_reader *r, struct used_run *out, struct error *err);

#endif
