/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* data_encoder.c -- rows to columns to parts (docs/FORMAT.md section 7). */
#include "format/data_encoder.h"

#include <stdlib.h>
#include <string.h>

#include "format/column.h"
#include "format/keyed.h"
#include "format/row_sort.h"
#include "format/rows_data.h"
#include "format/times.h"
#include "format/used.h"

/* Rows of one schema in the order of the block: positions in its group. */
struct group_order {
	uint32_t *rows;
	size_t count, cap;
};

struct data_encoder {
	struct row_sort *sort;
	struct group_order *groups; /* [schema id - 1] */
	size_t group_cap;
	uint64_t *ts, *cpu, *schema; /* gathered */
	size_t ts_cap, cpu_cap, schema_cap;
	uint64_t *numbers; /* one gathered column */
	size_t number_cap;
	struct view *views;
	size_t view_cap;
	struct byte_table *table;
	struct keyed *keyed;
	struct keyed_column *keyed_columns; /* of one block, in order of schemas and fields */
	size_t keyed_cap;
	struct used *used;
	struct buf low; /* raw bits of the times */
	struct buf parts[PART_COUNT];
};

/* Tokens and raw bytes of a keyed column, filled row by row. */
struct keyed_column {
	struct buf tokens, raw;
};

struct data_encoder *data_encoder_new(void)
{
	struct data_encoder *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->table = byte_table_new();
	e->keyed = keyed_new();
	e->used = used_new();
	e->sort = row_sort_new();
	if (!e->table || !e->keyed || !e->used || !e->sort) {
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
	for (size_t i = 0; i < e->keyed_cap; i++) {
		buf_release(&e->keyed_columns[i].tokens);
		buf_release(&e->keyed_columns[i].raw);
	}
	for (unsigned i = 0; i < PART_COUNT; i++)
		buf_release(&e->parts[i]);
	row_sort_free(e->sort);
	free(e->groups);
	free(e->ts);
	free(e->cpu);
	free(e->schema);
	free(e->numbers);
	free(e->views);
	free(e->keyed_columns);
	byte_table_free(e->table);
	keyed_free(e->keyed);
	used_free(e->used);
	buf_release(&e->low);
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

	if (!u64_grow(&e->ts, &e->ts_cap, r->extent.rows) ||
	    !u64_grow(&e->cpu, &e->cpu_cap, r->extent.rows) ||
	    !u64_grow(&e->schema, &e->schema_cap, r->extent.rows) ||
	    !u64_grow(&e->numbers, &e->number_cap, r->extent.rows) ||
	    !array_grow(&views, &e->view_cap, r->extent.rows, sizeof(*e->views)))
		return false;
	e->views = views;
	if (!array_grow(&groups, &e->group_cap, r->group_cap, sizeof(*e->groups)))
		return false;
	e->groups = groups;
	return true;
}

/* The order in the block: of all rows, then of each group's, and the hot columns in that order. */
static bool order_rows(struct data_encoder *e, struct rows *r)
{
	if (!scratch_grow(e, r) || !row_sort_run(e->sort, r->heads, r->extent.rows))
		return false;
	for (size_t i = 0; i < r->group_cap; i++) {
		struct group_order *g = &e->groups[i];

		g->count = 0;
		if (r->groups[i] && !u32_grow(&g->rows, &g->cap, r->groups[i]->count))
			return false;
	}
	for (size_t i = 0; i < r->extent.rows; i++) {
		const struct row_head *head = &r->heads[i];
		struct group_order *g = &e->groups[head->schema - 1];

		e->ts[i] = head->ts;
		e->cpu[i] = head->cpu;
		e->schema[i] = head->schema;
		g->rows[g->count++] = head->local;
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

static void put_const(struct data_encoder *e, struct column_id id, uint64_t value)
{
	put_ints(e, id, &value, 1);
}

static void put_raw(struct data_encoder *e, struct column_id id, const struct buf *raw)
{
	id.what = COLUMN_RAW;
	id.part = id.part == PART_TIME ? PART_RAW_TIME : PART_RAW_VALUES;
	put_bytes(&e->parts[id.part], raw->data, raw->len);
	e->parts[id.part].is_failed |= raw->is_failed;
	put_line(e, id, CODEC_AS_IS, raw->len);
}

static bool put_hot(struct data_encoder *e, const struct rows *r)
{
	struct column_id id = {0, COLUMN_VALUE, PART_HOT, HOT_TS};
	struct time_rows rows = {r->extent.rows, r->min_ts, e->cpu, e->schema};
	struct buf *out = &e->parts[PART_TIME];
	bool is_ok;

	id.index = HOT_CPU;
	put_ints(e, id, e->cpu, r->extent.rows);
	id.index = HOT_SCHEMA;
	put_ints(e, id, e->schema, r->extent.rows);
	id.index = HOT_TS;
	id.part = PART_TIME;
	buf_clear(&e->low);
	is_ok = times_encode(&rows, e->ts, out, &e->low);
	put_line(e, id, CODEC_TIME, r->extent.rows);
	put_raw(e, id, &e->low);
	return is_ok;
}

static void put_refs(struct data_encoder *e, const struct group *g, const struct group_order *order,
		     unsigned ref)
{
	struct column_id id = {g->schema->id, COLUMN_REF, PART_REFS, ref};

	for (size_t i = 0; i < order->count; i++)
		e->numbers[i] = group_row(g, order->rows[i])[ref];
	put_ids(e, id, e->numbers, order->count);
}

static void put_presence(struct data_encoder *e, const struct group *g,
			 const struct group_order *order, unsigned column)
{
	struct column_id id = {g->schema->id, COLUMN_PRESENCE, PART_VALUES, column};

	if (!(g->differs[g->presence_at + column / 32] >> (column % 32) & 1)) {
		put_const(e, id, plan_is_present(g, column, group_row(g, 0)));
		return;
	}
	for (size_t i = 0; i < order->count; i++)
		e->numbers[i] = plan_is_present(g, column, group_row(g, order->rows[i]));
	put_ints(e, id, e->numbers, order->count);
}

static void put_numbers(struct data_encoder *e, const struct group *g,
			const struct group_order *order, unsigned column)
{
	struct column_id id = {g->schema->id, COLUMN_VALUE, PART_VALUES, column};
	const struct plan *p = &g->plans[column];

	if (plan_is_const(g, p)) {
		put_const(e, id, plan_int(p, group_row(g, 0)));
		return;
	}
	for (size_t i = 0; i < order->count; i++)
		e->numbers[i] = plan_int(p, group_row(g, order->rows[i]));
	if (p->field->flags & FIELD_ID || p->field->role == ROLE_POINTER)
		put_ids(e, id, e->numbers, order->count);
	else
		put_ints(e, id, e->numbers, order->count);
}

static void put_byte_strings(struct data_encoder *e, const struct group *g,
			     const struct group_order *order, unsigned column)
{
	struct column_id id = {g->schema->id, COLUMN_VALUE, PART_VALUES, column};
	struct buf *out = &e->parts[id.part];
	size_t before = out->len;
	uint8_t codec;

	for (size_t i = 0; i < order->count; i++) {
		const uint32_t *cell = group_row(g, order->rows[i]) + g->plans[column].cell;

		e->views[i] = cell[1] ? view_of(g->bytes.data + cell[0], cell[1]) : view_of("", 0);
	}
	codec = column_encode_bytes(e->table, e->views, order->count, out);
	put_line(e, id, codec, out->len - before);
}

static bool put_group(struct data_encoder *e, const struct group *g,
		      const struct group_order *order)
{
	const struct schema *s = g->schema;

	for (unsigned i = 0; i < s->ref_count; i++) {
		put_refs(e, g, order, i);
		if (!used_add(e->used, s->refs[i], e->numbers, order->count))
			return false;
	}
	for (unsigned i = 0; i < s->own_count; i++) {
		const struct field *f = g->plans[i].field;

		if (f->flags & FIELD_OPTIONAL)
			put_presence(e, g, order, i);
		if (f->kind != FIELD_INT)
			put_byte_strings(e, g, order, i);
		else if (!f->key_ref)
			put_numbers(e, g, order, i);
	}
	return true;
}

/* Keyed columns are coded together, row by row. */
static void code_row(struct data_encoder *e, const struct group *g, const uint32_t *row,
		     struct keyed_column *out)
{
	for (unsigned i = 0; i < g->schema->own_count; i++) {
		const struct plan *p = &g->plans[i];
		uint64_t key, token;
		uint8_t *at;

		if (!p->field->key_ref)
			continue;
		key = keyed_key(p->field, row[g->keys_at + p->key]);
		token = keyed_token(e->keyed, key, plan_int(p, row), p->field->elem_size,
				    &out->raw);
		at = out->tokens.data + out->tokens.len; /* reserved: put_all_keyed() */
		out->tokens.len = (size_t)(store_varint(at, token) - out->tokens.data);
		out++;
	}
}

static void put_keyed(struct data_encoder *e, const struct group *g,
		      const struct keyed_column *columns)
{
	struct buf *out = &e->parts[PART_VALUES];

	for (unsigned i = 0; i < g->schema->own_count; i++) {
		struct column_id id = {g->schema->id, COLUMN_VALUE, PART_VALUES, i};

		if (!g->plans[i].field->key_ref)
			continue;
		put_bytes(out, columns->tokens.data, columns->tokens.len);
		out->is_failed |= columns->tokens.is_failed;
		put_line(e, id, CODEC_KEYED, columns->tokens.len);
		put_raw(e, id, &columns->raw);
		columns++;
	}
}

static unsigned count_keyed(const struct schema *s)
{
	unsigned count = 0;

	for (unsigned i = 0; i < s->field_count; i++)
		count += s->fields[i].key_ref != 0;
	return count;
}

/* The first keyed column of each group; returns how many there are. */
static size_t number_keyed(const struct rows *r, size_t *first)
{
	size_t count = 0;

	for (size_t i = 0; i < r->group_cap; i++) {
		first[i] = count;
		if (r->groups[i] && r->groups[i]->count)
			count += count_keyed(r->groups[i]->schema);
	}
	return count;
}

/* Empty the columns of a group and make room for a token of each row. */
static bool clear_keyed(const struct group *g, struct keyed_column *columns)
{
	unsigned count = count_keyed(g->schema);

	for (unsigned i = 0; i < count; i++) {
		buf_clear(&columns[i].tokens);
		buf_clear(&columns[i].raw);
		if (!buf_reserve(&columns[i].tokens, g->count * VARINT_MAX))
			return false;
	}
	return true;
}

static bool put_all_keyed(struct data_encoder *e, const struct rows *r)
{
	size_t *first = calloc(r->group_cap ? r->group_cap : 1, sizeof(*first)), count;
	void *columns = e->keyed_columns;

	if (!first)
		return false;
	count = number_keyed(r, first);
	if (!array_grow(&columns, &e->keyed_cap, count, sizeof(*e->keyed_columns))) {
		free(first);
		return false;
	}
	e->keyed_columns = columns;
	for (size_t i = 0; i < r->group_cap && count > 0; i++)
		if (r->groups[i] && r->groups[i]->count &&
		    !clear_keyed(r->groups[i], e->keyed_columns + first[i])) {
			free(first);
			return false;
		}
	keyed_reset(e->keyed);
	for (size_t i = 0; i < r->extent.rows && count > 0; i++) {
		size_t group = r->heads[i].schema - 1;
		const struct group *g = r->groups[group];

		if (g->schema->key_source_count)
			code_row(e, g, group_row(g, r->heads[i].local),
				 e->keyed_columns + first[group]);
	}
	for (size_t i = 0; i < r->group_cap && count > 0; i++)
		if (r->groups[i] && r->groups[i]->count)
			put_keyed(e, r->groups[i], e->keyed_columns + first[i]);
	free(first);
	return true;
}

static int put_parts(struct data_encoder *e, const struct rows *rows, struct packer *p,
		     struct body *body, struct error *err)
{
	for (uint8_t i = 0; i < PART_COUNT; i++) {
		struct view raw = view_of(e->parts[i].data, e->parts[i].len);

		if (e->parts[i].is_failed)
			return error_nomem(err);
		if (i == PART_RAW_TIME)
			TRY(packer_add_raw(i, raw, body, err));
		else
			TRY(packer_add(p, i, raw, body, err));
	}
	return body_pad(body, rows->extent.rows, rows->extent.cells, err);
}

int data_encoder_run(struct data_encoder *e, struct rows *rows, struct packer *p, struct body *body,
		     struct error *err)
{
	for (unsigned i = 0; i < PART_COUNT; i++)
		buf_clear(&e->parts[i]);
	rows_settle(rows);
	if (!order_rows(e, rows) || !put_hot(e, rows))
		return error_nomem(err);
	for (size_t i = 0; i < rows->group_cap; i++)
		if (rows->groups[i] && rows->groups[i]->count &&
		    !put_group(e, rows->groups[i], &e->groups[i]))
			return error_nomem(err);
	if (!put_all_keyed(e, rows))
		return error_nomem(err);
	used_encode(e->used, &e->parts[PART_USED]);
	return put_parts(e, rows, p, body, err);
}
