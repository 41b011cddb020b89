/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * resolve.h -- from the parts of a wire record to ids of dictionary entries. Small
 * direct-mapped caches in front of the writer's tables answer nearly always; they are
 * forgotten when the writer begins a new epoch.
 *
 * Entries are packed little-endian, as writer_intern() wants them. Not thread-safe.
 */
#ifndef RECORD_RESOLVE_H
#define RECORD_RESOLVE_H

#include <stdint.h>

#include "bpf/wire.h"
#include "format/error.h"
#include "format/writer.h"
#include "record/recipe.h"
#include "record/stacks.h"
#include "record/symbols.h"

struct resolver; /* opaque */

/* All lent while it lives; `dictionaries` by enum dictionary, `symbols` may be NULL. 0
 * and *out, or ERR_NOMEM. */
int resolver_new(struct writer *w, const uint32_t *dictionaries, struct symbols *symbols,
		 struct resolver **out, struct error *err);
/* NULL is fine. */
void resolver_free(struct resolver *r);
/* For recipes with stacks; lent, NULL = they have none. */
void resolver_set_stacks(struct resolver *r, struct stacks *stacks);
/* The entries that the recipe makes of the record, ids[ref_count]; 0 = none. */
int resolver_find(struct resolver *r, const struct recipe *recipe, const void *record,
		  uint32_t *ids, struct error *err);

#endif
