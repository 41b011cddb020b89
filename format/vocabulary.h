/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * vocabulary.h -- the schemas and enumerations of a section being written. They are
 * written before the first block that needs them, and again, without the kernel's
 * texts, with every dictionary epoch: no damaged block takes them away for long
 * (docs/FORMAT.md section 5).
 */
#ifndef FORMAT_VOCABULARY_H
#define FORMAT_VOCABULARY_H

#include "format/block_writer.h"
#include "format/schema.h"
#include "format/section.h"

struct vocabulary; /* opaque */

enum { VOCABULARY_MAX_BYTES = SECTION_MAX_BYTES / 2 }; /* encoded */

struct vocabulary *vocabulary_new(void); /* NULL without memory */
void vocabulary_free(struct vocabulary *v);
/* Take ownership on success and set the id, dense and 1-based. ERR_USAGE beyond the limits,
 * or when a key is none (docs/FORMAT.md section 7.5). */
int vocabulary_add_enum(struct vocabulary *v, struct enumeration *e, struct error *err);
int vocabulary_add_schema(struct vocabulary *v, struct schema *s, struct error *err);
/* Schema by id, or NULL. */
const struct schema *vocabulary_schema(const struct vocabulary *v, uint32_t id);
size_t vocabulary_schema_count(const struct vocabulary *v);
/* Everything is to be written again. */
void vocabulary_repeat(struct vocabulary *v);
/* Write what is due as SCHEMA blocks under `h`. */
int vocabulary_write(struct vocabulary *v, struct block_writer *to, const struct block_header *h,
		     struct error *err);

#endif
