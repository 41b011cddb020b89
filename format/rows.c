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
	free(g->optional);
	free(g->fields);
	free(g->blobs);
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

	g->values = 3u + s->ref_count + s->own_count;
	for (unsigned i = 0; i < s->field_count; i++) {
		const struct field *f = &s->fields[i];
		uint16_t own = s->own_of[i];

		if (f->ref)
			continue;
		g->fields[own] = f;
		if (f->kind != FIELD_INT)
			g->blobs[g->blob_count++] = own;
		if (f->flags & FIELD_OPTIONAL) {
			g->optional[own / 64] |= UINT64_C(1) << own % 64;
			g->values++;
		}
	}
}

static struct group *group_new(const struct schema *schema)
{
	size_t columns = schema->own_count + 1u;
	struct group *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->schema = schema;
	g->own_at = schema->ref_count;
	g->absent_at = g->own_at + schema->own_count;
	/* Not 0 for an event that is nothing but its time. */
	g->stride = g->absent_at + (schema->own_count + 63u) / 64;
	g->stride = (g->stride / ROW_CELLS_STEP + 1) * ROW_CELLS_STEP;
	g->fields = calloc(columns, sizeof(*g->fields));
	g->blobs = calloc(columns, sizeof(*g->blobs));
	g->optional = calloc(columns / 64 + 1, sizeof(*g->optional));
	g->differs = calloc(g->stride, sizeof(*g->differs));
	if (!g->fields || !g->blobs || !g->optional || !g->differs) {
		group_free(g);
		return NULL;
	}
	plan_row(g);
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

static bool grow(struct rows *r, struct group *g)
{
	void *heads = r->heads, *cells = g->cells;
	size_t cap = g->cap * g->stride;

	if (!array_grow(&heads, &r->cap, r->extent.rows + 1, sizeof(*r->heads)))
		return false;
	r->heads = heads;
	if (!array_grow(&cells, &cap, (g->count + 1) * g->stride, sizeof(*g->cells)))
		return false;
	g->cells = cells;
	g->cap = cap / g->stride;
	return true;
}

/* Bytes go behind those of all rows before. */
static uint64_t put_blob(struct rows *r, struct group *g, const struct field *f,
			 const struct value *v)
{
	size_t len = f->kind == FIELD_STRING ? v->len : field_bytes(f), at = g->bytes.len;

	if (v->is_absent)
		len = 0;
	put_bytes(&g->bytes, v->bytes, len);
	r->extent.bytes += len;
	return at | (uint64_t)len << 32;
}

/* What is absent counts as 0. */
static void clear_absent(uint64_t absent, uint64_t *cells)
{
	for (; absent; absent >>= 1, cells++)
		if (absent & 1)
			*cells = 0;
}

static void put_own(struct rows *r, struct group *g, const struct value *values, uint64_t *cells)
{
	uint64_t *own = cells + g->own_at;
	unsigned count = g->schema->own_count;

	for (unsigned from = 0; from < count; from += 64) {
		unsigned some = count - from < 64 ? count - from : 64;
		uint64_t absent = 0;

		for (unsigned i = 0; i < some; i++) {
			own[from + i] = values[from + i].num;
			absent = absent >> 1 | (uint64_t)values[from + i].is_absent << 63;
		}
		absent = absent >> (64 - some) & g->optional[from / 64];
		cells[g->absent_at + from / 64] = absent;
		if (absent)
			clear_absent(absent, own + from);
	}
	for (unsigned i = 0; i < g->blob_count; i++)
		own[g->blobs[i]] = put_blob(r, g, g->fields[g->blobs[i]], &values[g->blobs[i]]);
}

/* Some cells of all rows, side by side. */
static void settle_cells(const struct group *g, const uint64_t *first, uint64_t *differs)
{
	uint64_t sum[ROW_CELLS_STEP] = {0};
	const uint64_t *row = first;

	for (size_t i = 0; i < g->count; i++, row += g->stride)
		for (size_t k = 0; k < ROW_CELLS_STEP; k++)
			sum[k] |= row[k] ^ first[k];
	memcpy(differs, sum, sizeof(sum));
}

void group_settle(struct group *g)
{
	for (size_t i = 0; i < g->stride; i += ROW_CELLS_STEP)
		settle_cells(g, g->cells + i, g->differs + i);
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

int rows_add(struct rows *r, const struct schema *schema, const struct row *row, struct error *err)
{
	struct group *g = schema->id <= r->group_cap ? r->groups[schema->id - 1] : NULL;
	uint64_t *cells;

	if (!g)
		g = group_add(r, schema);
	if (!g || ((r->extent.rows == r->cap || g->count == g->cap) && !grow(r, g)))
		return error_nomem(err);
	if (g->count == 0)
		r->extent.columns += columns_of(schema);
	cells = g->cells + g->count * g->stride;
	for (unsigned i = 0; i < schema->ref_count; i++)
		cells[i] = row->refs[i];
	put_own(r, g, row->values, cells);
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
		g->count = 0;
	}
	r->extent = (struct rows_extent){.columns = HOT_COLUMNS};
	r->max_ts = 0;
}
