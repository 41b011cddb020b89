/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* rows.c -- collects rows by schema (docs/FORMAT.md section 7). */
#include "format/rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "format/rows_data.h"

struct rows *rows_new(const struct rows_extent *full)
{
	struct rows *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->full = *full;
	r->widest.rows = 1;
	rows_clear(r);
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

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static struct row_group *group_add(struct rows *r, const struct schema *schema,
				   const struct place *places)
{
	struct rows_extent *widest = &r->widest;
	void *groups = r->groups;
	struct row_group *g;

	if (!array_grow(&groups, &r->group_cap, schema->id, sizeof(*r->groups)))
		return NULL;
	r->groups = groups;
	assert(!r->groups[schema->id - 1]);
	g = row_group_new(schema, places);
	r->groups[schema->id - 1] = g;
	if (!g)
		return NULL;
	widest->cells = larger(widest->cells, g->values);
	widest->columns = larger(widest->columns, g->columns);
	widest->bytes = larger(widest->bytes, g->blob_bytes);
	widest->memory = larger(widest->memory, g->stride);
	widest->width = larger(widest->width, schema->width);
	r->sure = 0;
	return g;
}

int rows_lay_out(struct rows *r, const struct schema *schema, const struct place *places,
		 struct error *err)
{
	static const struct place none; /* of no own value */

	return group_add(r, schema, places ? places : &none) ? 0 : error_nomem(err);
}

static inline struct row_group *group_of(const struct rows *r, uint32_t schema)
{
	return schema - 1 < r->group_cap ? r->groups[schema - 1] : NULL;
}

/* Room for a row behind the others, or NULL. */
static inline uint8_t *row_begin(struct rows *r, struct row_group *g)
{
	size_t room = g->stride + ROW_SLACK;
	void *heads = r->heads;

	if (r->count == r->cap && !array_grow(&heads, &r->cap, r->count + 1, sizeof(*r->heads)))
		return NULL;
	r->heads = heads;
	if (g->rows.cap - g->rows.len < room && !buf_reserve(&g->rows, room))
		return NULL;
	return g->rows.data + g->rows.len;
}

enum { SOME_REFS = 4 };

static inline void put_some_refs(uint8_t *out, const uint32_t *refs)
{
	const volatile uint32_t *from = refs;

	for (unsigned i = 0; i < SOME_REFS; i++) {
		uint32_t id = from[i];

		memcpy(out + i * sizeof(id), &id, sizeof(id));
	}
}

/* One by one, as they were written a moment ago: a load of several would wait until the stores, and all
 * before them, have reached the cache. What follows in the row goes over what is too much. */
static inline void put_all_refs(const struct row_group *g, uint8_t *row, const uint32_t *refs)
{
	put_some_refs(row + g->refs_at, refs);
	for (unsigned i = SOME_REFS; i < g->schema->ref_count; i += SOME_REFS)
		put_some_refs(row + g->refs_at + i * sizeof(*refs), refs + i);
}

_Static_assert(SCHEMA_MAX_REFS % SOME_REFS == 0, "put_all_refs");

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
	r->text_bytes += view_len(string);
	r->sure = 0; /* strings are of any length */
}

static int check_text(const struct row_group *g, size_t bytes, struct error *err)
{
	if (bytes > ROWS_MAX_TEXT)
		return error_set(err, ERR_USAGE, "%s: an event of more than %d bytes",
				 g->schema->name, ROWS_MAX_TEXT);
	return 0;
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

/* How many rows do not reach the limit, of which none adds more than `most`. */
static size_t sure_rows(size_t limit, size_t now, size_t most)
{
	return most ? (limit - 1 - now) / most : SIZE_MAX;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Is the block full? If it is not, for how many rows need nobody ask? */
static SELDOM int look(struct rows *r)
{
	const struct rows_extent *full = &r->full, *most = &r->widest;
	struct rows_extent now = rows_extent(r);

	if (now.rows >= full->rows || now.cells >= full->cells || now.columns >= full->columns ||
	    now.bytes >= full->bytes || now.memory >= full->memory || now.width >= full->width)
		return END;
	r->sure = sure_rows(full->rows, now.rows, most->rows);
	r->sure = smaller(r->sure, sure_rows(full->cells, now.cells, most->cells));
	r->sure = smaller(r->sure, sure_rows(full->columns, now.columns, most->columns));
	r->sure = smaller(r->sure, sure_rows(full->bytes, now.bytes, most->bytes));
	r->sure = smaller(r->sure, sure_rows(full->memory, now.memory, most->memory));
	r->sure = smaller(r->sure, sure_rows(full->width, now.width, most->width));
	return 0;
}

/* The row that was begun is complete. */
static inline int row_end(struct rows *r, struct row_group *g, uint64_t ts, uint32_t cpu)
{
	r->min_ts = ts < r->min_ts ? ts : r->min_ts;
	r->max_ts = ts > r->max_ts ? ts : r->max_ts;
	r->heads[r->count++] = (struct row_head){.ts = ts,
						 .cpu = cpu,
						 .schema = (uint16_t)g->schema->id,
						 .local = (uint16_t)g->count++};
	g->rows.len += g->stride;
	WILL_WRITE(g->rows.data + g->rows.len + g->stride);
	if (r->sure == 0)
		return look(r);
	r->sure--;
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
	struct row_group *g = group_of(r, schema->id);
	size_t text = 0;
	uint8_t *out;

	if (!g)
		g = group_add(r, schema, NULL);
	out = g ? row_begin(r, g) : NULL;
	if (!out)
		return error_nomem(err);
	assert(g->is_plain);
	for (unsigned i = 0; i < g->string_count; i++)
		text += row->values[g->string_columns[i]].len;
	TRY(check_text(g, text, err));
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
	return g->strings.is_failed ? error_nomem(err) : row_end(r, g, row->ts_ns, row->cpu);
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

static SELDOM int put_texts(struct rows *r, struct row_group *g, uint8_t *out,
			    const struct raw_row *row, struct error *err)
{
	size_t text = 0;

	for (unsigned i = 0; i < g->string_count; i++)
		text += view_len(row->strings[i]);
	TRY(check_text(g, text, err));
	for (unsigned i = 0; i < g->string_count; i++)
		put_text(r, g, out, g->string_columns[i], row->strings[i]);
	return g->strings.is_failed ? error_nomem(err) : 0;
}

int rows_add_raw(struct rows *r, const struct raw_row *row, struct error *err)
{
	struct row_group *g = group_of(r, row->schema);
	uint8_t *out;

	assert(g && !g->is_plain);
	out = row_begin(r, g);
	if (!out)
		return error_nomem(err);
	put_all_refs(g, out, row->refs);
	if (g->bytes)
		memcpy(out + g->memory_at, row->memory + g->from, g->bytes);
	if (g->string_count)
		TRY(put_texts(r, g, out, row, err));
	if (g->string_count || (row->flags & g->needs) != g->needs)
		put_lacks(g, out, row);
	else
		for (unsigned i = 0; i < g->absent_words; i++)
			memset(out + i * sizeof(uint64_t), 0, sizeof(uint64_t));
	return row_end(r, g, row->ts_ns, row->cpu);
}

size_t rows_count(const struct rows *r)
{
	return r->count;
}

struct rows_extent rows_extent(const struct rows *r)
{
	struct rows_extent e = {.rows = r->count, .columns = HOT_COLUMNS, .bytes = r->text_bytes};

	for (size_t i = 0; i < r->group_cap; i++) {
		const struct row_group *g = r->groups[i];

		if (!g || !g->count)
			continue;
		e.cells += g->count * g->values;
		e.columns += g->columns;
		e.width += g->count * g->schema->width;
		e.bytes += g->count * g->blob_bytes;
		e.memory += g->rows.len;
	}
	return e;
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
	r->count = 0;
	r->sure = 0;
	r->text_bytes = 0;
	r->min_ts = UINT64_MAX;
	r->max_ts = 0;
}
