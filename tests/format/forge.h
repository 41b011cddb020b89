/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * forge.h -- fields, columns, parts and blocks made by hand, sound or lying, for the
 * tests of format/. Anything that fails here aborts the test.
 */
#ifndef TESTS_FORMAT_FORGE_H
#define TESTS_FORMAT_FORGE_H

#include <stddef.h>
#include <stdint.h>

#include "format/part.h"
#include "format/bytes.h"
#include "format/schema.h"

/* A copy that ends where its memory ends, so that a sanitizer sees one byte too many. */
uint8_t *forge_exact(const void *data, size_t len);

/* Append a record of `count` varints, all `value`. */
void forge_record(struct buf *out, unsigned count, uint64_t value);

/* A field with a column of its own; lends `name`. */
struct field forge_field(const char *name, enum field_kind kind, unsigned elem_size,
			 unsigned count);
void forge_add(struct schema *s, struct field f);

/* Append one part, as told. */
void forge_part(struct body *body, uint8_t codec, uint8_t tag, uint32_t raw_len,
		struct view stored);
/* Append a block: lengths and checksums are made to fit, all else is as in `h`. */
void forge_block(struct buf *tape, struct block_header h, const struct body *body);
/* The same for a body of one part that holds `raw`. */
void forge_block_of(struct buf *tape, struct block_header h, const struct buf *raw);
/* A SECTION block without facts. */
void forge_section(struct buf *tape, uint64_t salt);

/* A DATA block, column by column: the parts are the directory, hot columns, and the rest. */
enum { FORGE_HOT = 1, FORGE_REST = 2 };

struct forged_data {
	struct buf directory, hot, rest;
};

/* A line of the directory, as told. */
void forge_column(struct forged_data *d, uint32_t schema, unsigned what, unsigned index,
		  unsigned codec, unsigned part, uint64_t len);
/* A column of integers in the part of hot columns. */
void forge_ints(struct forged_data *d, uint32_t schema, unsigned what, unsigned index,
		const uint64_t *values, size_t n);
/* A column of strings, each ended by a NUL in `values` that is not stored. */
void forge_strings(struct forged_data *d, uint32_t schema, unsigned index,
		   const char *const *values, size_t n);
/* Append the three parts to *body. */
void forge_data_body(const struct forged_data *d, struct body *body);
void forged_data_release(struct forged_data *d);

#endif
