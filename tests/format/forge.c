/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* forge.c -- hand-made pieces of a tape. */
#include "tests/format/forge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "format/column.h"
#include "format/rows.h"

static void require(bool is_ok, const char *what)
{
	if (is_ok)
		return;
	fprintf(stderr, "forge: %s\n", what);
	abort();
}

uint8_t *forge_exact(const void *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	require(copy != NULL, "no memory");
	if (len)
		memcpy(copy, data, len);
	return copy;
}

void forge_record(struct buf *out, unsigned count, uint64_t value)
{
	struct buf record = {0};

	for (unsigned i = 0; i < count; i++)
		put_varint(&record, value);
	put_record(out, &record);
	require(!out->is_failed, "no memory");
	buf_release(&record);
}

struct field forge_field(const char *name, enum field_kind kind, unsigned elem_size, unsigned count)
{
	return (struct field){.name = (char *)name,
			      .type = (char *)"type",
			      .kind = (uint8_t)kind,
			      .elem_size = (uint8_t)elem_size,
			      .count = (uint16_t)count};
}

void forge_add(struct schema *s, struct field f)
{
	struct error err = {0};

	require(schema_add_field(s, &f, &err) >= 0, err.text);
}

void forge_part(struct body *body, uint8_t codec, uint8_t tag, uint32_t raw_len, struct view stored)
{
	put_u8(&body->table, codec);
	put_u8(&body->table, tag);
	put_u16(&body->table, 0);
	put_u32(&body->table, (uint32_t)view_len(stored));
	put_u32(&body->table, raw_len);
	put_u32(&body->table, (uint32_t)crc32(0, stored.p, (uInt)view_len(stored)));
	put_bytes(&body->stored, stored.p, view_len(stored));
	body->raw_len += raw_len;
	body->count++;
}

void forge_block(struct buf *tape, struct block_header h, const struct body *body)
{
	uint8_t header[BLOCK_HEADER_LEN];

	h.header_len = BLOCK_HEADER_LEN;
	h.body_len = (uint32_t)body_len(body);
	h.part_count = body->count;
	h.table_crc = (uint32_t)crc32(0, body->table.data, (uInt)body->table.len);
	block_header_encode(&h, header);
	put_bytes(tape, header, sizeof(header));
	put_bytes(tape, body->table.data, body->table.len);
	put_bytes(tape, body->stored.data, body->stored.len);
}

void forge_block_of(struct buf *tape, struct block_header h, const struct buf *raw)
{
	struct body body = {0};

	h.raw_len = (uint32_t)raw->len;
	require(packer_add_raw(0, view_of(raw->data, raw->len), &body, NULL) == 0, "packer");
	forge_block(tape, h, &body);
	body_release(&body);
}

void forge_section(struct buf *tape, uint64_t salt)
{
	struct buf raw = {0};

	put_u64(&raw, 0);
	put_u64(&raw, 0);
	forge_block_of(tape,
		       (struct block_header){.type = BLOCK_SECTION,
					     .flags = BLOCK_CRITICAL,
					     .salt = salt},
		       &raw);
	buf_release(&raw);
}

void forge_column(struct forged_data *d, uint32_t schema, unsigned what, unsigned index,
		  unsigned codec, unsigned part, uint64_t len)
{
	put_varint(&d->directory, schema);
	put_u8(&d->directory, (uint8_t)what);
	put_varint(&d->directory, index);
	put_u8(&d->directory, (uint8_t)codec);
	put_u8(&d->directory, (uint8_t)part);
	put_varint(&d->directory, len);
}

void forge_ints(struct forged_data *d, uint32_t schema, unsigned what, unsigned index,
		const uint64_t *values, size_t n)
{
	size_t before = d->hot.len;
	uint8_t codec = column_encode_ints(values, n, &d->hot);

	forge_column(d, schema, what, index, codec, FORGE_HOT, d->hot.len - before);
}

void forge_strings(struct forged_data *d, uint32_t schema, unsigned index,
		   const char *const *values, size_t n)
{
	struct view *views = calloc(n + 1, sizeof(*views));
	struct byte_table *table = byte_table_new();
	size_t before = d->rest.len;
	uint8_t codec;

	require(views && table, "no memory");
	for (size_t i = 0; i < n; i++)
		views[i] = view_of(values[i], strlen(values[i]));
	codec = column_encode_bytes(table, views, n, &d->rest);
	forge_column(d, schema, COLUMN_VALUE, index, codec, FORGE_REST, d->rest.len - before);
	byte_table_free(table);
	free(views);
}

void forge_data_body(const struct forged_data *d, struct body *body)
{
	static const uint8_t tags[] = {PART_DIRECTORY, PART_HOT, PART_VALUES};
	const struct buf *parts[] = {&d->directory, &d->hot, &d->rest};

	for (unsigned i = 0; i < 3; i++)
		require(packer_add_raw(tags[i], view_of(parts[i]->data, parts[i]->len), body,
				       NULL) == 0,
			"packer");
}

void forged_data_release(struct forged_data *d)
{
	buf_release(&d->directory);
	buf_release(&d->hot);
	buf_release(&d->rest);
}
