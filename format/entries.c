/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* entries.c -- dictionary entries by column (docs/FORMAT.md section 6). */
#include "format/entries.h"

#include <stdlib.h>
#include <string.h>

/* Size of the value of `f` at the start of `in`, with its length prefix; false when it
 * does not fit. */
static bool value_size(const struct field *f, struct view in, size_t *out)
{
	size_t size = field_bytes(f);

	if (f->kind == FIELD_STRING) {
		if (view_len(in) < 2)
			return false;
		size = 2 + (size_t)load_le(in.p, 2);
	}
	if (size > view_len(in))
		return false;
	*out = size;
	return true;
}

size_t entry_size(const struct schema *schema, struct view in)
{
	const uint8_t *start = in.p;
	size_t size;

	for (unsigned i = 0; i < schema->field_count; i++) {
		if (!value_size(&schema->fields[i], in, &size))
			return 0;
		in.p += size;
	}
	return (size_t)(in.p - start);
}

bool entry_attribute(const struct schema *schema, struct view entry, int attribute,
		     struct view *out)
{
	size_t size;

	if (attribute < 0 || attribute >= schema->field_count)
		return false;
	if (schema->offsets[attribute] >= 0 && schema->fields[attribute].kind != FIELD_STRING) {
		size = field_bytes(&schema->fields[attribute]);
		if (view_len(entry) < (size_t)schema->offsets[attribute] + size)
			return false;
		*out = view_of(entry.p + schema->offsets[attribute], size);
		return true;
	}
	for (int i = 0; i <= attribute; i++) {
		if (!value_size(&schema->fields[i], entry, &size))
			return false;
		if (i < attribute)
			entry.p += size;
	}
	if (schema->fields[attribute].kind == FIELD_STRING)
		*out = view_of(entry.p + 2, size - 2);
	else
		*out = view_of(entry.p, size);
	return true;
}

/* One attribute of all entries. */
struct attribute_column {
	uint64_t *ints;
	struct view *views;
};

static void columns_free(struct attribute_column *columns, unsigned count)
{
	for (unsigned i = 0; columns && i < count; i++) {
		free(columns[i].ints);
		free(columns[i].views);
	}
	free(columns);
}

static struct attribute_column *columns_new(const struct schema *s, size_t count)
{
	struct attribute_column *columns = calloc(s->field_count, sizeof(*columns));
	bool is_ok = columns;

	for (unsigned i = 0; is_ok && i < s->field_count; i++) {
		if (s->fields[i].kind == FIELD_INT) {
			columns[i].ints = malloc((count ? count : 1) * sizeof(uint64_t));
			is_ok = columns[i].ints;
		} else {
			columns[i].views = malloc((count ? count : 1) * sizeof(struct view));
			is_ok = columns[i].views;
		}
	}
	if (is_ok)
		return columns;
	columns_free(columns, s->field_count);
	return NULL;
}

static void unpack(const struct schema *s, struct view packed, size_t count,
		   struct attribute_column *columns)
{
	for (size_t i = 0; i < count; i++) {
		struct view entry = packed, value;

		for (unsigned a = 0; a < s->field_count; a++) {
			const struct field *f = &s->fields[a];
			size_t size = 0;

			value_size(f, entry, &size);
			value = view_of(entry.p, size);
			if (f->kind == FIELD_STRING)
				value = view_of(entry.p + 2, size - 2);
			if (f->kind == FIELD_INT)
				columns[a].ints[i] = load_le(value.p, f->elem_size);
			else
				columns[a].views[i] = value;
			entry.p += size;
		}
		packed = entry;
	}
}

/* The key of a value is another attribute of its entry, and its space. */
static uint64_t key_of(const struct schema *s, const struct attribute_column *columns,
		       const struct field *f, size_t entry)
{
	const uint64_t *ints = f->key_attribute < s->field_count ? columns[f->key_attribute].ints
								 : NULL;

	return keyed_key(f, ints ? ints[entry] : 0);
}

/* Values become tokens, entry by entry; `raw` gets what they leave. */
static void code_keyed(const struct schema *s, struct attribute_column *columns, size_t count,
		       struct keyed *keyed, struct buf *raw)
{
	for (size_t i = 0; i < count; i++)
		for (unsigned a = 0; a < s->field_count; a++) {
			const struct field *f = &s->fields[a];

			if (f->key_ref)
				columns[a].ints[i] = keyed_token(keyed, key_of(s, columns, f, i),
								 columns[a].ints[i], f->elem_size,
								 raw);
		}
}

void entries_encode(const struct schema *s, struct view packed, size_t count,
		    struct entry_tools *tools, struct buf *out)
{
	struct attribute_column *columns = columns_new(s, count);
	struct buf column = {0}, raw = {0};

	if (!columns) {
		out->is_failed = true;
		return;
	}
	unpack(s, packed, count, columns);
	code_keyed(s, columns, count, tools->keyed, &raw);
	for (unsigned a = 0; a < s->field_count; a++) {
		uint8_t codec;

		buf_clear(&column);
		if (s->fields[a].flags & FIELD_ID)
			codec = column_encode_ids(columns[a].ints, count, &column);
		else if (columns[a].ints)
			codec = column_encode_ints(columns[a].ints, count, &column);
		else
			codec = column_encode_bytes(tools->table, columns[a].views, count, &column);
		put_u8(out, codec);
		put_string(out, column.data, column.len);
	}
	put_string(out, raw.data, raw.len);
	out->is_failed |= column.is_failed | raw.is_failed;
	buf_release(&column);
	buf_release(&raw);
	columns_free(columns, s->field_count);
}

void entries_put_run(const struct schema *schema, size_t first, size_t count, struct view packed,
		     struct entry_tools *tools, struct buf *out)
{
	struct buf columns = {0};

	entries_encode(schema, packed, count, tools, &columns);
	put_varint(out, schema->id);
	put_varint(out, first);
	put_varint(out, count);
	put_string(out, columns.data, columns.len);
	out->is_failed |= columns.is_failed;
	buf_release(&columns);
}
