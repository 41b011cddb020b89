/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tape_data.h -- what is behind the public struct tcptape, and its handles. For tape*.c only.
 *
 * A handle is section number + 1, schema id (13 bits), field index + 1 (9 bits; 0 in the
 * handle of a schema). It therefore means nothing in another section or to another kind of
 * event, and no use of an old one can reach freed memory.
 */
#ifndef FORMAT_TAPE_DATA_H
#define FORMAT_TAPE_DATA_H

#include "format/cursor.h"
#include "format/tcptape.h"

enum { HANDLE_FIELD_BITS = 9, HANDLE_SCHEMA_BITS = 13 };

struct tcptape {
	struct source *source;
	struct cursor *cursor;
	struct item item;              /* the current one, while `kind` is above 0 */
	const struct section *section; /* NULL before the first item */
	int kind;                     /* of the item; 0 before the first; 0 or a status once over */
	bool has_begun;               /* tcptape_next() was called */
	bool is_over;                 /* it will say the same for ever */
	struct tcptape_error failure; /* if kind is negative */
	uint64_t event_schema;        /* handle; 0 while the item is no event */
	uint64_t events;
	uint64_t lost_before;   /* events, in earlier sections */
	uint64_t lost;          /* in this one, by its losses */
	uint64_t lost_declared; /* by its end */
	struct tcptape_loss loss;
	struct tcptape_clock clock;
	struct tcptape_gap gap;
	struct tcptape_section_end end;
	struct tcptape_health health;
};

/* Handle of the schema with this id in the current section; 0 for an impossible id. */
static inline uint64_t tape_handle(const struct tcptape *t, uint32_t schema_id)
{
	if (!t->section || schema_id == 0 || schema_id > SCHEMA_MAX)
		return 0;
	return ((t->section->number + 1) << HANDLE_SCHEMA_BITS | schema_id) << HANDLE_FIELD_BITS;
}

/* Field index in a handle, -1 in that of a schema. */
static inline int tape_field_index(uint64_t handle)
{
	return (int)(handle & ((1u << HANDLE_FIELD_BITS) - 1)) - 1;
}

/* The field of a handle; NULL if it is none of the current section. */
const struct field *tape_field(const struct tcptape *t, uint64_t handle);

/* The field of a handle if the current event has it, and *index for event_int(); else NULL. */
static inline const struct field *tape_event_field(const struct tcptape *t, uint64_t handle,
						   int *index)
{
	*index = tape_field_index(handle);
	if (*index < 0 || t->event_schema == 0 || (handle ^ t->event_schema) >> HANDLE_FIELD_BITS ||
	    *index >= t->item.event.schema->field_count)
		return NULL;
	return &t->item.event.schema->fields[*index];
}

#endif
