/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * section.h -- what one section of a tape has told so far: facts, schemas,
 * enumerations, dictionary entries. docs/FORMAT.md section 4. Filled by the cursor,
 * read by everyone else through const pointers that live until the cursor leaves the
 * section.
 */
#ifndef FORMAT_SECTION_H
#define FORMAT_SECTION_H

#include "format/fact.h"
#include "format/schema.h"

/* Encoded schemas, enumerations and facts of one section. */
enum { SECTION_MAX_BYTES = 32 << 20 };

/* What a record of a SCHEMA block holds; others are newer and ignored. */
enum schema_record { SCHEMA_RECORD_ENUM = 1, SCHEMA_RECORD_SCHEMA = 2 };

struct section {
	uint64_t salt;
	uint64_t number; /* 0 = first in the file */
	uint64_t bytes;  /* of names and facts known so far, encoded */
	struct fact_list facts;
	struct schema **schemas; /* [id - 1]; NULL where damage took one */
	size_t schema_count;
	size_t schema_cap;
	struct enumeration **enums; /* [id - 1] */
	size_t enum_count;
	size_t enum_cap;
};

void section_release(struct section *s);
/* Take ownership of *schema or *e, also on failure. An id that is already known keeps
 * its first meaning: schemas may be repeated so that a damaged block costs no names. */
int section_add_schema(struct section *s, struct schema *schema, struct error *err);
int section_add_enum(struct section *s, struct enumeration *e, struct error *err);
/* Add what a SCHEMA block body, or a list of facts, tells. ERR_CORRUPT beyond
 * SECTION_MAX_BYTES and for damage; what came before it stays. */
int section_take_schemas(struct section *s, struct view in, struct error *err);
int section_take_facts(struct section *s, struct view in, struct error *err);
/* The feature words a SECTION block begins with, incompatible and compatible ones: none so far. */
void section_put_features(struct buf *out);
/* Take those of a tape; *in moves behind them, and stays
 * where they are cut short. ERR_UNSUPPORTED when the section needs something this program
 * lacks. */
int section_take_features(struct view *in, struct error *err);
/* Schema by id, or NULL. */
const struct schema *section_schema(const struct section *s, uint32_t id);
/* Schema by kind and names, or NULL. `group` NULL matches any. */
const struct schema *section_find(const struct section *s, enum schema_kind kind, const char *group,
				  const char *name);
const struct enumeration *section_enum(const struct section *s, uint16_t id);

#endif
