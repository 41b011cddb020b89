/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * substitute.h -- events that older kernels do not have and the recorder makes itself, by
 * programs at the end of the functions that newer kernels' events tell of. A static table.
 * Fields, their order and their names are those of the newer kernels' format files.
 */
#ifndef RECORD_SUBSTITUTE_H
#define RECORD_SUBSTITUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "record/btf_enums.h"

enum { SUBSTITUTE_MAX_FUNCTIONS = 3 };

struct substitute {
	const char *group;
	const char *name;
	const char *since;  /* the kernel's version that has the event itself */
	const char *format; /* text of a format file */
	/* Each one's program is called as the function; NULL after the last. */
	const char *functions[SUBSTITUTE_MAX_FUNCTIONS];
};

/* The table; substitute_count() entries. */
const struct substitute *substitutes(void);
size_t substitute_count(void);
/* The one for an event that this kernel does not have itself, or NULL: it has the event, or
 * nobody makes it. Lent for ever. */
const struct substitute *substitute_find(const struct btf_enums *b, const char *group,
					 const char *name);
/* Whether the kernel has function `index` of it, to which a program can be attached. */
bool substitute_has(const struct substitute *s, const struct btf_enums *b, size_t index);
/* True when it can be made; `why[size]` says of what, or why not. */
bool substitute_is_possible(const struct substitute *s, const struct btf_enums *b, char *why,
			    size_t size);

#endif
