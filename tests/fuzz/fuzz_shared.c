// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// fuzz-sources: tests/format/forge.c
/*
 * fuzz_shared.c -- any bytes as the references of rows of three schemas, of which one is unknown:
 * u8 number of rows, each row's schema, then for each column u8 codec, u8 length, bytes. Together
 * they can be decoded or not, and what was decoded is encoded, decoded again and the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/batch_data.h"
#include "format/column.h"
#include "format/data_encoder.h"
#include "format/dict.h"
#include "tests/format/forge.h"

enum { REFS = 2, FIRST = 1, SECOND = 2, KNOWN = 3, OTHER = 4, UNKNOWN = 5, SCHEMAS = 3 };
enum { MOST_ROWS = 256, ANY_LEN = 255 };

struct desk {
	struct section section;
	struct dict_set *dicts;
	struct unpacker *unpacker;
	uint64_t schemas[MOST_ROWS];
	uint32_t rows;
};

static void check(bool is_kept)
{
	if (!is_kept)
		abort();
}

static void add_schema(struct desk *d, uint32_t id, uint32_t first, uint32_t second)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "g", "event", NULL);

	check(s != NULL);
	s->id = id;
	check(schema_add_ref(s, first, NULL) > 0 && schema_add_ref(s, second, NULL) > 0 &&
	      schema_seal(s, NULL) == 0 && section_add_schema(&d->section, s, NULL) == 0);
}

static void take_rows(struct desk *d, struct view *in)
{
	uint8_t count = 0, kind = 0;

	take_u8(in, &count);
	d->rows = 1u + count;
	for (uint32_t i = 0; i < d->rows; i++) {
		take_u8(in, &kind);
		d->schemas[i] = KNOWN + kind % SCHEMAS;
	}
}

static void put_hot(struct forged_data *f, const struct desk *d)
{
	uint64_t zeros[MOST_ROWS] = {0}, times[MOST_ROWS];

	for (uint32_t i = 0; i < d->rows; i++)
		times[i] = i;
	forge_ints(f, 0, COLUMN_VALUE, HOT_TS, times, d->rows);
	forge_ints(f, 0, COLUMN_VALUE, HOT_CPU, zeros, d->rows);
	forge_ints(f, 0, COLUMN_VALUE, HOT_SCHEMA, d->schemas, d->rows);
}

/* The last column has all bytes that are left. */
static void put_columns(struct forged_data *f, struct view *in)
{
	for (unsigned i = 0; i < SCHEMAS * REFS; i++) {
		uint8_t codec, len;
		struct view bytes;

		if (!take_u8(in, &codec) || !take_u8(in, &len))
			return;
		if (len == ANY_LEN || len > view_len(*in))
			bytes = view_of(in->p, view_len(*in));
		else
			bytes = view_of(in->p, len);
		in->p += view_len(bytes);
		put_bytes(&f->rest, bytes.p, view_len(bytes));
		forge_column(f, KNOWN + i / REFS, COLUMN_REF, i % REFS,
			     codec % 16 ? CODEC_SHARED : CODEC_VARINT, FORGE_REST, view_len(bytes));
	}
}

static struct batch *decode(struct desk *d, const struct body *body)
{
	struct block_header header = {.type = BLOCK_DATA,
				      .header_len = BLOCK_HEADER_LEN,
				      .rows = d->rows,
				      .max_ts = d->rows - 1,
				      .body_len = (uint32_t)body_len(body),
				      .raw_len = body->raw_len,
				      .part_count = body->count};
	struct data_block block = {.header = &header};
	struct batch *batch = NULL;
	struct buf bytes = {0};

	put_bytes(&bytes, body->table.data, body->table.len);
	put_bytes(&bytes, body->stored.data, body->stored.len);
	block.body = view_of(bytes.data, bytes.len);
	check(batch_decode(&d->section, d->dicts, &block, d->unpacker, &batch, NULL) == 0);
	buf_release(&bytes);
	return batch;
}

static const struct column *column_of(struct batch *b, const struct slot *s, unsigned ref)
{
	return batch_column(b, s->refs[ref], NULL, s->count);
}

/* Shared columns are all known or all unknown. */
static bool is_known(struct batch *b)
{
	bool all = true, any = false;

	for (size_t i = 0; i < b->slot_count; i++) {
		for (unsigned ref = 0; ref < REFS; ref++) {
			const struct slot *s = &b->slots[i];
			bool is_there = column_of(b, s, ref);

			if (s->refs[ref] == NO_COLUMN ||
			    b->columns[s->refs[ref]].codec != CODEC_SHARED)
				continue;
			all &= is_there;
			any |= is_there;
		}
	}
	check(all || !any);
	return all;
}

/* 0 for what is not known, and for what no writer has. */
static uint32_t id_at(struct batch *b, uint32_t row, unsigned ref)
{
	const struct column *c = column_of(b, &b->slots[batch_slot(b, row)], ref);
	uint32_t id = c ? column_id(c, batch_schema_row(b, row)) : 0;

	return id <= DICT_MAX_ENTRIES ? id : 0;
}

static struct rows *rows_of(struct desk *d, struct batch *b)
{
	const struct rows_extent full = {1 << 16, 1 << 20, 1 << 16, 1 << 20, 1 << 20, 1 << 26};
	struct rows *rows = rows_new(&full);

	check(rows != NULL);
	for (uint32_t i = 0; i < d->rows; i++) {
		uint32_t refs[] = {id_at(b, i, 0), id_at(b, i, 1)};
		const struct schema *s = section_schema(&d->section, (uint32_t)d->schemas[i]);
		struct row row = {.refs = refs, .ts_ns = i};

		s = s ? s : section_schema(&d->section, KNOWN);
		row.schema = s->id;
		check(rows_add(rows, s, &row, NULL) == 0);
	}
	return rows;
}

static void check_again(struct desk *d, struct batch *b)
{
	struct data_encoder *encoder = data_encoder_new();
	struct packer *packer = packer_new(1);
	struct rows *rows = rows_of(d, b);
	struct body body = {0};
	struct batch *again;

	check(encoder && packer);
	check(data_encoder_run(encoder, rows, NULL, packer, &body, NULL) == 0);
	again = decode(d, &body);
	check(batch_open_all(again) == 0);
	for (uint32_t i = 0; i < d->rows; i++)
		for (unsigned ref = 0; ref < REFS; ref++)
			check(id_at(again, i, ref) == id_at(b, i, ref));
	batch_free(again);
	body_release(&body);
	rows_free(rows);
	packer_free(packer);
	data_encoder_free(encoder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct desk d = {.dicts = dict_set_new(1), .unpacker = unpacker_new()};
	struct view in = view_of(data, size);
	struct forged_data forged = {0};
	struct body body = {0};
	struct batch *batch;

	check(d.dicts && d.unpacker);
	add_schema(&d, KNOWN, FIRST, SECOND);
	add_schema(&d, OTHER, SECOND, FIRST);
	take_rows(&d, &in);
	put_hot(&forged, &d);
	put_columns(&forged, &in);
	forge_data_body(&forged, &body);
	batch = decode(&d, &body);
	batch_open_all(batch);
	if (is_known(batch))
		check_again(&d, batch);
	batch_free(batch);
	body_release(&body);
	forged_data_release(&forged);
	unpacker_free(d.unpacker);
	dict_set_drop(d.dicts);
	section_release(&d.section);
	return 0;
}
