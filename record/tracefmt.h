/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tracefmt.h -- a tracepoint's format file, taken apart: where each field lies in the
 * raw entry, and what the print fmt tells about how its value is meant.
 *
 * The text may be anything. Field lines that cannot be understood make the whole file
 * ERR_CORRUPT; a print fmt that cannot be understood leaves the defaults.
 */
#ifndef RECORD_TRACEFMT_H
#define RECORD_TRACEFMT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/error.h"

enum {
	TRACEFMT_MAX_TEXT = 1 << 20,  /* bytes of a format file */
	TRACEFMT_MAX_FIELDS = 240,    /* with the common ones */
	TRACEFMT_MAX_ENTRY = 1 << 16, /* bytes of a raw entry */
	TRACEFMT_MAX_SYMBOLS = 4096,  /* names of one field's values */
};

enum tracefmt_print {
	PRINT_DEFAULT = 0,  /* not printed, or by a conversion without meaning for us */
	PRINT_NUMBER = 1,   /* %d %u %x %llx ... */
	PRINT_POINTER = 2,  /* %p %px */
	PRINT_SYMBOL = 3,   /* %pS %ps %pF %pf %pB: address of code */
	PRINT_IP4 = 4,      /* %pI4 */
	PRINT_IP6 = 5,      /* %pI6c */
	PRINT_SOCKADDR = 6, /* %pISpc */
	PRINT_STRING = 7,   /* %s of the field itself, __get_str() */
	PRINT_NAMES = 8,    /* __print_symbolic() or __print_flags(): see symbols */
};

/* { value, "NAME" } of __print_symbolic() or __print_flags(). */
struct tracefmt_symbol {
	char *value_text; /* as written: "1", "TCP_ESTABLISHED", "(1 << 4)"; owned */
	int64_t value;    /* if is_number */
	bool is_number;   /* false: value_text is an identifier for the kernel's BTF */
	char *name;       /* owned */
};

struct tracefmt_field {
	char *name;         /* "skaddr"; owned */
	char *type;         /* as the kernel spells it, without name and [n]; owned */
	uint32_t offset;    /* in the raw entry */
	uint32_t size;      /* bytes in the raw entry */
	uint32_t count;     /* elements of an array; 1 for a scalar, 0 for data elsewhere */
	uint32_t elem_size; /* size / count; for data elsewhere what the type tells */
	bool is_signed;
	bool is_common;   /* common_type, common_pid, ... */
	bool is_data_loc; /* u32: length << 16 | offset from the entry's start */
	bool is_rel_loc;  /* u32: length << 16 | offset from this field's end */
	bool is_string;   /* char array or string elsewhere */
	bool is_flags;    /* symbols name bits, not values */
	enum tracefmt_print print;
	size_t symbol_count;
	struct tracefmt_symbol *symbols; /* owned */
};

struct tracefmt {
	char *name; /* owned */
	uint32_t id;
	uint32_t size; /* end of the last fixed field */
	size_t field_count;
	size_t field_cap;
	struct tracefmt_field *fields; /* in the file's order, common ones included; owned */
	char *print_fmt;               /* verbatim, "" if none; owned */
};

/* Parse `len` bytes. 0 and *out (the caller's, for tracefmt_free), ERR_CORRUPT or
 * ERR_NOMEM. */
int tracefmt_parse(const char *text, size_t len, struct tracefmt **out, struct error *err);
/* NULL is fine. */
void tracefmt_free(struct tracefmt *f);
/* Lent, or NULL. */
const struct tracefmt_field *tracefmt_find(const struct tracefmt *f, const char *name);

#endif
