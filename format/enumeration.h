/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * enumeration.h -- the recording kernel's own names for numbers (docs/FORMAT.md
 * section 5.3). Numbers move between kernels, names do not.
 */
#ifndef FORMAT_ENUMERATION_H
#define FORMAT_ENUMERATION_H

#include <stddef.h>
#include <stdint.h>

#include "format/bytes.h"
#include "format/error.h"

enum {
	ENUM_MAX = 256,         /* enumerations in a section */
	ENUM_MAX_VALUES = 4096, /* values of one enumeration */
	ENUM_MAX_NAME = 255,    /* bytes of a name */
};

struct enumeration {
	uint16_t id; /* 1-based, dense in its section */
	char *name;
	size_t count;
	size_t cap;
	struct enum_value *values; /* ascending by value; owned */
};

struct enum_value {
	uint64_t value;
	char *name;
};

/* Takes a copy of `name`. NULL without memory. */
struct enumeration *enumeration_new(const char *name);
/* Insert a copy of `name`; a value that exists keeps its first name. 0, ERR_NOMEM, or
 * ERR_CORRUPT beyond ENUM_MAX_VALUES or ENUM_MAX_NAME. */
int enumeration_add(struct enumeration *e, uint64_t value, const char *name, struct error *err);
void enumeration_free(struct enumeration *e);
/* Name of `value`, or NULL. */
const char *enumeration_name(const struct enumeration *e, uint64_t value);

void enumeration_encode(const struct enumeration *e, struct buf *out);
/* *out is the caller's on 0. */
int enumeration_decode(struct view *in, struct enumeration **out, struct error *err);

#endif
