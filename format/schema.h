/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * schema.h -- what an event or a dictionary entry is made of: names, types, and
 * where each value is stored. Implements docs/FORMAT.md section 5.
 *
 * An event schema has the fields of the kernel's format file, in its order, and
 * after them the recorder's own (FIELD_EXTRA). A field is stored either as a column
 * of its own or as an attribute of a dictionary entry that the row refers to:
 * row -> refs[] -> entry -> attribute. `refs` lists the dictionaries; each is one
 * column of entry ids, 0 meaning none (the bound fields are then null).
 */
#ifndef FORMAT_SCHEMA_H
#define FORMAT_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "format/bytes.h"
#include "format/enumeration.h"
#include "format/error.h"

enum {
	SCHEMA_MAX = 4096,          /* schemas in a section */
	SCHEMA_MAX_FIELDS = 256,    /* fields of one schema */
	SCHEMA_MAX_REFS = 8,        /* dictionaries one event refers to */
	SCHEMA_MAX_TEXT = 64 << 10, /* bytes of a format text */
	SCHEMA_MAX_NAME = 255,      /* bytes of a name */
	FIELD_MAX_BYTES = 4096,     /* elem_size * count */
};

enum schema_kind {
	SCHEMA_EVENT = 1,
	SCHEMA_DICT = 2, /* entries of a dictionary: task, sock, flow, ... */
};

enum schema_flag {
	SCHEMA_OWN = 1,     /* no kernel format file: the recorder's own layout */
	SCHEMA_GENERIC = 2, /* copied from the classic entry, not read by a typed program */
};

enum field_kind {
	FIELD_INT = 1,    /* one integer of elem_size 1, 2, 4 or 8 bytes */
	FIELD_ARRAY = 2,  /* count integers of elem_size each, stored as bytes */
	FIELD_BYTES = 3,  /* count bytes */
	FIELD_STRING = 4, /* 0..64 KiB bytes, no terminator */
};

/* How a value is shown. Never how it is stored. */
enum field_role {
	ROLE_NONE = 0,    /* number, or hexadecimal bytes */
	ROLE_POINTER = 1, /* "0x..." */
	ROLE_TEXT = 2,    /* characters, up to the first NUL */
	ROLE_IPV4 = 3,    /* 4 bytes, network order */
	ROLE_IPV6 = 4,    /* 16 bytes, network order */
	ROLE_SOCKADDR =
		5, /* sockaddr_in or sockaddr_in6 in 28 bytes, as the kernel prints %pISpc */
	ROLE_BOOL = 6,
	ROLE_ADDR = 7, /* 16 bytes: IPv6, or IPv4 as ::ffff:a.b.c.d, shown as a.b.c.d */
};

enum field_flag {
	FIELD_SIGNED = 1,
	FIELD_EXTRA = 2,    /* added by the recorder; not in the kernel's format file */
	FIELD_OPTIONAL = 4, /* own column only: a row may lack it (null) */
	FIELD_BITS = 8,     /* enum_id names bits, not values */
	FIELD_ID = 16,      /* numbers handed out in order; a hint for encoding */
	FIELD_FLIP = 32,    /* keyed by the attribute with its lowest bit flipped */
	FIELD_SUM = 64,     /* the sum with field `near` is predicted, not the difference */
	FIELD_FULL = 128,   /* nor that: `near` is what this one is again and again */
};

struct field {
	char *name;        /* "skaddr" */
	char *type;        /* as the kernel spells it: "const void *" */
	uint8_t kind;      /* enum field_kind */
	uint8_t role;      /* enum field_role */
	uint8_t flags;     /* enum field_flag */
	uint8_t elem_size; /* bytes of one element: 1, 2, 4, 8 */
	uint16_t count;    /* elements; 1 for FIELD_INT, 0 for FIELD_STRING */
	uint16_t enum_id;  /* 1-based; 0 = no enumeration */
	uint8_t ref;       /* 1-based index into schema.refs; 0 = own column */
	uint8_t attribute; /* field index in the dictionary's schema, if ref != 0 */
	/* FIELD_INT in an own column only: predicted by the last value with the same key, which
	 * is an attribute of a dictionary entry (docs/FORMAT.md section 7.5). */
	uint8_t key_ref;       /* 1-based index into schema.refs; 0 = not keyed. In a dictionary
				* 1 = the entry itself */
	uint8_t key_attribute; /* field index in that dictionary's schema, not a keyed field */
	uint8_t key_space;     /* values of different spaces do not predict each other */
	/* 1-based field indexes, in events; 0 = none. */
	uint8_t near;  /* keyed: an integer as wide: what is predicted is the distance from it. Not
			* keyed: one of 4 bytes: values of the same number are often the same */
	uint8_t start; /* keyed: a keyed field as wide: the sum with it is a value that comes next */
};

struct key_source;

struct schema {
	uint32_t id;                    /* 1-based, dense in its section */
	uint8_t kind;                   /* enum schema_kind */
	uint8_t flags;                  /* enum schema_flag */
	char *group;                    /* "tcp"; "" for a dictionary */
	char *name;                     /* "tcp_probe"; "sock" */
	char *text;                     /* the kernel's format file, verbatim; "" if none */
	uint32_t refs[SCHEMA_MAX_REFS]; /* dictionary schema ids */
	uint8_t ref_count;
	uint16_t field_count;
	struct field *fields; /* owned */
	/* Derived by schema_seal(): */
	uint32_t width;        /* fields, each as often as it has 16 bytes, begun ones too */
	uint16_t own_count;    /* columns of its own */
	uint16_t *own_of;      /* field index -> own column index; owned */
	uint16_t string_count; /* columns of its own that hold strings */
	/* What keys come from, each once; key_of: field index -> index in it; owned */
	struct key_source *key_sources;
	uint16_t key_source_count;
	uint16_t *key_of;
	/* Dictionaries: where attributes lie in a packed entry; -1 behind a string; owned */
	int32_t *offsets;
};

struct key_source {
	uint8_t ref;       /* index into refs */
	uint8_t attribute; /* of that dictionary's entry */
};

/* Heap copies throughout: a schema owns its strings and arrays. */
struct schema *schema_new(enum schema_kind kind, const char *group, const char *name,
			  const char *text);
void schema_free(struct schema *s);
/* Append a copy of *f (name and type are copied). Returns the field index, or
 * ERR_NOMEM, or ERR_CORRUPT beyond SCHEMA_MAX_FIELDS or for an impossible field. */
int schema_add_field(struct schema *s, const struct field *f, struct error *err);
/* Append a dictionary; returns its 1-based ref index or a negative status. An
 * already listed dictionary yields its existing index. */
int schema_add_ref(struct schema *s, uint32_t dict_id, struct error *err);
/* Compute the derived members. Call once after the last field. 0 or ERR_NOMEM. */
int schema_seal(struct schema *s, struct error *err);
/* Index of the field called `name`, or -1. */
int schema_find(const struct schema *s, const char *name);
/* Fixed bytes of a field's value; 0 for FIELD_STRING. */
static inline uint32_t field_bytes(const struct field *f)
{
	return (uint32_t)f->elem_size * f->count;
}

/* False for a field of a newer writer, whose values are null here. */
static inline bool field_is_known(const struct field *f)
{
	return f->kind >= FIELD_INT && f->kind <= FIELD_STRING;
}

/* Append to / take from a SCHEMA block body. Decoding bounds everything by the
 * limits above; *out is owned by the caller on 0. `text` is s->text, or "" when a
 * schema is repeated. ERR_UNSUPPORTED for a schema that only a newer program reads. */
void schema_encode(const struct schema *s, const char *text, struct buf *out);
int schema_decode(struct view *in, struct schema **out, struct error *err);

#endif
