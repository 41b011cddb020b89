/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * budget.h -- what to leave out while the recorder takes more of the processor than it may, and
 * when to take it in again. Pure arithmetic: told what was used, it says what to change.
 *
 * Types of events are left out one after the other, those first that are many and tell little:
 * see order[] in budget.c and tcptape-record(1). State changes, retransmissions, resets, errors,
 * drops and events that are not in the order always stay. A type is taken in again once what it
 * would cost fits.
 */
#ifndef RECORD_BUDGET_H
#define RECORD_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/error.h"
#include "format/writer.h"
#include "record/catalog.h"

struct budget; /* opaque */

/* Totals since the recording began. */
struct budget_use {
	uint64_t now_ns, cpu_ns;
	uint64_t events; /* that were recorded */
};

/* One type that can be left out. */
struct budget_type {
	const char *name; /* lent */
	uint16_t number;
	uint64_t events; /* recorded since the recording began; the caller's to fill in */
	uint64_t shed;   /* likewise */
};

/* `percent` of one core, 0 = no limit. The catalog is lent. 0 and *out, or ERR_NOMEM. */
int budget_new(const struct catalog *c, uint32_t percent, struct budget **out, struct error *err);
/* NULL is fine. */
void budget_free(struct budget *b);

/* The types that this recording can leave out, in their order. */
size_t budget_count(const struct budget *b);
struct budget_type *budget_at(struct budget *b, size_t index);
/* How many of them are left out now: the first ones. */
size_t budget_level(const struct budget *b);

/* Measuring begins, and begins anew. */
void budget_begin(struct budget *b, const struct budget_use *use);
/* Whether it is time for budget_weigh(), every two seconds. */
bool budget_is_due(const struct budget *b, uint64_t now_ns);
/* Decide by what was used since the last time, with budget_at() filled in. True if the level has
 * changed, or if it is higher than it can get for the first time. */
bool budget_weigh(struct budget *b, const struct budget_use *use);
/* Why, in words: "41 % of a core, limit 20 %". Lent until the next budget_weigh(). */
const char *budget_reason(const struct budget *b);

#endif
