/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * dictionary.h -- the dictionaries a recording uses: who ran, which socket, which
 * packet flow, which code. Their attributes, in the order they are packed, are listed
 * in dictionary.c; docs/FORMAT.md names them.
 */
#ifndef RECORD_DICTIONARY_H
#define RECORD_DICTIONARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/error.h"
#include "format/writer.h"
#include "record/legend.h"

enum dictionary {
	DICT_TASK = 0,
	DICT_SOCK,
	DICT_TUPLE,
	DICT_ENDPOINTS,
	DICT_FLOW,
	DICT_SYMBOL,
	DICT_DEVICE,
	DICT_STACK, /* only if some event asks for stacks */
	DICT_COUNT,
};

/* Attributes by index. */
enum { TASK_PID, TASK_TID, TASK_COMM };
enum {
	SOCK_STREAM,
	SOCK_SKADDR,
	SOCK_COOKIE,
	SOCK_NETNS,
	SOCK_PROTOCOL,
	SOCK_FAMILY,
	SOCK_SPORT,
	SOCK_DPORT,
	SOCK_SADDR,
	SOCK_DADDR,
	SOCK_SADDR6,
	SOCK_DADDR6,
};
enum {
	TUPLE_FAMILY,
	TUPLE_SPORT,
	TUPLE_DPORT,
	TUPLE_SADDR,
	TUPLE_DADDR,
	TUPLE_SADDR6,
	TUPLE_DADDR6
};
enum { ENDPOINTS_SADDR, ENDPOINTS_DADDR };
enum { FLOW_STREAM, FLOW_PROTO, FLOW_FAMILY, FLOW_SPORT, FLOW_DPORT, FLOW_SADDR, FLOW_DADDR };
enum { SYMBOL_ADDRESS, SYMBOL_NAME };
enum { DEVICE_NAME };
enum { STACK_FRAMES };

/* Packed sizes of the fixed ones. */
enum {
	TASK_BYTES = 24,
	SOCK_BYTES = 72,
	TUPLE_BYTES = 46,
	ENDPOINTS_BYTES = 56,
	FLOW_BYTES = 44,
	DICTIONARY_MAX_ATTRIBUTES = 12,
};

struct dictionary_attribute {
	const char *name;
	const char *type;
	uint8_t kind; /* enum field_kind */
	uint8_t role; /* enum field_role */
	uint8_t size; /* of an integer, or of all bytes; 0 for a string */
	uint8_t is_family : 1;
	uint8_t is_protocol : 1;
	uint8_t is_stream : 1; /* see streams.h */
	uint8_t is_from : 1;   /* the port its stream begins at */
	uint8_t is_to : 1;     /* the port its stream ends at */
};

/* All attributes; the last one has no name. */
const struct dictionary_attribute *dictionary_attributes(enum dictionary d);
/* Where attribute `index` lies in a packed entry of fixed size. */
size_t dictionary_offset(enum dictionary d, unsigned index);
/* Make the schemas known to the writer; ids[] are their ids, 0 of DICT_STACK unless
 * `has_stacks`. */
int dictionary_register(struct writer *w, struct legend *legend, bool has_stacks,
			uint32_t ids[DICT_COUNT], struct error *err);

#endif
