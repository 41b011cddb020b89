/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * event.h -- one event as the analyzer sees it: a row of a decoded block. Values are
 * fetched on demand. Everything lent by these functions lives until the next
 * cursor_next() on the same cursor.
 */
#ifndef FORMAT_EVENT_H
#define FORMAT_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "format/bytes.h"
#include "format/schema.h"

struct batch; /* a decoded DATA block; batch.h */
struct dict;  /* dictionary entries of an epoch; dict.h */
struct dict_set;

struct event {
	const struct schema *schema;
	uint64_t ts_ns;
	uint32_t cpu;
	uint32_t row;        /* row in the block, as it lies there */
	uint32_t schema_row; /* row among those of its schema in the block */
	uint32_t slot;       /* of the schema in the batch */
	struct batch *batch;
};

/* Integer value of field `index`, sign-extended if signed. False when the value is
 * null: no dictionary entry, an absent optional value, or damage. */
bool event_int(const struct event *ev, int index, uint64_t *out);
/* Bytes of a FIELD_ARRAY, FIELD_BYTES or FIELD_STRING value. False when null. */
bool event_bytes(const struct event *ev, int index, struct view *out);
/* Dictionary entry id of ref `ref` (1-based index into schema->refs); 0 = none. Ids
 * identify entries only within one epoch: compare together with event_epoch(). */
uint32_t event_ref(const struct event *ev, int ref);
uint32_t event_epoch(const struct event *ev);
/* What the ids mean. Lent as values are. */
const struct dict_set *event_dicts(const struct event *ev);
/* Attribute of a dictionary entry by attribute index of the dictionary's schema. */
bool event_ref_int(const struct event *ev, int ref, int attribute, uint64_t *out);
bool event_ref_bytes(const struct event *ev, int ref, int attribute, struct view *out);
/* Values of its block, or of one before, were null for want of memory: cursor_next() is about to
 * fail for it. */
bool event_is_starved(const struct event *ev);

#endif
