/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* data_encoder.c -- rows to columns to parts (docs/FORMAT.md section 7). */
#include "format/data_encoder.h"

#include <stdlib.h>
#include <string.h>

#include "format/column.h"
#include "format/keyed_encoder.h"
#include "format/paced_encoder.h"
#include "format/recalled_encoder.h"
#include "format/row_sort.h"
#include "format/rows_data.h"
#include "format/shared_encoder.h"
#include "format/used.h"

/* Rows of one schema in the order of the block. */
struct group_order {
	uint32_t *rows; /* offset of each in row_group.rows */
	uint32_t stride;
	size_t count, cap;
};

struct data_encoder {
	struct row_sort *sort;
	const struct row_head *heads; /* in the order of the block; lent by it */
	struct group_order *groups;   /* [schema id - 1] */
	size_t group_cap;
	uint64_t *ts, *cpu, *schema; /* gathered */
	size_t ts_cap, cpu_cap, schema_cap;
	uint64_t *numbers; /* one gathered column */
	size_t number_cap;
	struct view *views;
	size_t view_cap;
	struct byte_table *table;
	struct paced_encoder *paced;
	struct keyed_encoder *keyed;
	struct shared_encoder *shared;
	struct recalled_encoder *recalled;
	struct used *used;
	struct buf parts[PART_COUNT];
};

struct data_encoder *data_encoder_new(void)
{
	struct data_encoder *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->table = byte_table_new();
	e->paced = paced_encoder_new();
	e->keyed = keyed_encoder_new();
	e->shared = shared_encoder_new();
	e->recalled = recalled_encoder_new();
	e->used = used_new();
	e->sort = row_sort_new();
	if (!e->table || !e->paced || !e->keyed || !e->shared || !e->recalled || !e->used ||
	    !e->sort) {
		data_encoder_free(e);
		return NULL;
	}
	return e;
}

void data_encoder_free(struct data_encoder *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->group_cap; i++)
		free(e->groups[i].rows);
	for (unsigned i = 0; i < PART_COUNT; i++)
		buf_release(&e->parts[i]);
	row_sort_free(e->sort);
	free(e->groups);
	free(e->ts);
	free(e->cpu);
	free(e->schema);
	free(e->numbers);
	free(e->views);
	byte_table_free(e->table);
	paced_encoder_free(e->paced);
	keyed_encoder_free(e->keyed);
	shared_encoder_free(e->shared);
	recalled_encoder_free(e->recalled);
	used_free(e->used);
	free(e);
}

static bool u32_grow(uint32_t **array, size_t *cap, size_t need)
{
	void *grown = *array;

	if (!array_grow(&grown, cap, need, sizeof(**array)))
		return false;
	*array = grown;
	return true;
}

static bool u64_grow(uint64_t **array, size_t *cap, size_t need)
{
	void *grown = *array;

	if (!array_grow(&grown, cap, need, sizeof(**array)))
		return false;
	*array = grown;
	return true;
}

static bool scratch_grow(struct data_encoder *e, const struct rows *r)
{
	void *views = e->views, *groups = e->groups;

	if (!u64_grow(&e->ts, &e->ts_cap, r->count) || !u64_grow(&e->cpu, &e->cpu_cap, r->count) ||
	    !u64_grow(&e->schema, &e->schema_cap, r->count) ||
	    !u64_grow(&e->numbers, &e->number_cap, r->count) ||
	    !array_grow(&views, &e->view_cap, r->count, sizeof(*e->views)))
		return false;
	e->views = views;
	if (!array_grow(&groups, &e->group_cap, r->group_cap, sizeof(*e->groups)))
		return false;
	e->groups = groups;
	return true;
}

/* The order in the block: of all rows, then of each group's, and the hot columns in that order. */
static bool order_rows(struct data_encoder *e, const struct rows *r)
{
	if (!scratch_grow(e, r) || !row_sort_run(e->sort, r->heads, r->count, &e->heads))
		return false;
	for (size_t i = 0; i < r->group_cap; i++) {
		struct group_order *g = &e->groups[i];

		g->count = 0;
		g->stride = r->groups[i] ? r->groups[i]->stride : 0;
		if (r->groups[i] && !u32_grow(&g->rows, &g->cap, r->groups[i]->count))
			return false;
	}
	for (size_t i = 0; i < r->count; i++) {
		const struct row_head *head = &e->heads[i];
		struct group_order *g = &e->groups[head->schema - 1];

		e->ts[i] = head->ts;
		e->cpu[i] = head->cpu;
		e->schema[i] = head->schema;
		g->rows[g->count++] = head->local * g->stride;
	}
	return true;
}

struct column_id {
	uint32_t schema; /* 0 = hot */
	uint8_t what;    /* enum column_what */
	uint8_t part;
	unsigned index;
};

static void put_line(struct data_encoder *e, struct column_id id, uint8_t codec, size_t len)
{
	struct buf *out = &e->parts[PART_DIRECTORY];

	put_varint(out, id.schema);
	put_u8(out, id.what);
	put_varint(out, id.index);
	put_u8(out, codec);
	put_u8(out, id.part);
	put_varint(out, len);
}

static void put_ints(struct data_encoder *e, struct column_id id, const uint64_t *values,
		     size_t count)
{
	struct buf *out = &e->parts[id.part];
	size_t before = out->len;
	uint8_t codec = column_encode_ints(values, count, out);

	put_line(e, id, codec, out->len - before);
}

static void put_ids(struct data_encoder *e, struct column_id id, const uint64_t *values,
		    size_t count)
{
	struct buf *out = &e->parts[id.part];
	size_t before = out->len;
	uint8_t codec = column_encode_ids(values, count, out);

	put_line(e, id, codec, out->len - before);
}

/* A column that is coded already. */
static void put_coded(struct data_encoder *e, struct column_id id, uint8_t codec, struct view coded)
{
	put_bytes(&e->parts[id.part], coded.p, view_len(coded));
	put_line(e, id, codec, view_len(coded));
}

static bool put_hot(struct data_encoder *e, const struct rows *r)
{
	struct column_id cpu = {0, COLUMN_VALUE, PART_HOT, HOT_CPU};
	struct column_id schema = {0, COLUMN_VALUE, PART_HOT, HOT_SCHEMA};
	struct column_id ts = {0, COLUMN_VALUE, PART_TIME, HOT_TS};
	struct column_id bits = {0, COLUMN_RAW, PART_RAW_TIME, HOT_TS};
	struct time_rows rows = {r->count, r->min_ts, e->cpu, e->schema};
	struct buf *raw = &e->parts[PART_RAW_TIME];

	put_ints(e, cpu, e->cpu, r->count);
	put_ints(e, schema, e->schema, r->count);
	if (!paced_encoder_run(e->paced, &rows, e->ts, &e->parts[PART_TIME], raw))
		return false;
	put_line(e, ts, CODEC_PACED, r->count);
	put_line(e, bits, CODEC_AS_IS, raw->len);
	return true;
}

/* An integer in this machine's byte order. */
static ALWAYS_INLINE uint64_t load_int(const uint8_t *p, unsigned size, bool is_signed)
{
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;

	if (size == 8) {
		memcpy(&u64, p, 8);
		return u64;
	}
	if (size == 4) {
		memcpy(&u32, p, 4);
		return is_signed ? (uint64_t)(int32_t)u32 : u32;
	}
	if (size == 2) {
		memcpy(&u16, p, 2);
		return is_signed ? (uint64_t)(int16_t)u16 : u16;
	}
	return is_signed ? (uint64_t)(int8_t)*p : *p;
}

static ALWAYS_INLINE void gather_as(const uint8_t *column, const struct group_order *order,
				    unsigned size, bool is_signed, uint64_t *restrict out)
{
	const uint32_t *rows = order->rows;

	for (size_t i = 0; i < order->count; i++)
		out[i] = load_int(column + rows[i], size, is_signed);
}

/* The integers at `at` of each row; inlined for each size. */
static void gather(struct data_encoder *e, const struct row_group *g,
		   const struct group_order *order, uint32_t at, unsigned size)
{
	const uint8_t *column = g->rows.data + at;

	if (size == 8)
		gather_as(column, order, 8, false, e->numbers);
	else if (size == 4)
		gather_as(column, order, 4, false, e->numbers);
	else if (size == 2)
		gather_as(column, order, 2, false, e->numbers);
	else
		gather_as(column, order, 1, false, e->numbers);
}

static void gather_signed(struct data_encoder *e, const struct row_group *g,
			  const struct group_order *order, uint32_t at, unsigned size)
{
	const uint8_t *column = g->rows.data + at;

	if (size == 8)
		gather_as(column, order, 8, true, e->numbers);
	else if (size == 4)
		gather_as(column, order, 4, true, e->numbers);
	else if (size == 2)
		gather_as(column, order, 2, true, e->numbers);
	else
		gather_as(column, order, 1, true, e->numbers);
}

static bool is_one_id(const struct row_group *g, unsigned ref)
{
	uint32_t first = row_ref(g, row_group_at(g, 0), ref);

	for (size_t i = 1; i < g->count; i++)
		if (row_ref(g, row_group_at(g, i), ref) != first)
			return false;
	return true;
}

/* References that differ wait for those of all schemas. */
static bool put_refs(struct data_encoder *e, const struct row_group *g, unsigned ref)
{
	struct column_id id = {g->schema->id, COLUMN_REF, PART_REFS, ref};
	uint64_t only = row_ref(g, row_group_at(g, 0), ref);

	if (!is_one_id(g, ref))
		return shared_encoder_add(e->shared, g, ref);
	put_ints(e, id, &only, 1);
	return used_add(e->used, g->schema->refs[ref], (uint32_t)only);
}

static void put_presence(struct data_encoder *e, const struct row_group *g,
			 const struct group_order *order, unsigned column)
{
	struct column_id id = {g->schema->id, COLUMN_PRESENCE, PART_VALUES, column};
	static const uint64_t present = 1;

	if (!(g->absent[column / 64] >> column % 64 & 1)) {
		put_ints(e, id, &present, 1); /* all are */
		return;
	}
	gather(e, g, order, column / 64 * 8, 8);
	for (size_t i = 0; i < order->count; i++)
		e->numbers[i] = ~e->numbers[i] >> column % 64 & 1;
	put_ints(e, id, e->numbers, order->count);
}

/* Addresses wait for those of all schemas. */
static bool put_numbers(struct data_encoder *e, const struct row_group *g,
			const struct group_order *order, unsigned column)
{
	struct column_id id = {g->schema->id, COLUMN_VALUE, PART_VALUES, column};
	const struct field *f = g->fields[column];

	if (f->flags & FIELD_SIGNED)
		gather_signed(e, g, order, g->own_at[column], f->elem_size);
	else
		gather(e, g, order, g->own_at[column], f->elem_size);
	if (f->role == ROLE_POINTER && f->elem_size == 8 &&
	    recalled_encoder_fits(e->numbers, order->count))
		return recalled_encoder_add(e->recalled, g, column);
	if (f->flags & FIELD_ID || f->role == ROLE_POINTER)
		put_ids(e, id, e->numbers, order->count);
	else
		put_ints(e, id, e->numbers, order->count);
	return true;
}

/* A value that is no integer. */
static struct view blob(const struct row_group *g, const uint8_t *row, unsigned column)
{
	const uint8_t *p = row + g->own_at[column];
	const struct field *f = g->fields[column];
	uint64_t word;

	if (f->kind == FIELD_STRING) {
		word = row_word(p);
		return word >> 32 ? view_of(g->strings.data + (uint32_t)word, word >> 32)
				  : view_of("", 0);
	}
	if (g->absent_words && row_word(row + column / 64 * 8) >> column % 64 & 1)
		return view_of("", 0);
	return view_of(p, field_bytes(f));
}

static void put_byte_strings(struct data_encoder *e, const struct row_group *g,
			     const struct group_order *order, unsigned column)
{
	struct column_id id = {g->schema->id, COLUMN_VALUE, PART_VALUES, column};
	struct buf *out = &e->parts[id.part];
	size_t before = out->len;
	uint8_t codec;

	for (size_t i = 0; i < order->count; i++)
		e->views[i] = blob(g, g->rows.data + order->rows[i], column);
	codec = column_encode_bytes(e->table, e->views, order->count, out);
	put_line(e, id, codec, out->len - before);
}

static bool put_group(struct data_encoder *e, const struct row_group *g,
		      const struct group_order *order)
{
	const struct schema *s = g->schema;

	for (unsigned i = 0; i < s->ref_count; i++) {
		if (!put_refs(e, g, i))
			return false;
	}
	for (unsigned i = 0; i < s->own_count; i++) {
		const struct field *f = g->fields[i];

		if (f->flags & FIELD_OPTIONAL)
			put_presence(e, g, order, i);
		if (f->kind != FIELD_INT)
			put_byte_strings(e, g, order, i);
		else if (!f->key_ref && !put_numbers(e, g, order, i))
			return false;
	}
	return true;
}

static void put_keyed(struct data_encoder *e, const struct row_group *g)
{
	for (unsigned i = 0; i < g->schema->own_count; i++) {
		struct column_id id = {g->schema->id, COLUMN_VALUE, PART_VALUES, i};
		struct keyed_bytes coded;

		if (!g->fields[i]->key_ref)
			continue;
		coded = keyed_encoder_bytes(e->keyed, g->schema->id, i);
		put_coded(e, id, CODEC_TOLD, coded.tokens);
		id.what = COLUMN_RAW;
		id.part = PART_RAW_VALUES;
		put_coded(e, id, CODEC_AS_IS, coded.raw);
	}
}

static void put_shared(struct data_encoder *e, const struct schema *s)
{
	struct buf *out = &e->parts[PART_REFS];

	for (unsigned i = 0; i < s->ref_count; i++) {
		struct column_id id = {s->id, COLUMN_REF, PART_REFS, i};
		size_t before = out->len;

		if (shared_encoder_put(e->shared, s->id, i, out))
			put_line(e, id, CODEC_SHARED, out->len - before);
	}
}

static void put_recalled(struct data_encoder *e, const struct schema *s)
{
	struct column_id id = {s->id, COLUMN_VALUE, PART_VALUES, 0};
	struct view tokens;

	for (unsigned i = 0; recalled_encoder_column(e->recalled, s->id, i, &id.index, &tokens);
	     i++)
		put_coded(e, id, CODEC_REUSED, tokens);
}

/* Bytes that the strings which a field of the rows takes from a dictionary have at most. */
static uint64_t told_bytes(const struct row_group *g, const struct dictionaries *dicts)
{
	uint64_t longest = 0;

	for (unsigned i = 0; i < g->schema->field_count; i++) {
		const struct field *f = &g->schema->fields[i];
		uint64_t len;

		if (!f->ref || f->kind != FIELD_STRING)
			continue;
		len = dictionaries_longest(dicts, g->schema->refs[f->ref - 1]);
		longest = len > longest ? len : longest;
	}
	return longest * g->count;
}

/* What the block costs its reader, as BLOCK_WORK_PER_BYTE counts it. */
static uint64_t work_of(const struct rows *rows, const struct dictionaries *dicts)
{
	struct rows_extent extent = rows_extent(rows);
	uint64_t wide = (uint64_t)extent.width * (BLOCK_WORK_PER_BYTE / BLOCK_WIDTH_PER_BYTE);
	uint64_t text = extent.bytes, told;

	for (size_t i = 0; i < rows->group_cap; i++) {
		if (!rows->groups[i] || !rows->groups[i]->count)
			continue;
		told = told_bytes(rows->groups[i], dicts);
		text = told > text ? told : text;
	}
	text = text / (BLOCK_TEXT_PER_BYTE / BLOCK_WORK_PER_BYTE) + 1;
	wide = wide > text ? wide : text;
	return extent.cells > wide ? extent.cells : wide;
}

static int put_parts(struct data_encoder *e, uint64_t rows, uint64_t work, struct packer *p,
		     struct body *body, struct error *err)
{
	static const enum packer_effort efforts[PART_COUNT] = {
		[PART_HOT] = EFFORT_MOST,
		[PART_TIME] = EFFORT_LEAST,
		[PART_VALUES] = EFFORT_MORE,
	};

	for (uint8_t i = 0; i < PART_COUNT; i++) {
		struct view raw = view_of(e->parts[i].data, e->parts[i].len);

		if (e->parts[i].is_failed)
			return error_nomem(err);
		if (i == PART_RAW_TIME)
			TRY(packer_add_raw(i, raw, body, err));
		else
			TRY(packer_add_with(p, efforts[i], i, raw, body, err));
	}
	return body_pad(body, rows, work, err);
}

int data_encoder_run(struct data_encoder *e, const struct rows *rows, struct dictionaries *dicts,
		     struct packer *p, struct body *body, struct error *err)
{
	for (unsigned i = 0; i < PART_COUNT; i++)
		buf_clear(&e->parts[i]);
	if (!shared_encoder_begin(e->shared, rows->group_cap) ||
	    !recalled_encoder_begin(e->recalled, rows->group_cap))
		return error_nomem(err);
	if (!order_rows(e, rows) || !put_hot(e, rows))
		return error_nomem(err);
	for (size_t i = 0; i < rows->group_cap; i++)
		if (rows->groups[i] && rows->groups[i]->count &&
		    !put_group(e, rows->groups[i], &e->groups[i]))
			return error_nomem(err);
	if (!shared_encoder_run(e->shared, rows, e->heads, e->used) ||
	    !keyed_encoder_run(e->keyed, rows, e->heads, dicts))
		return error_nomem(err);
	recalled_encoder_run(e->recalled, rows, e->heads);
	for (size_t i = 0; i < rows->group_cap; i++) {
		if (!rows->groups[i] || !rows->groups[i]->count)
			continue;
		put_shared(e, rows->groups[i]->schema);
		put_keyed(e, rows->groups[i]);
		put_recalled(e, rows->groups[i]->schema);
	}
	used_encode(e->used, &e->parts[PART_USED]);
	return put_parts(e, rows->count, work_of(rows, dicts), p, body, err);
}
