/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* rows.c -- collects rows by schema (docs/FORMAT.md section 7). */
#include "format/rows.h"

#include <stdlib.h>
#include <string.h>

#include "format/rows_data.h"

struct rows *rows_new(void)
{
	struct rows *r = calloc(1, sizeof(*r));

	if (r)
		r->extent.columns = HOT_COLUMNS;
	return r;
}

static void group_free(struct group *g)
{
	if (!g)
		return;
	free(g->cells);
	free(g->differs);
	free(g->plans);
	buf_release(&g->bytes);
	free(g);
}

void rows_free(struct rows *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->group_cap; i++)
		group_free(r->groups[i]);
	free(r->groups);
	free(r->heads);
	free(r);
}

static void plan_row(struct group *g)
{
	const struct schema *s = g->schema;
	uint32_t cell = s->ref_count;

	for (unsigned i = 0; i < s->field_count; i++) {
		const struct field *f = &s->fields[i];
		struct plan *p = &g->plans[s->own_of[i]];

		if (f->ref)
			continue;
		p->field = f;
		p->cell = cell;
		p->key = s->key_of[i];
		p->is_bytes = f->kind != FIELD_INT;
		p->is_optional = f->flags & FIELD_OPTIONAL;
		p->is_wide = f->kind != FIELD_INT || f->elem_size == 8;
		cell += p->is_wide ? 2 : 1;
		g->values += f->flags & FIELD_OPTIONAL ? 2 : 1;
	}
	g->values += 3u + s->ref_count;
	g->keys_at = cell;
	g->presence_at = cell + s->key_source_count;
	g->stride = g->presence_at + (s->own_count + 31u) / 32;
	if (g->stride == 0) /* an event that is nothing but its time */
		g->stride = 1;
}

static struct group *group_new(const struct schema *schema)
{
	struct group *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->schema = schema;
	g->plans = calloc(schema->own_count ? schema->own_count : 1, sizeof(*g->plans));
	if (!g->plans) {
		group_free(g);
		return NULL;
	}
	plan_row(g);
	g->differs = calloc(g->stride, sizeof(*g->differs));
	if (!g->differs) {
		group_free(g);
		return NULL;
	}
	return g;
}

static struct group *group_add(struct rows *r, const struct schema *schema)
{
	void *groups = r->groups;

	if (!array_grow(&groups, &r->group_cap, schema->id, sizeof(*r->groups)))
		return NULL;
	r->groups = groups;
	r->groups[schema->id - 1] = group_new(schema);
	return r->groups[schema->id - 1];
}

static bool make_room(struct rows *r, struct group *g)
{
	void *heads = r->heads, *cells = g->cells;
	size_t cap = g->cap * g->stride;

	if (r->extent.rows == r->cap &&
	    !array_grow(&heads, &r->cap, r->extent.rows + 1, sizeof(*r->heads)))
		return false;
	r->heads = heads;
	if (g->count < g->cap)
		return true;
	if (!array_grow(&cells, &cap, (g->count + 1) * g->stride, sizeof(*g->cells)))
		return false;
	g->cells = cells;
	g->cap = cap / g->stride;
	return true;
}

/* Bytes go behind those of all rows before. */
static void put_bytes_of(struct rows *r, struct group *g, const struct plan *p,
			 const struct value *v, uint32_t *cell)
{
	size_t len = p->field->kind == FIELD_STRING ? v->len : field_bytes(p->field);

	if (v->is_absent)
		len = 0;
	cell[0] = (uint32_t)g->bytes.len;
	cell[1] = (uint32_t)len;
	put_bytes(&g->bytes, v->bytes, len);
	r->extent.bytes += len;
}

static void put_own(struct rows *r, struct group *g, const struct row *row, uint32_t *cells)
{
	uint32_t *presence = cells + g->presence_at;
	const struct value *v = row->values;
	const struct plan *p = g->plans;
	unsigned count = g->schema->own_count;

	for (unsigned i = 0; i < (count + 31) / 32; i++)
		presence[i] = UINT32_MAX;
	for (unsigned c = 0; c < count; c++, p++, v++) {
		uint64_t num = v->num;

		if (p->is_optional && v->is_absent) {
			presence[c / 32] ^= UINT32_C(1) << (c % 32);
			num = 0;
		}
		if (p->is_bytes) {
			put_bytes_of(r, g, p, v, cells + p->cell);
			continue;
		}
		cells[p->cell] = (uint32_t)num;
		if (p->is_wide)
			cells[p->cell + 1] = (uint32_t)(num >> 32);
	}
}

/* One row late: cells are slow to read right after they were written. */
static void note_last(struct group *g)
{
	uint32_t *restrict differs = g->differs;
	const uint32_t *restrict first = g->cells;
	const uint32_t *last = g->cells + (g->count - 1) * g->stride;
	uint32_t count = g->stride;

	for (uint32_t i = 0; i < count; i++)
		differs[i] |= last[i] ^ first[i];
}

void rows_settle(struct rows *r)
{
	for (size_t i = 0; i < r->group_cap; i++)
		if (r->groups[i] && r->groups[i]->count)
			note_last(r->groups[i]);
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

static void note_time(struct rows *r, uint64_t ts)
{
	if (r->extent.rows == 0 || ts < r->min_ts)
		r->min_ts = ts;
	if (ts > r->max_ts)
		r->max_ts = ts;
}

int rows_add(struct rows *r, const struct schema *schema, const struct row *row,
	     const uint64_t *keys, struct error *err)
{
	struct group *g = schema->id <= r->group_cap ? r->groups[schema->id - 1] : NULL;
	uint32_t *cells;

	if (!g)
		g = group_add(r, schema);
	if (!g || !make_room(r, g))
		return error_nomem(err);
	if (g->count == 0)
		r->extent.columns += columns_of(schema);
	else
		note_last(g);
	cells = g->cells + g->count * g->stride;
	for (unsigned i = 0; i < schema->ref_count; i++)
		cells[i] = row->refs[i];
	put_own(r, g, row, cells);
	for (unsigned i = 0; i < schema->key_source_count; i++)
		cells[g->keys_at + i] = (uint32_t)keys[i];
	if (g->bytes.is_failed)
		return error_nomem(err);
	note_time(r, row->ts_ns);
	r->heads[r->extent.rows++] = (struct row_head){.ts = row->ts_ns,
						       .cpu = row->cpu,
						       .schema = schema->id,
						       .local = (uint32_t)g->count++};
	r->extent.cells += g->values;
	return 0;
}

size_t rows_count(const struct rows *r)
{
	return r->extent.rows;
}

const struct rows_extent *rows_extent(const struct rows *r)
{
	return &r->extent;
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
	*schema = r->heads[i].schema;
	*cpu = r->heads[i].cpu;
	*ts_ns = r->heads[i].ts;
}

void rows_clear(struct rows *r)
{
	for (size_t i = 0; i < r->group_cap; i++) {
		struct group *g = r->groups[i];

		if (!g)
			continue;
		buf_clear(&g->bytes);
		memset(g->differs, 0, g->stride * sizeof(*g->differs));
		g->count = 0;
	}
	r->extent = (struct rows_extent){.columns = HOT_COLUMNS};
	r->max_ts = 0;
}
