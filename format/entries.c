/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* entries.c -- dictionary entries by column (docs/FORMAT.md section 6). */
#include "format/entries.h"

#include <stdlib.h>
#include <string.h>

#include "format/crossed.h"
#include "format/nearby.h"

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

/* Of every entry; 0 when strings make it differ. */
static size_t fixed_size(const struct schema *s)
{
	unsigned last = s->field_count - 1u;

	if (s->field_count == 0 || s->offsets[last] < 0 || s->fields[last].kind == FIELD_STRING)
		return 0;
	return (size_t)s->offsets[last] + field_bytes(&s->fields[last]);
}

size_t entry_size(const struct schema *schema, struct view in)
{
	const uint8_t *start = in.p;
	size_t size = fixed_size(schema);

	if (size)
		return size <= view_len(in) ? size : 0;
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

/* All attributes of some entries, in one allocation. */
struct entry_columns {
	struct attribute_column *attributes;
	const uint8_t **at; /* in each packed entry: the byte behind the last string unpacked */
	size_t count;
};

static bool columns_init(struct entry_columns *c, const struct schema *s, size_t count)
{
	size_t bytes = s->field_count * sizeof(*c->attributes) + count * sizeof(*c->at);
	uint8_t *memory;

	for (unsigned i = 0; i < s->field_count; i++)
		bytes += count *
			 (s->fields[i].kind == FIELD_INT ? sizeof(uint64_t) : sizeof(struct view));
	memory = malloc(bytes ? bytes : 1);
	if (!memory)
		return false;
	c->count = count;
	c->attributes = (void *)memory;
	memory += s->field_count * sizeof(*c->attributes);
	c->at = (void *)memory;
	memory += count * sizeof(*c->at);
	for (unsigned i = 0; i < s->field_count; i++) {
		bool is_int = s->fields[i].kind == FIELD_INT;

		c->attributes[i] = (struct attribute_column){.ints = is_int ? (void *)memory : NULL,
							     .views = is_int ? NULL
									     : (void *)memory};
		memory += count * (is_int ? sizeof(uint64_t) : sizeof(struct view));
	}
	return true;
}

static void columns_release(struct entry_columns *c)
{
	free(c->attributes);
}

static ALWAYS_INLINE void load_ints(const struct entry_columns *c, size_t skip, unsigned size,
				    uint64_t *out)
{
	for (size_t i = 0; i < c->count; i++)
		out[i] = load_le(c->at[i] + skip, size);
}

static void unpack_ints(const struct entry_columns *c, size_t skip, unsigned size, uint64_t *out)
{
	if (size == 1)
		load_ints(c, skip, 1, out);
	else if (size == 2)
		load_ints(c, skip, 2, out);
	else if (size == 4)
		load_ints(c, skip, 4, out);
	else
		load_ints(c, skip, 8, out);
}

/* `skip` bytes lie between at[i] and the strings. */
static void unpack_strings(struct entry_columns *c, size_t skip, struct view *out)
{
	for (size_t i = 0; i < c->count; i++) {
		const uint8_t *p = c->at[i] + skip;

		out[i] = view_of(p + 2, (size_t)load_le(p, 2));
		c->at[i] = out[i].end;
	}
}

static void unpack(const struct schema *s, struct view packed, struct entry_columns *c)
{
	size_t skip = 0; /* from at[] to the attribute at hand */

	for (size_t i = 0; i < c->count; i++) {
		c->at[i] = packed.p;
		packed.p += entry_size(s, packed);
	}
	for (unsigned a = 0; a < s->field_count; a++) {
		const struct field *f = &s->fields[a];
		struct view *views = c->attributes[a].views;

		if (f->kind == FIELD_STRING) {
			unpack_strings(c, skip, views);
			skip = 0;
			continue;
		}
		if (f->kind == FIELD_INT)
			unpack_ints(c, skip, f->elem_size, c->attributes[a].ints);
		else
			for (size_t i = 0; i < c->count; i++)
				views[i] = view_of(c->at[i] + skip, field_bytes(f));
		skip += field_bytes(f);
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
				columns[a].ints[i] = keyed_put(keyed, key_of(s, columns, f, i),
							       columns[a].ints[i], f->elem_size,
							       raw);
		}
}

/* Values that are hardly ever the same, by those of the attribute before, if they tell. */
static bool cross(const struct schema *s, const struct attribute_column *columns,
		  unsigned attribute, size_t count, struct buf *column)
{
	const struct field *f = &s->fields[attribute];
	struct buf crossed = {0};
	bool is_crossed;

	if (attribute == 0 || !columns[attribute - 1].views || field_bytes(f) == 0 ||
	    field_bytes(f) != field_bytes(f - 1))
		return false;
	is_crossed = crossed_encode(columns[attribute].views, columns[attribute - 1].views, count,
				    &crossed);
	if (!is_crossed)
		return false;
	buf_release(column);
	*column = crossed;
	return true;
}

static uint8_t put_bytes_column(const struct schema *s, const struct attribute_column *columns,
				unsigned attribute, size_t count, struct byte_table *table,
				struct buf *column)
{
	uint8_t codec = column_encode_bytes(table, columns[attribute].views, count, column);

	if (codec == CODEC_PLANES && cross(s, columns, attribute, count, column))
		return CODEC_CROSSED;
	return codec;
}

/* Ids that are handed out in several orders at once are near to one of the latest. */
static uint8_t put_ids(const uint64_t *ids, size_t count, struct buf *out)
{
	uint8_t codec = column_encode_ids(ids, count, out);
	struct buf nearby = {0};

	if (nearby_encode(ids, count, &nearby) && nearby.len < out->len) {
		buf_clear(out);
		put_bytes(out, nearby.data, nearby.len);
		codec = CODEC_NEARBY;
	}
	out->is_failed |= nearby.is_failed;
	buf_release(&nearby);
	return codec;
}

void entries_encode(const struct schema *s, struct view packed, size_t count,
		    struct entry_tools *tools, struct buf *out)
{
	struct entry_columns all;
	struct attribute_column *columns;
	struct buf column = {0}, raw = {0};

	if (!columns_init(&all, s, count)) {
		out->is_failed = true;
		return;
	}
	columns = all.attributes;
	unpack(s, packed, &all);
	code_keyed(s, columns, count, tools->keyed, &raw);
	for (unsigned a = 0; a < s->field_count; a++) {
		uint8_t codec;

		buf_clear(&column);
		if (s->fields[a].flags & FIELD_ID)
			codec = put_ids(columns[a].ints, count, &column);
		else if (columns[a].ints)
			codec = column_encode_ints(columns[a].ints, count, &column);
		else
			codec = put_bytes_column(s, columns, a, count, tools->table, &column);
		put_u8(out, codec);
		put_string(out, column.data, column.len);
	}
	put_string(out, raw.data, raw.len);
	out->is_failed |= column.is_failed | raw.is_failed;
	buf_release(&column);
	buf_release(&raw);
	columns_release(&all);
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
