/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* rows.c -- collects rows by schema (docs/FORMAT.md section 7). */
#include "format/rows.h"

#include <assert.h>
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

void rows_free(struct rows *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->group_cap; i++)
		row_group_free(r->groups[i]);
	free(r->groups);
	free(r->heads);
	free(r);
}

static struct row_group *group_add(struct rows *r, const struct schema *schema,
				   const struct place *places)
{
	void *groups = r->groups;

	if (!array_grow(&groups, &r->group_cap, schema->id, sizeof(*r->groups)))
		return NULL;
	r->groups = groups;
	assert(!r->groups[schema->id - 1]);
	r->groups[schema->id - 1] = row_group_new(schema, places);
	return r->groups[schema->id - 1];
}

int rows_lay_out(struct rows *r, const struct schema *schema, const struct place *places,
		 struct error *err)
{
	static const struct place none; /* of no own value */

	return group_add(r, schema, places ? places : &none) ? 0 : error_nomem(err);
}

static struct row_group *group_of(const struct rows *r, const struct schema *schema)
{
	return schema->id <= r->group_cap ? r->groups[schema->id - 1] : NULL;
}

/* Room for a row behind the others, or NULL. */
static inline uint8_t *row_begin(struct rows *r, struct row_group *g)
{
	size_t room = g->stride + ROW_SLACK;
	void *heads = r->heads;

	if (r->extent.rows == r->cap &&
	    !array_grow(&heads, &r->cap, r->extent.rows + 1, sizeof(*r->heads)))
		return NULL;
	r->heads = heads;
	if (g->rows.cap - g->rows.len < room && !buf_reserve(&g->rows, room))
		return NULL;
	return g->rows.data + g->rows.len;
}

/* The memory that follows, and the next row, go over what is too much. */
static void put_all_refs(const struct row_group *g, uint8_t *row, const uint32_t *refs)
{
	memcpy(row + g->refs_at, refs, SCHEMA_MAX_REFS * sizeof(*refs));
}

static void put_refs(const struct row_group *g, uint8_t *row, const uint32_t *refs)
{
	for (unsigned i = 0; i < g->schema->ref_count; i++)
		memcpy(row + g->refs_at + i * sizeof(*refs), &refs[i], sizeof(*refs));
}

/* Strings go behind those of all rows before. */
static void put_text(struct rows *r, struct row_group *g, uint8_t *row, unsigned own,
		     struct view string)
{
	uint64_t word = g->strings.len | (uint64_t)view_len(string) << 32;

	put_bytes(&g->strings, string.p, view_len(string));
	memcpy(row + g->own_at[own], &word, sizeof(word));
	r->extent.bytes += view_len(string);
}

/* What is absent counts as 0; a string is empty already. */
static void put_absent(struct row_group *g, uint8_t *row, const uint64_t *absent)
{
	memcpy(row, absent, g->absent_words * sizeof(*absent));
	for (unsigned i = 0; i < g->schema->own_count; i++)
		if (absent[i / 64] >> i % 64 & 1)
			memset(row + g->own_at[i], 0, field_bytes(g->fields[i]));
	for (unsigned i = 0; i < g->absent_words; i++)
		g->absent[i] |= absent[i];
}

static inline void note_time(struct rows *r, uint64_t ts)
{
	if (r->extent.rows == 0 || ts < r->min_ts)
		r->min_ts = ts;
	if (ts > r->max_ts)
		r->max_ts = ts;
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

/* The row that was begun is complete. */
static inline int row_end(struct rows *r, struct row_group *g, uint64_t ts, uint32_t cpu,
			  struct error *err)
{
	if (g->strings.is_failed)
		return error_nomem(err);
	if (g->count == 0)
		r->extent.columns += columns_of(g->schema);
	note_time(r, ts);
	r->heads[r->extent.rows++] = (struct row_head){.ts = ts,
						       .cpu = cpu,
						       .schema = (uint16_t)g->schema->id,
						       .local = (uint16_t)g->count++};
	g->rows.len += g->stride;
	r->extent.cells += g->values;
	r->extent.bytes += g->blob_bytes;
	r->extent.memory += g->stride;
	return 0;
}

/* In this machine's byte order. */
static void put_int(uint8_t *p, unsigned size, uint64_t number)
{
	uint32_t u32 = (uint32_t)number;
	uint16_t u16 = (uint16_t)number;

	if (size == 8)
		memcpy(p, &number, 8);
	else if (size == 4)
		memcpy(p, &u32, 4);
	else if (size == 2)
		memcpy(p, &u16, 2);
	else
		*p = (uint8_t)number;
}

/* One of no string. */
static void put_value(const struct row_group *g, uint8_t *row, unsigned own, const struct value *v)
{
	const struct field *f = g->fields[own];

	if (f->kind == FIELD_INT)
		put_int(row + g->own_at[own], f->elem_size, v->num);
	else
		memcpy(row + g->own_at[own], v->bytes, field_bytes(f));
}

int rows_add(struct rows *r, const struct schema *schema, const struct row *row, struct error *err)
{
	uint64_t absent[ABSENT_WORDS_MAX] = {0};
	struct row_group *g = group_of(r, schema);
	uint8_t *out;

	if (!g)
		g = group_add(r, schema, NULL);
	out = g ? row_begin(r, g) : NULL;
	if (!out)
		return error_nomem(err);
	assert(g->is_plain);
	put_refs(g, out, row->refs);
	for (unsigned i = 0; i < schema->own_count; i++) {
		const struct value *v = &row->values[i];
		bool is_absent = v->is_absent && g->fields[i]->flags & FIELD_OPTIONAL;

		absent[i / 64] |= (uint64_t)is_absent << i % 64;
		if (g->fields[i]->kind == FIELD_STRING)
			put_text(r, g, out, i, view_of(v->bytes, is_absent ? 0 : v->len));
		else if (!is_absent)
			put_value(g, out, i, v);
	}
	put_absent(g, out, absent);
	return row_end(r, g, row->ts_ns, row->cpu, err);
}

/* Which own values the row lacks. */
static void find_absent(const struct row_group *g, const struct raw_row *row, uint64_t *absent)
{
	for (unsigned i = 0; i < g->condition_count; i++) {
		const struct condition *c = &g->conditions[i];

		if ((row->flags & c->needs) == c->needs)
			continue;
		for (unsigned w = 0; w < g->absent_words; w++)
			absent[w] |= c->values[w];
	}
	for (unsigned i = 0; i < g->string_count; i++) {
		unsigned own = g->string_columns[i];
		bool is_absent = !row->strings[i].p && g->fields[own]->flags & FIELD_OPTIONAL;

		absent[own / 64] |= (uint64_t)is_absent << own % 64;
	}
}

static SELDOM void put_lacks(struct row_group *g, uint8_t *out, const struct raw_row *row)
{
	uint64_t absent[ABSENT_WORDS_MAX] = {0};

	find_absent(g, row, absent);
	put_absent(g, out, absent);
}

int rows_add_raw(struct rows *r, const struct schema *schema, const struct raw_row *row,
		 struct error *err)
{
	struct row_group *g = group_of(r, schema);
	uint8_t *out;

	assert(g && !g->is_plain);
	out = row_begin(r, g);
	if (!out)
		return error_nomem(err);
	put_all_refs(g, out, row->refs);
	if (g->bytes)
		memcpy(out + g->memory_at, row->memory + g->from, g->bytes);
	for (unsigned i = 0; i < g->string_count; i++)
		put_text(r, g, out, g->string_columns[i], row->strings[i]);
	if (g->string_count || (row->flags & g->needs) != g->needs)
		put_lacks(g, out, row);
	else
		memset(out, 0, g->absent_words * sizeof(uint64_t));
	return row_end(r, g, row->ts_ns, row->cpu, err);
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
	for (size_t i = 0; i < r->group_cap; i++)
		if (r->groups[i])
			row_group_clear(r->groups[i]);
	r->extent = (struct rows_extent){.columns = HOT_COLUMNS};
	r->max_ts = 0;
}
