/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * recipe.h -- how the wire record of one event becomes a row of a tape: which bytes make
 * which column (the writer takes them as they lie), and which make a dictionary entry. Made together with the schema, from
 * the typed table or from the format file alone.
 */
#ifndef RECORD_RECIPE_H
#define RECORD_RECIPE_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/wire.h"
#include "format/error.h"
#include "format/schema.h"
#include "format/writer.h"
#include "record/dictionary.h"
#include "record/legend.h"
#include "record/tracefmt.h"
#include "record/typed.h"

/* Of a value whose data lies elsewhere in the kernel. */
struct string_recipe {
	uint16_t at;  /* of a struct wire_dynamic; 0 = the wire has no room for it */
	bool is_text; /* ends before its NUL */
};

enum ref_from {
	FROM_HEAD = 0, /* task: the head of every record */
	FROM_SOCK,     /* sock: wire_sock at `at`, wire_addrs6 at `at2` */
	FROM_REQUEST,  /* tuple: struct wire_synack */
	FROM_PROBE,    /* endpoints: made of struct wire_tcp_probe */
	FROM_PAIR,     /* endpoints: 28 bytes at `at`, 28 at `at2` */
	FROM_FLOW,     /* flow: wire_flow at `at` */
	FROM_ADDRESS,  /* symbol: u64 at `at` */
	FROM_DEVICE,   /* device: char[16] at `at` */
	FROM_STACK,    /* stack: the head's number, and unless `at` is 0 a u64 there */
	FROM_FIELDS,   /* attribute by attribute, see fields[] */
};

struct ref_recipe {
	uint8_t dictionary; /* enum dictionary */
	uint8_t from;       /* enum ref_from */
	uint16_t at, at2;
	uint32_t needs; /* wire flags without which there is no entry */
	/* FROM_FIELDS: where each attribute lies; 0 = not in the record. */
	uint16_t fields[DICTIONARY_MAX_ATTRIBUTES];
	uint16_t protocol; /* and what the protocol is if it is not there */
};

struct recipe {
	uint32_t schema;     /* id */
	uint16_t wire_bytes; /* a record is at least that long */
	uint8_t ref_count;
	struct ref_recipe refs[SCHEMA_MAX_REFS];
	uint16_t place_count, string_count;
	struct place *places;          /* of the schema's own columns in the record; owned */
	struct string_recipe *strings; /* those of strings; owned */
};

/* The constants of a generic program. */
struct generic_layout {
	uint32_t fixed_bytes;  /* copied of the entry, from its 8th byte on */
	uint32_t record_bytes; /* all of the wire record */
	uint32_t dynamic_count;
	struct wire_dynamic_field dynamic[WIRE_DYNAMIC_MAX];
};

/* What recipes are made with; all lent. */
struct recipe_tools {
	struct writer *writer;
	struct legend *legend;
	const uint32_t *dictionaries; /* schema ids, by enum dictionary */
	bool has_stack;               /* the event's records carry one */
};

/* The way of a typed program. `text` is NULL for an event without a format file of the
 * kernel's, `fmt` too unless ours is to be used. Registers the schema. 0, ERR_NOMEM, or ERR_CORRUPT for a format that no schema
 * can hold; recipe_release() is due on 0. */
int recipe_typed(const struct recipe_tools *t, const struct typed_event *e,
		 const struct tracefmt *fmt, const char *text, struct recipe *out,
		 struct error *err);
/* The way of the generic program. `e` is the typed event it stands in for, or NULL. */
int recipe_generic(const struct recipe_tools *t, const char *group, const struct typed_event *e,
		   const struct tracefmt *fmt, const char *text, struct generic_layout *layout,
		   struct recipe *out, struct error *err);
void recipe_release(struct recipe *r);

#endif
