/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* rows.c -- collects rows by column and encodes them (docs/FORMAT.md section 7). */
#include "format/rows.h"

#include <stdlib.h>
#include <string.h>

#include "format/column.h"

/* A growing column: numbers, or lengths of the strings that lie in `bytes`. */
struct store {
	uint64_t *values;
	size_t cap;
	struct buf bytes;
};

/* The rows of one schema. */
struct group {
	const struct schema *schema;
	size_t count;
	uint32_t *order; /* sorted position -> row of this group; encoding only */
	size_t order_cap;
	struct store refs[SCHEMA_MAX_REFS];
	struct store *own;      /* [own_count] */
	struct store *presence; /* [own_count]; used for optional fields */
};

struct rows {
	size_t count;
	size_t cells;
	size_t columns;
	size_t bytes;
	uint64_t min_ts, max_ts;
	bool is_sorted;
	struct store ts, cpu, schema, local; /* local: row within its group */
	struct group **groups;               /* [schema id - 1] */
	size_t group_cap;
	uint32_t *order; /* sorted position -> row */
	uint32_t *merge; /* scratch of the sort */
	size_t order_cap, merge_cap;
	uint64_t *numbers; /* scratch: one gathered column */
	size_t number_cap;
	struct view *views;
	size_t view_cap;
	struct byte_table *table;
	struct buf directory, hot, rest;
};

struct rows *rows_new(void)
{
	struct rows *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->is_sorted = true;
	r->table = byte_table_new();
	if (!r->table) {
		free(r);
		return NULL;
	}
	return r;
}

static void store_release(struct store *s)
{
	free(s->values);
	buf_release(&s->bytes);
}

static void group_free(struct group *g)
{
	if (!g)
		return;
	for (unsigned i = 0; i < SCHEMA_MAX_REFS; i++)
		store_release(&g->refs[i]);
	for (unsigned i = 0; g->own && i < g->schema->own_count; i++)
		store_release(&g->own[i]);
	for (unsigned i = 0; g->presence && i < g->schema->own_count; i++)
		store_release(&g->presence[i]);
	free(g->own);
	free(g->presence);
	free(g->order);
	free(g);
}

void rows_free(struct rows *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->group_cap; i++)
		group_free(r->groups[i]);
	free(r->groups);
	store_release(&r->ts);
	store_release(&r->cpu);
	store_release(&r->schema);
	store_release(&r->local);
	free(r->order);
	free(r->merge);
	free(r->numbers);
	free(r->views);
	byte_table_free(r->table);
	buf_release(&r->directory);
	buf_release(&r->hot);
	buf_release(&r->rest);
	free(r);
}

static bool store_put(struct store *s, size_t at, uint64_t value)
{
	void *values = s->values;

	if (at >= s->cap) {
		if (!array_grow(&values, &s->cap, at + 1, sizeof(*s->values)))
			return false;
		s->values = values;
	}
	s->values[at] = value;
	return true;
}

static bool store_put_bytes(struct store *s, size_t at, const uint8_t *data, size_t len)
{
	put_bytes(&s->bytes, data, len);
	return !s->bytes.is_failed && store_put(s, at, len);
}

static struct group *group_new(const struct schema *schema)
{
	struct group *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->schema = schema;
	g->own = calloc(schema->own_count ? schema->own_count : 1, sizeof(*g->own));
	g->presence = calloc(schema->own_count ? schema->own_count : 1, sizeof(*g->presence));
	if (!g->own || !g->presence) {
		group_free(g);
		return NULL;
	}
	return g;
}

static struct group *group_of(struct rows *r, const struct schema *schema)
{
	void *groups = r->groups;

	if (!array_grow(&groups, &r->group_cap, schema->id, sizeof(*r->groups)))
		return NULL;
	r->groups = groups;
	if (!r->groups[schema->id - 1])
		r->groups[schema->id - 1] = group_new(schema);
	return r->groups[schema->id - 1];
}

static bool put_own(struct rows *r, struct group *g, const struct field *f, unsigned column,
		    const struct value *v)
{
	size_t len = f->kind == FIELD_STRING ? v->len : field_bytes(f);

	r->cells += f->flags & FIELD_OPTIONAL ? 2 : 1;
	if (f->flags & FIELD_OPTIONAL &&
	    !store_put(&g->presence[column], g->count, v->is_absent ? 0 : 1))
		return false;
	if (f->kind == FIELD_INT)
		return store_put(&g->own[column], g->count, v->is_absent ? 0 : v->num);
	if (v->is_absent)
		len = 0;
	r->bytes += len;
	return store_put_bytes(&g->own[column], g->count, v->bytes, len);
}

static bool put_group(struct rows *r, struct group *g, const struct row *row)
{
	const struct schema *s = g->schema;
	unsigned column = 0;

	for (unsigned i = 0; i < s->ref_count; i++)
		if (!store_put(&g->refs[i], g->count, row->refs[i]))
			return false;
	for (unsigned i = 0; i < s->field_count; i++) {
		if (s->fields[i].ref)
			continue;
		if (!put_own(r, g, &s->fields[i], column, &row->values[column]))
			return false;
		column++;
	}
	r->cells += 3 + s->ref_count;
	return true;
}

static size_t columns_of(const struct schema *s)
{
	size_t columns = (size_t)s->ref_count + s->own_count;

	for (unsigned i = 0; i < s->field_count; i++)
		columns += !s->fields[i].ref && s->fields[i].flags & FIELD_OPTIONAL;
	return columns;
}

int rows_add(struct rows *r, const struct schema *schema, const struct row *row, struct error *err)
{
	struct group *g = group_of(r, schema);

	if (!g || !put_group(r, g, row) || !store_put(&r->ts, r->count, row->ts_ns) ||
	    !store_put(&r->cpu, r->count, row->cpu) ||
	    !store_put(&r->schema, r->count, schema->id) ||
	    !store_put(&r->local, r->count, g->count))
		return error_nomem(err);
	if (g->count == 0)
		r->columns += columns_of(schema);
	if (r->count == 0 || row->ts_ns < r->min_ts)
		r->min_ts = row->ts_ns;
	if (r->count > 0 && row->ts_ns < r->max_ts)
		r->is_sorted = false;
	else
		r->max_ts = row->ts_ns;
	g->count++;
	r->count++;
	return 0;
}

size_t rows_count(const struct rows *r)
{
	return r->count;
}

size_t rows_cells(const struct rows *r)
{
	return r->cells;
}

size_t rows_columns(const struct rows *r)
{
	return r->columns + 3;
}

size_t rows_bytes(const struct rows *r)
{
	return r->bytes;
}

uint64_t rows_min_ts(const struct rows *r)
{
	return r->min_ts;
}

uint64_t rows_max_ts(const struct rows *r)
{
	return r->max_ts;
}

uint64_t rows_schema_bits(const struct rows *r)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < r->group_cap; i++)
		if (r->groups[i] && r->groups[i]->count)
			bits |= UINT64_C(1) << ((i + 1) & 63);
	return bits;
}

/* Stable bottom-up merge sort of order[] by time; nearly sorted input is the rule, so
 * runs that already fit are copied as they are. */
static void sort_by_time(struct rows *r)
{
	const uint64_t *ts = r->ts.values;

	for (size_t width = 1; width < r->count; width *= 2) {
		for (size_t lo = 0; lo < r->count; lo += 2 * width) {
			size_t mid = lo + width < r->count ? lo + width : r->count;
			size_t hi = lo + 2 * width < r->count ? lo + 2 * width : r->count;
			size_t a = lo, b = mid, at = lo;

			while (a < mid && b < hi)
				r->merge[at++] = ts[r->order[b]] < ts[r->order[a]] ? r->order[b++]
										   : r->order[a++];
			memcpy(r->merge + at, r->order + a, (mid - a) * sizeof(*r->merge));
			at += mid - a;
			memcpy(r->merge + at, r->order + b, (hi - b) * sizeof(*r->merge));
		}
		memcpy(r->order, r->merge, r->count * sizeof(*r->order));
	}
}

static bool u32_grow(uint32_t **array, size_t *cap, size_t need)
{
	void *grown = *array;

	if (!array_grow(&grown, cap, need, sizeof(**array)))
		return false;
	*array = grown;
	return true;
}

static bool scratch_grow(struct rows *r)
{
	void *numbers = r->numbers, *views = r->views;

	if (!u32_grow(&r->order, &r->order_cap, r->count) ||
	    !u32_grow(&r->merge, &r->merge_cap, r->count) ||
	    !array_grow(&numbers, &r->number_cap, r->count, sizeof(*r->numbers)))
		return false;
	r->numbers = numbers;
	if (!array_grow(&views, &r->view_cap, r->count, sizeof(*r->views)))
		return false;
	r->views = views;
	return true;
}

/* Order of all rows, then of each group's rows. */
static bool order_rows(struct rows *r)
{
	if (!scratch_grow(r))
		return false;
	for (size_t i = 0; i < r->count; i++)
		r->order[i] = (uint32_t)i;
	if (!r->is_sorted)
		sort_by_time(r);
	for (size_t i = 0; i < r->group_cap; i++) {
		struct group *g = r->groups[i];

		if (g && !u32_grow(&g->order, &g->order_cap, g->count))
			return false;
		if (g)
			g->count = 0;
	}
	for (size_t i = 0; i < r->count; i++) {
		uint32_t row = r->order[i];
		struct group *g = r->groups[r->schema.values[row] - 1];

		g->order[g->count++] = (uint32_t)r->local.values[row];
	}
	return true;
}

struct column_id {
	uint32_t schema; /* 0 = hot */
	uint8_t what;    /* enum column_what */
	uint8_t part;
	unsigned index;
};

static void put_directory(struct rows *r, struct column_id id, uint8_t codec, size_t len)
{
	put_varint(&r->directory, id.schema);
	put_u8(&r->directory, id.what);
	put_varint(&r->directory, id.index);
	put_u8(&r->directory, codec);
	put_u8(&r->directory, id.part);
	put_varint(&r->directory, len);
}

static struct buf *part_of(struct rows *r, struct column_id id)
{
	return id.part == PART_HOT ? &r->hot : &r->rest;
}

static void put_ints(struct rows *r, struct column_id id, const struct store *s,
		     const uint32_t *order, size_t count)
{
	struct buf *out = part_of(r, id);
	size_t before = out->len;
	uint8_t codec;

	for (size_t i = 0; i < count; i++)
		r->numbers[i] = s->values[order[i]];
	codec = column_encode_ints(r->numbers, count, out);
	put_directory(r, id, codec, out->len - before);
}

static void put_byte_strings(struct rows *r, struct column_id id, struct store *s,
			     const uint32_t *order, size_t count)
{
	struct buf *out = part_of(r, id);
	size_t before = out->len, offset = 0;
	uint8_t codec;

	/* Lengths become end offsets, so that rows can be fetched in any order. */
	for (size_t i = 0; i < count; i++) {
		offset += (size_t)s->values[i];
		s->values[i] = offset;
	}
	for (size_t i = 0; i < count; i++) {
		size_t start = order[i] ? (size_t)s->values[order[i] - 1] : 0;
		size_t len = (size_t)s->values[order[i]] - start;

		r->views[i] = len ? view_of(s->bytes.data + start, len) : view_of("", 0);
	}
	codec = column_encode_bytes(r->table, r->views, count, out);
	put_directory(r, id, codec, out->len - before);
}

static void put_field(struct rows *r, struct group *g, const struct field *f, unsigned column)
{
	struct column_id id = {g->schema->id, COLUMN_PRESENCE, PART_REST, column};

	if (f->flags & FIELD_OPTIONAL)
		put_ints(r, id, &g->presence[column], g->order, g->count);
	id.what = COLUMN_VALUE;
	if (f->kind == FIELD_INT)
		put_ints(r, id, &g->own[column], g->order, g->count);
	else
		put_byte_strings(r, id, &g->own[column], g->order, g->count);
}

static void put_group_columns(struct rows *r, struct group *g)
{
	const struct schema *s = g->schema;
	unsigned column = 0;

	for (unsigned i = 0; i < s->ref_count; i++) {
		struct column_id id = {s->id, COLUMN_REF, PART_HOT, i};

		put_ints(r, id, &g->refs[i], g->order, g->count);
	}
	for (unsigned i = 0; i < s->field_count; i++)
		if (!s->fields[i].ref)
			put_field(r, g, &s->fields[i], column++);
}

static void put_columns(struct rows *r)
{
	put_ints(r, (struct column_id){0, COLUMN_VALUE, PART_HOT, HOT_TS}, &r->ts, r->order,
		 r->count);
	put_ints(r, (struct column_id){0, COLUMN_VALUE, PART_HOT, HOT_CPU}, &r->cpu, r->order,
		 r->count);
	put_ints(r, (struct column_id){0, COLUMN_VALUE, PART_HOT, HOT_SCHEMA}, &r->schema, r->order,
		 r->count);
	for (size_t i = 0; i < r->group_cap; i++)
		if (r->groups[i] && r->groups[i]->count)
			put_group_columns(r, r->groups[i]);
}

static void rows_clear(struct rows *r)
{
	for (size_t i = 0; i < r->group_cap; i++) {
		struct group *g = r->groups[i];

		for (unsigned c = 0; g && c < g->schema->own_count; c++)
			buf_clear(&g->own[c].bytes);
		if (g)
			g->count = 0;
	}
	r->count = 0;
	r->cells = 0;
	r->columns = 0;
	r->bytes = 0;
	r->is_sorted = true;
	r->max_ts = 0;
	buf_clear(&r->directory);
	buf_clear(&r->hot);
	buf_clear(&r->rest);
}

static int put_parts(struct rows *r, struct packer *p, struct buf *body, struct error *err)
{
	const struct buf *parts[] = {&r->directory, &r->hot, &r->rest};

	for (uint8_t i = 0; i < 3; i++) {
		if (parts[i]->is_failed)
			return error_nomem(err);
		TRY(packer_add(p, i, view_of(parts[i]->data, parts[i]->len), body, err));
	}
	return 0;
}

int rows_encode(struct rows *r, struct packer *p, struct buf *body, uint32_t *raw_len,
		struct error *err)
{
	int rc;

	if (!order_rows(r))
		return error_nomem(err);
	put_columns(r);
	rc = put_parts(r, p, body, err);
	*raw_len = (uint32_t)(r->directory.len + r->hot.len + r->rest.len);
	rows_clear(r);
	return rc;
}
