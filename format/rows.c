/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* rows.c -- collects rows by column (docs/FORMAT.md section 7). */
#include "format/rows.h"

#include <stdlib.h>

#include "format/rows_data.h"

struct rows *rows_new(void)
{
	struct rows *r = calloc(1, sizeof(*r));

	if (r)
		r->is_sorted = true;
	return r;
}

static void store_release(struct store *s)
{
	free(s->values);
	buf_release(&s->bytes);
}

static void stores_free(struct store *stores, unsigned count)
{
	for (unsigned i = 0; stores && i < count; i++)
		store_release(&stores[i]);
	free(stores);
}

static void group_free(struct group *g)
{
	if (!g)
		return;
	for (unsigned i = 0; i < SCHEMA_MAX_REFS; i++)
		store_release(&g->refs[i]);
	stores_free(g->own, g->schema->own_count);
	stores_free(g->presence, g->schema->own_count);
	stores_free(g->keys, g->schema->own_count);
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
	size_t own = schema->own_count ? schema->own_count : 1;
	struct group *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->schema = schema;
	g->own = calloc(own, sizeof(*g->own));
	g->presence = calloc(own, sizeof(*g->presence));
	g->keys = calloc(own, sizeof(*g->keys));
	if (!g->own || !g->presence || !g->keys) {
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

static bool put_group(struct rows *r, struct group *g, const struct row *row, const uint64_t *keys)
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
		if (s->fields[i].key_ref && !store_put(&g->keys[column], g->count, keys[column]))
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
		if (!s->fields[i].ref)
			columns += (s->fields[i].flags & FIELD_OPTIONAL ? 1u : 0u) +
				   (s->fields[i].key_ref ? 1u : 0u);
	return columns;
}

int rows_add(struct rows *r, const struct schema *schema, const struct row *row,
	     const uint64_t *keys, struct error *err)
{
	struct group *g = group_of(r, schema);

	if (!g || !put_group(r, g, row, keys) || !store_put(&r->ts, r->count, row->ts_ns) ||
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
	return r->columns + HOT_COLUMNS;
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

void rows_peek(const struct rows *r, size_t i, uint32_t *schema, uint32_t *cpu, uint64_t *ts_ns)
{
	*schema = (uint32_t)r->schema.values[i];
	*cpu = (uint32_t)r->cpu.values[i];
	*ts_ns = r->ts.values[i];
}

void rows_clear(struct rows *r)
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
}
