/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * intern.h -- the writer's side of one dictionary: equal packed entries get equal ids,
 * new ones wait to be written (docs/FORMAT.md section 6).
 */
#ifndef FORMAT_INTERN_H
#define FORMAT_INTERN_H

#include "format/bytes.h"

struct intern; /* opaque; one per dictionary */

struct intern *intern_new(void); /* NULL without memory */
void intern_free(struct intern *t);
/* Id of the entry (1-based, dense). False without memory, or beyond 2^22 entries. */
bool intern_add(struct intern *t, const void *packed, size_t len, uint32_t *id);
/* The packed entry with this id; empty when there is none. Lent until the next add. */
struct view intern_entry(const struct intern *t, uint32_t id);
size_t intern_count(const struct intern *t);
/* Bytes not yet taken by intern_take(). */
size_t intern_pending(const struct intern *t);
/* The packed entries that are new since the last call, one after the other: `*count` of
 * them, ids from `*first`. Lent until the next add. */
struct view intern_take(struct intern *t, size_t *first, size_t *count);
/* Forget all entries: a new epoch. */
void intern_reset(struct intern *t);

#endif
