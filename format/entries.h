/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * entries.h -- packed dictionary entries as columns, attribute by attribute. attributes.h
 * reads them. Implements docs/FORMAT.md section 6.
 *
 * A packed entry has every attribute in schema order: integers little-endian in
 * elem_size bytes, arrays and bytes as they are, strings as u16 length and bytes.
 */
#ifndef FORMAT_ENTRIES_H
#define FORMAT_ENTRIES_H

#include "format/bytes.h"
#include "format/column.h"
#include "format/error.h"
#include "format/keyed.h"
#include "format/schema.h"

enum { ENTRIES_MAX_VALUES = 4 << 20 }; /* entries times attributes of a block */

/* Length of the packed entry at the start of `in`, or 0 when it does not fit. */
size_t entry_size(const struct schema *schema, struct view in);
/* Bytes of one attribute of a packed, complete entry. False for a bad attribute. */
bool entry_attribute(const struct schema *schema, struct view entry, int attribute,
		     struct view *out);

/* What encoding needs besides the entries; reset `keyed` for each block. */
struct entry_tools {
	struct byte_table *table;
	struct keyed *keyed;
};

/* Append a run of a DICT block: `count` packed entries with ids from `first`, which fill
 * `packed` exactly. A failed allocation shows in out->is_failed. */
void entries_put_run(const struct schema *schema, size_t first, size_t count, struct view packed,
		     struct entry_tools *tools, struct buf *out);
/* Append the columns of `count` packed entries, which fill `packed` exactly. A failed
 * allocation shows in out->is_failed. */
void entries_encode(const struct schema *schema, struct view packed, size_t count,
		    struct entry_tools *tools, struct buf *out);

#endif
