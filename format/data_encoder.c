/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* data_encoder.c -- rows to columns to parts (docs/FORMAT.md section 7). */
#include "format/data_encoder.h"

#include <stdlib.h>
#include <string.h>

#include "format/column.h"
#include "format/keyed.h"
#include "format/rows_data.h"
#include "format/times.h"
#include "format/used.h"

/* Rows of one schema in the order of time: positions in its group. */
struct group_order {
	uint32_t *rows;
	size_t count, cap;
};

struct data_encoder {
	uint32_t *order; /* sorted position -> row */
	uint32_t *merge; /* scratch of the sort */
	size_t order_cap, merge_cap;
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
	struct buf *raws; /* of the keyed columns of one block, in order of their fields */
	size_t raw_cap;
	struct used *used;
	struct buf parts[PART_COUNT];
};

struct data_encoder *data_encoder_new(void)
{
	struct data_encoder *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->table = byte_table_new();
	e->keyed = keyed_new();
	e->used = used_new();
	if (!e->table || !e->keyed || !e->used) {
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
	for (size_t i = 0; i < e->raw_cap; i++)
		buf_release(&e->raws[i]);
	for (unsigned i = 0; i < PART_COUNT; i++)
		buf_release(&e->parts[i]);
	free(e->order);
	free(e->merge);
	free(e->groups);
	free(e->ts);
	free(e->cpu);
	free(e->schema);
	free(e->numbers);
	free(e->views);
	free(e->raws);
	byte_table_free(e->table);
	keyed_free(e->keyed);
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

	if (!u32_grow(&e->order, &e->order_cap, r->count) ||
	    !u32_grow(&e->merge, &e->merge_cap, r->count) ||
	    !u64_grow(&e->ts, &e->ts_cap, r->count) || !u64_grow(&e->cpu, &e->cpu_cap, r->count) ||
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

/* Stable bottom-up merge sort of order[] by time. */
static void sort_by_time(struct data_encoder *e, const struct rows *r)
{
	const uint64_t *ts = r->ts.values;

	for (size_t width = 1; width < r->count; width *= 2) {
		for (size_t lo = 0; lo < r->count; lo += 2 * width) {
			size_t mid = lo + width < r->count ? lo + width : r->count;
			size_t hi = lo + 2 * width < r->count ? lo + 2 * width : r->count;
			size_t a = lo, b = mid, at = lo;

			while (a < mid && b < hi)
				e->merge[at++] = ts[e->order[b]] < ts[e->order[a]] ? e->order[b++]
										   : e->order[a++];
			memcpy(e->merge + at, e->order + a, (mid - a) * sizeof(*e->merge));
			at += mid - a;
			memcpy(e->merge + at, e->order + b, (hi - b) * sizeof(*e->merge));
		}
		memcpy(e->order, e->merge, r->count * sizeof(*e->order));
	}
}

/* Order of all rows, then of each group's, and the hot columns in that order. */
static bool order_rows(struct data_encoder *e, const struct rows *r)
{
	if (!scratch_grow(e, r))
		return false;
	for (size_t i = 0; i < r->count; i++)
		e->order[i] = (uint32_t)i;
	if (!r->is_sorted)
		sort_by_time(e, r);
	for (size_t i = 0; i < r->group_cap; i++) {
		struct group_order *g = &e->groups[i];

		g->count = 0;
		if (r->groups[i] && !u32_grow(&g->rows, &g->cap, r->groups[i]->count))
			return false;
	}
	for (size_t i = 0; i < r->count; i++) {
		uint32_t row = e->order[i];
		struct group_order *g = &e->groups[r->schema.values[row] - 1];

		e->ts[i] = r->ts.values[row];
		e->cpu[i] = r->cpu.values[row];
		e->schema[i] = r->schema.values[row];
		g->rows[g->count++] = (uint32_t)r->local.values[row];
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
	struct time_rows rows = {r->count, r->min_ts, e->cpu, e->schema};
	struct buf *out = &e->parts[PART_TIME], low = {0};
	bool is_ok;

	id.index = HOT_CPU;
	put_ints(e, id, e->cpu, r->count);
	id.index = HOT_SCHEMA;
	put_ints(e, id, e->schema, r->count);
	id.index = HOT_TS;
	id.part = PART_TIME;
	is_ok = times_encode(&rows, e->ts, out, &low);
	put_line(e, id, CODEC_TIME, r->count);
	put_raw(e, id, &low);
	buf_release(&low);
	return is_ok;
}

static const uint64_t *gather(struct data_encoder *e, const struct store *s,
			      const struct group_order *g)
{
	for (size_t i = 0; i < g->count; i++)
		e->numbers[i] = s->values[g->rows[i]];
	return e->numbers;
}

static void put_byte_strings(struct data_encoder *e, struct column_id id, struct store *s,
			     const struct group_order *g)
{
	struct buf *out = &e->parts[id.part];
	size_t before = out->len, offset = 0;
	uint8_t codec;

	/* Lengths become end offsets, so that rows can be fetched in any order. */
	for (size_t i = 0; i < g->count; i++) {
		offset += (size_t)s->values[i];
		s->values[i] = offset;
	}
	for (size_t i = 0; i < g->count; i++) {
		uint32_t row = g->rows[i];
		size_t start = row ? (size_t)s->values[row - 1] : 0;
		size_t len = (size_t)s->values[row] - start;

		e->views[i] = len ? view_of(s->bytes.data + start, len) : view_of("", 0);
	}
	codec = column_encode_bytes(e->table, e->views, g->count, out);
	put_line(e, id, codec, out->len - before);
}

static void put_own(struct data_encoder *e, const struct group *g, const struct group_order *order,
		    const struct field *f, unsigned column)
{
	struct column_id id = {g->schema->id, COLUMN_PRESENCE, PART_VALUES, column};

	if (f->flags & FIELD_OPTIONAL)
		put_ints(e, id, gather(e, &g->presence[column], order), order->count);
	id.what = COLUMN_VALUE;
	if (f->kind != FIELD_INT)
		put_byte_strings(e, id, &g->own[column], order);
	else if (!f->key_ref)
		put_ints(e, id, gather(e, &g->own[column], order), order->count);
}

static bool put_group(struct data_encoder *e, const struct group *g,
		      const struct group_order *order)
{
	const struct schema *s = g->schema;
	unsigned column = 0;

	for (unsigned i = 0; i < s->ref_count; i++) {
		struct column_id id = {s->id, COLUMN_REF, PART_REFS, i};

		gather(e, &g->refs[i], order);
		put_ids(e, id, e->numbers, order->count);
		if (!used_add(e->used, s->refs[i], e->numbers, order->count))
			return false;
	}
	for (unsigned i = 0; i < s->field_count; i++)
		if (!s->fields[i].ref)
			put_own(e, g, order, &s->fields[i], column++);
	return true;
}

/* Keyed columns are coded together, row by row. Tokens replace the values. */
static void code_row(struct data_encoder *e, struct group *g, uint32_t row, struct buf *raws)
{
	const struct schema *s = g->schema;
	unsigned keyed = 0;

	for (unsigned i = 0; i < s->field_count; i++) {
		const struct field *f = &s->fields[i];
		uint64_t *value;

		if (!f->key_ref)
			continue;
		value = &g->own[s->own_of[i]].values[row];
		*value = keyed_token(e->keyed, g->keys[s->own_of[i]].values[row], *value,
				     f->elem_size, &raws[keyed++]);
	}
}

static unsigned count_keyed(const struct schema *s)
{
	unsigned count = 0;

	for (unsigned i = 0; i < s->field_count; i++)
		count += s->fields[i].key_ref != 0;
	return count;
}

static void put_keyed(struct data_encoder *e, const struct group *g,
		      const struct group_order *order, const struct buf *raws)
{
	const struct schema *s = g->schema;
	struct buf *out = &e->parts[PART_VALUES];

	for (unsigned i = 0; i < s->field_count; i++) {
		struct column_id id = {s->id, COLUMN_VALUE, PART_VALUES, s->own_of[i]};
		size_t before = out->len;
		const uint64_t *tokens;

		if (!s->fields[i].key_ref)
			continue;
		tokens = gather(e, &g->own[id.index], order);
		for (size_t k = 0; k < order->count; k++)
			put_varint(out, tokens[k]);
		put_line(e, id, CODEC_KEYED, out->len - before);
		put_raw(e, id, raws++);
	}
}

/* First raw buffer of each group; returns how many there are. */
static size_t number_raws(const struct rows *r, size_t *first)
{
	size_t count = 0;

	for (size_t i = 0; i < r->group_cap; i++) {
		first[i] = count;
		if (r->groups[i] && r->groups[i]->count)
			count += count_keyed(r->groups[i]->schema);
	}
	return count;
}

static bool put_all_keyed(struct data_encoder *e, const struct rows *r)
{
	size_t *first = calloc(r->group_cap ? r->group_cap : 1, sizeof(*first)), count;
	void *raws = e->raws;

	if (!first)
		return false;
	count = number_raws(r, first);
	if (!array_grow(&raws, &e->raw_cap, count, sizeof(*e->raws))) {
		free(first);
		return false;
	}
	e->raws = raws;
	for (size_t i = 0; i < count; i++)
		buf_clear(&e->raws[i]);
	keyed_reset(e->keyed);
	for (size_t i = 0; i < r->count && count > 0; i++) {
		size_t group = (size_t)e->schema[i] - 1;

		code_row(e, r->groups[group], (uint32_t)r->local.values[e->order[i]],
			 e->raws + first[group]);
	}
	for (size_t i = 0; i < r->group_cap && count > 0; i++)
		if (r->groups[i] && r->groups[i]->count)
			put_keyed(e, r->groups[i], &e->groups[i], e->raws + first[i]);
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
	return body_pad(body, rows->count, rows->cells, err);
}

int data_encoder_run(struct data_encoder *e, struct rows *rows, struct packer *p, struct body *body,
		     struct error *err)
{
	for (unsigned i = 0; i < PART_COUNT; i++)
		buf_clear(&e->parts[i]);
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
