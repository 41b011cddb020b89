/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* batch.c -- decodes DATA blocks (docs/FORMAT.md section 7). */
#include "format/batch_data.h"

#include <string.h>

#include "format/column.h"
#include "format/paced_column.h"

void batch_free(struct batch *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->column_count; i++)
		buf_release(&b->columns[i].scratch);
	dict_set_drop(b->dicts);
	unpacker_return(b->unpacker, b->slab);
}

uint32_t batch_rows(const struct batch *b)
{
	return b->rows;
}

uint64_t batch_ts(const struct batch *b, uint32_t row)
{
	return b->ts[b->order ? b->order[row] : row];
}

static int take_parts(struct batch *b, const struct data_block *block, struct error *err)
{
	const struct block_header *h = block->header;
	size_t len = view_len(block->body);

	b->source = block->source;
	b->parts_at = block->offset + h->header_len;
	b->part_count = h->part_count;
	b->stored = slab_alloc(b->slab, len, 1);
	if (!b->stored)
		return error_nomem(err);
	if (len)
		memcpy(b->stored, block->body.p, len);
	return parts_decode(view_of(b->stored, len), h, b->parts, err);
}

static int part_unpack(struct batch *b, unsigned i, struct error *err)
{
	struct part part = b->parts[i];

	TRY(part_read(&part, b->source, b->parts_at, err));
	b->raw[i] = slab_alloc(b->slab, part.raw_len, 1);
	if (!b->raw[i])
		return error_nomem(err);
	return unpacker_run(b->unpacker, &part, b->raw[i], err);
}

/* Decompress part `i` unless done. */
static int part_open(struct batch *b, unsigned i, struct error *err)
{
	int rc;

	if (b->is_bad_part[i])
		return error_set(err, ERR_CORRUPT, "part %u of a block is damaged", i);
	if (b->raw[i])
		return 0;
	rc = part_unpack(b, i, err);
	if (rc == ERR_NOMEM)
		unpacker_starve(b->unpacker);
	if (rc) {
		b->raw[i] = NULL;
		b->is_bad_part[i] = true;
		/* What lay in the body was checked before; a newer writer's codec is no damage. */
		b->is_damaged |= rc != ERR_UNSUPPORTED && rc != ERR_NOMEM &&
				 view_len(b->parts[i].stored) < b->parts[i].stored_len;
	}
	return rc;
}

bool batch_is_damaged(const struct batch *b)
{
	return b->is_damaged;
}

static int bad_directory(struct error *err)
{
	return error_set(err, ERR_CORRUPT, "a block's column directory is damaged");
}

static bool take_column(struct view *in, struct column *c, uint64_t *len)
{
	uint64_t schema, index;

	if (!take_varint(in, &schema) || !take_u8(in, &c->what) || !take_varint(in, &index) ||
	    !take_u8(in, &c->codec) || !take_u8(in, &c->part) || !take_varint(in, len))
		return false;
	if (schema > SCHEMA_MAX || index > SCHEMA_MAX_FIELDS)
		return false;
	c->schema = (uint32_t)schema;
	c->index = (uint32_t)index;
	return true;
}

/* A column's bytes follow those of the column before it in the same part. */
static int take_columns(struct batch *b, struct view in, struct error *err)
{
	uint64_t used[BLOCK_MAX_PARTS] = {0}, len;
	void *columns = NULL;
	size_t cap = 0;

	while (view_len(in) > 0) {
		struct column c = {0};

		if (b->column_count >= ROWS_MAX_COLUMNS || !take_column(&in, &c, &len) ||
		    c.part >= b->part_count || len > b->parts[c.part].raw_len - used[c.part])
			return bad_directory(err);
		c.offset = (uint32_t)used[c.part];
		c.len = (uint32_t)len;
		used[c.part] += len;
		if (!slab_grow(b->slab, &columns, &cap, b->column_count + 1, sizeof(c)))
			return error_nomem(err);
		b->columns = columns;
		b->columns[b->column_count++] = c;
	}
	return 0;
}

/* Of columns that are listed twice the last counts, here as for others. */
static struct column *find_hot(struct batch *b, enum column_what what, unsigned index)
{
	for (size_t i = b->column_count; i-- > 0;)
		if (b->columns[i].schema == 0 && b->columns[i].what == what &&
		    b->columns[i].index == index)
			return &b->columns[i];
	return NULL;
}

/* Bytes of a column in its part, decompressed. */
int batch_column_bytes(struct batch *b, const struct column *c, struct view *out, struct error *err)
{
	TRY(part_open(b, c->part, err));
	*out = view_of(b->raw[c->part] + c->offset, c->len);
	return 0;
}

static int hot_bytes(struct batch *b, enum column_what what, enum hot_column which,
		     const struct column **out, struct view *bytes, struct error *err)
{
	*out = find_hot(b, what, which);
	return *out ? batch_column_bytes(b, *out, bytes, err) : bad_directory(err);
}

static int decode_cpus(struct batch *b, struct error *err)
{
	const struct column *c;
	struct view bytes;
	uint32_t values;

	TRY(hot_bytes(b, COLUMN_VALUE, HOT_CPU, &c, &bytes, err));
	b->cpu_mask = c->codec == CODEC_CONST ? 0 : UINT32_MAX;
	values = c->codec == CODEC_CONST && b->rows ? 1 : b->rows;
	b->cpu = slab_alloc(b->slab, values, sizeof(*b->cpu));
	if (!b->cpu)
		return error_nomem(err);
	TRY(column_decode_ints(c->codec, bytes, values, b->cpu, err));
	TRY(lanes_find(b->cpu, values, b->slab, &b->lanes, err));
	b->lanes.starts[b->lanes.count] = b->rows;
	return 0;
}

static int decode_schemas(struct batch *b, uint32_t **out, struct error *err)
{
	const struct column *c;
	struct view bytes;

	TRY(hot_bytes(b, COLUMN_VALUE, HOT_SCHEMA, &c, &bytes, err));
	*out = slab_alloc(b->slab, b->rows, sizeof(**out));
	if (!*out)
		return error_nomem(err);
	return column_decode_ids(c->codec, bytes, b->rows, *out, err);
}

/* Times rest on the other two hot columns. */
static int decode_times(struct batch *b, uint64_t base, const uint32_t *schemas, struct error *err)
{
	struct time_lanes rows = {&b->lanes, base, schemas};
	const struct column *c, *raw;
	struct view symbols, low;

	TRY(hot_bytes(b, COLUMN_VALUE, HOT_TS, &c, &symbols, err));
	b->ts = slab_alloc(b->slab, b->rows, sizeof(*b->ts));
	if (!b->ts)
		return error_nomem(err);
	if (c->codec != CODEC_TIME && c->codec != CODEC_PACED)
		return column_decode_ints(c->codec, symbols, b->rows, b->ts, err);
	TRY(hot_bytes(b, COLUMN_RAW, HOT_TS, &raw, &low, err));
	return c->codec == CODEC_PACED ? paced_decode(&rows, symbols, low, b->ts, err)
				       : times_decode(&rows, symbols, low, b->ts, err);
}

static int check_span(const struct batch *b, const struct block_header *h, struct error *err)
{
	if (b->rows && (batch_ts(b, 0) != h->min_ts || batch_ts(b, b->rows - 1) != h->max_ts ||
			h->max_ts == UINT64_MAX))
		return error_set(err, ERR_CORRUPT, "a block's times differ from its header");
	return 0;
}

static int slot_add(struct batch *b, size_t *cap, uint32_t id, struct error *err)
{
	void *slots = b->slots;

	if (!slab_grow(b->slab, &slots, cap, b->slot_count + 1, sizeof(*b->slots)))
		return error_nomem(err);
	b->slots = slots;
	b->slots[b->slot_count++].id = id;
	return 0;
}

/* Number the rows of each schema: the next one's place is known. */
static int number_rows(struct batch *b, const uint32_t *schemas, struct error *err)
{
	uint32_t *next = slab_alloc(b->slab, SCHEMA_MAX + 1, sizeof(*next));
	uint32_t *places = slab_alloc(b->slab, b->rows, sizeof(*places)), rows = b->rows;
	size_t cap = 0;

	if (!next || !places)
		return error_nomem(err);
	memset(next, 0xff, (SCHEMA_MAX + 1) * sizeof(*next));
	b->next_place = next;
	b->places = places;
	for (uint32_t i = 0; i < rows; i++) {
		uint32_t id = schemas[i];

		if (id - 1 >= SCHEMA_MAX)
			return error_set(err, ERR_CORRUPT, "row %u has no schema", i);
		if (next[id] == NO_PLACE) {
			next[id] = (uint32_t)b->slot_count << PLACE_ROW_BITS;
			TRY(slot_add(b, &cap, id, err));
		}
		places[i] = next[id]++;
	}
	for (size_t i = 0; i < b->slot_count; i++)
		b->slots[i].count = next[b->slots[i].id] - (uint32_t)(i << PLACE_ROW_BITS);
	return 0;
}

static int slot_bind(struct slab *slab, struct slot *s, const struct section *section,
		     struct error *err)
{
	const struct schema *schema = section_schema(section, s->id);
	size_t own;

	memset(s->refs, 0xff, sizeof(s->refs));
	if (!schema || schema->kind != SCHEMA_EVENT)
		return 0;
	own = schema->own_count ? schema->own_count : 1;
	s->schema = schema;
	s->readers = slab_zalloc(slab, schema->field_count, sizeof(*s->readers));
	s->own = slab_alloc(slab, own, sizeof(*s->own));
	s->presence = slab_alloc(slab, own, sizeof(*s->presence));
	s->raw = slab_alloc(slab, own, sizeof(*s->raw));
	if (!s->readers || !s->own || !s->presence || !s->raw)
		return error_nomem(err);
	memset(s->own, 0xff, own * sizeof(*s->own));
	memset(s->presence, 0xff, own * sizeof(*s->presence));
	memset(s->raw, 0xff, own * sizeof(*s->raw));
	return 0;
}

static struct slot *slot_find(struct batch *b, uint32_t id)
{
	uint32_t next = b->next_place[id];

	return next == NO_PLACE ? NULL : &b->slots[(next - 1) >> PLACE_ROW_BITS];
}

static void slot_set_column(struct slot *s, const struct column *c, uint32_t number)
{
	if (c->what == COLUMN_REF && c->index < SCHEMA_MAX_REFS)
		s->refs[c->index] = number;
	else if (!s->schema)
		return;
	else if (c->what == COLUMN_VALUE && c->index < s->schema->own_count)
		s->own[c->index] = number;
	else if (c->what == COLUMN_PRESENCE && c->index < s->schema->own_count)
		s->presence[c->index] = number;
	else if (c->what == COLUMN_RAW && c->index < s->schema->own_count)
		s->raw[c->index] = number;
}

/* What each row costs whoever looks at its fields, missing ones too. */
static int check_width(const struct batch *b, const struct section *section,
		       const struct block_header *h, struct error *err)
{
	uint64_t width = 0, limit = (uint64_t)h->body_len * BLOCK_WIDTH_PER_BYTE;

	for (size_t i = 0; i < b->slot_count; i++) {
		const struct schema *s = section_schema(section, b->slots[i].id);

		if (s && s->kind == SCHEMA_EVENT)
			width += (uint64_t)s->width * b->slots[i].count;
	}
	if (width > limit)
		return error_set(err, ERR_CORRUPT, "a block of rows of %llu fields, limit is %llu",
				 (unsigned long long)width, (unsigned long long)limit);
	return 0;
}

/* Tie columns to slots; the cells they would decode to are bounded before any is. */
static int bind_columns(struct batch *b, const struct section *section,
			const struct block_header *h, struct error *err)
{
	uint64_t cells = 3 * (uint64_t)b->rows;
	uint64_t limit = (uint64_t)h->body_len * BLOCK_WORK_PER_BYTE;

	if (limit > ROWS_MAX_CELLS)
		limit = ROWS_MAX_CELLS;

	for (size_t i = 0; i < b->slot_count; i++) {
		TRY(slot_bind(b->slab, &b->slots[i], section, err));
		if (!b->slots[i].schema) /* its references may be shared */
			b->most_bytes += b->slots[i].count * SCHEMA_MAX_REFS * sizeof(uint32_t);
	}
	for (size_t i = 0; i < b->column_count; i++) {
		struct slot *s = slot_find(b, b->columns[i].schema);

		if (!s)
			continue;
		slot_set_column(s, &b->columns[i], (uint32_t)i);
		cells += s->schema ? s->count : 0;
	}
	if (cells > limit)
		return error_set(err, ERR_CORRUPT, "a block of %llu values, limit is %llu",
				 (unsigned long long)cells, (unsigned long long)limit);
	b->most_bytes += (size_t)cells * sizeof(struct view);
	b->next_place = NULL;
	return 0;
}

static int decode(struct batch *b, const struct section *section, const struct data_block *block,
		  struct error *err)
{
	const struct block_header *h = block->header;
	uint32_t *schemas;

	TRY(take_parts(b, block, err));
	if (b->part_count == 0)
		return bad_directory(err);
	TRY(part_open(b, PART_DIRECTORY, err));
	TRY(take_columns(b, view_of(b->raw[0], b->parts[0].raw_len), err));
	b->rows = h->rows;
	b->body_len = h->body_len;
	b->most_bytes = h->body_len + 2 * (size_t)h->raw_len + /* parts and scratch */
			b->column_count * sizeof(*b->columns);
	TRY(decode_cpus(b, err));
	TRY(decode_schemas(b, &schemas, err));
	TRY(decode_times(b, h->min_ts, schemas, err));
	TRY(lanes_merge(&b->lanes, b->ts, b->slab, &b->order, err));
	TRY(check_span(b, h, err));
	TRY(number_rows(b, schemas, err));
	TRY(check_width(b, section, h, err));
	return bind_columns(b, section, h, err);
}

int batch_decode(const struct section *section, struct dict_set *dicts,
		 const struct data_block *block, struct unpacker *unpacker, struct batch **out,
		 struct error *err)
{
	struct slab *slab = unpacker_slab(unpacker);
	struct batch *b = slab ? slab_zalloc(slab, 1, sizeof(*b)) : NULL;
	int rc;

	if (!b) {
		unpacker_return(unpacker, slab);
		return error_nomem(err);
	}
	b->slab = slab;
	b->dicts = dict_set_hold(dicts);
	b->epoch = dict_set_epoch(dicts);
	b->unpacker = unpacker;
	rc = decode(b, section, block, err);
	if (rc) {
		batch_free(b);
		return rc == ERR_UNSUPPORTED ? ERR_CORRUPT : rc;
	}
	*out = b;
	return 0;
}

size_t batch_bytes(const struct batch *b)
{
	return b->most_bytes;
}

const struct dict_set *batch_dicts(const struct batch *b)
{
	return b->dicts;
}

bool batch_event(struct batch *b, uint32_t row, struct event *out)
{
	return batch_row_event(b, row, out);
}
