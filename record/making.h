/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * making.h -- a schema and its recipe in the making: what the typed and the generic way
 * of building them share. Each field is added to both at once.
 */
#ifndef RECORD_MAKING_H
#define RECORD_MAKING_H

#include "record/recipe.h"

struct making {
	const struct recipe_tools *tools; /* lent */
	struct schema *schema;            /* owned until making_end() */
	struct recipe *recipe;            /* the caller's */
	size_t place_cap, string_cap;
	uint8_t ref_of[DICT_COUNT]; /* 1-based; 0 = not used */
	const char *symbol_field;   /* the field whose code address has a name; lent */
};

enum { MAKING_MAX_TYPE = 160 };

/* Start the schema. A format text that is too long for a tape is left out. */
int making_begin(struct making *m, const char *group, const char *name, const char *text,
		 struct error *err);
/* Register the schema, or throw everything away if `rc` says that something failed.
 * Returns rc, or why the schema was refused. */
int making_end(struct making *m, int rc, struct error *err);

/* The event refers to a dictionary. */
int making_add_ref(struct making *m, const struct ref_recipe *ref, struct error *err);
/* A field that is a column of its own, and where the record has it. */
int making_add_column(struct making *m, const struct field *f, const struct place *place,
		      struct error *err);
/* The same for a string. */
int making_add_string(struct making *m, const struct field *f, const struct string_recipe *string,
		      struct error *err);
/* A field that lies in a dictionary; kind and size become those of the attribute. */
int making_add_bound(struct making *m, struct field *f, enum dictionary d, unsigned attribute,
		     struct error *err);
/* `<symbol_field>_symbol`, the name beside the address; nothing without such a field. */
int making_add_symbol_name(struct making *m, struct error *err);
/* `stack`, if the event's records carry one; `kernel_stack` where it has such a field. A
 * u64 at `first`, if that is not 0, may be its innermost frame. */
int making_add_stack(struct making *m, uint16_t first, struct error *err);

/* What a field of a format file is on a tape. `type` and the format must outlive *out. */
int making_field_of(struct making *m, const struct tracefmt_field *f, char type[MAKING_MAX_TYPE],
		    struct field *out, struct error *err);
bool making_is_integer(uint32_t size);

#endif
