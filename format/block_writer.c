/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* block_writer.c -- blocks to a sink (docs/FORMAT.md sections 3 and 9). */
#include "format/block_writer.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { TRAILER_LEN = 16 };

struct block_writer {
	struct sink *sink;
	struct packer *packer;
	struct body body;
	struct buf block; /* scratch */
	struct index index;
	uint64_t salt, seq, start_bytes;
};

int block_writer_new(struct sink *sink, uint64_t salt, int zstd_level, struct block_writer **out,
		     struct error *err)
{
	struct block_writer *b = calloc(1, sizeof(*b));

	if (!b)
		return error_nomem(err);
	b->sink = sink;
	b->salt = salt;
	b->start_bytes = sink_bytes(sink);
	b->packer = packer_new(zstd_level);
	if (!b->packer) {
		block_writer_free(b);
		return error_nomem(err);
	}
	*out = b;
	return 0;
}

void block_writer_free(struct block_writer *b)
{
	if (!b)
		return;
	packer_free(b->packer);
	body_release(&b->body);
	buf_release(&b->block);
	index_release(&b->index);
	free(b);
}

struct packer *block_writer_packer(struct block_writer *b)
{
	return b->packer;
}

struct body *block_writer_body(struct block_writer *b)
{
	body_clear(&b->body);
	return &b->body;
}

int block_writer_put(struct block_writer *b, struct block_header *h, struct error *err)
{
	uint8_t header[BLOCK_HEADER_LEN];
	uint64_t offset = block_writer_bytes(b);
	const struct body *body = &b->body;

	if (body->table.is_failed || body->stored.is_failed)
		return error_nomem(err);
	h->header_len = BLOCK_HEADER_LEN;
	h->body_len = (uint32_t)body_len(body);
	h->raw_len = body->raw_len;
	h->part_count = body->count;
	h->salt = b->salt;
	h->seq = b->seq;
	h->table_crc = (uint32_t)crc32(0, body->table.data, (uInt)body->table.len);
	block_header_encode(h, header);
	buf_clear(&b->block);
	put_bytes(&b->block, header, sizeof(header));
	put_bytes(&b->block, body->table.data, body->table.len);
	put_bytes(&b->block, body->stored.data, body->stored.len);
	if (b->block.is_failed)
		return error_nomem(err);
	TRY(sink_write(b->sink, b->block.data, b->block.len, err));
	b->seq++;
	index_add(&b->index, offset, h);
	return 0;
}

/* Losses and clocks are few bytes, and no names. */
static enum packer_effort effort_of(enum block_type type)
{
	return type == BLOCK_LOSS || type == BLOCK_CLOCK ? EFFORT_MOST : EFFORT_NAMES;
}

int block_writer_put_raw(struct block_writer *b, struct block_header *h, const struct buf *raw,
			 struct error *err)
{
	struct body *body = block_writer_body(b);

	if (raw->is_failed)
		return error_nomem(err);
	TRY(packer_add_with(b->packer, effort_of(h->type), 0, view_of(raw->data, raw->len), body,
			    err));
	TRY(body_pad(body, h->rows, 0, err));
	return block_writer_put(b, h, err);
}

/* The last 16 bytes of a section: its length, the END block's length, "DNE!". */
static int put_trailer(struct block_writer *b, struct error *err)
{
	struct buf raw = {0};
	size_t block = BLOCK_HEADER_LEN + body_len(&b->body) + PART_ENTRY_LEN + TRAILER_LEN;
	int rc;

	put_u64(&raw, block_writer_bytes(b) + block);
	put_u32(&raw, (uint32_t)block);
	put_bytes(&raw, "DNE!", 4);
	rc = raw.is_failed ? error_nomem(err)
			   : packer_add_raw(1, view_of(raw.data, raw.len), &b->body, err);
	buf_release(&raw);
	return rc;
}

int block_writer_end(struct block_writer *b, struct block_header *h, const struct buf *totals,
		     struct error *err)
{
	struct body *body = block_writer_body(b);
	struct buf raw = {0};
	int rc;

	put_bytes(&raw, totals->data, totals->len);
	index_encode(&b->index, &raw);
	if (raw.len > BLOCK_MAX_RAW - 2 * TRAILER_LEN) { /* too long: a tape without an index */
		raw.len = totals->len;
		put_varint(&raw, 0);
	}
	rc = raw.is_failed || totals->is_failed
		     ? error_nomem(err)
		     : packer_add_with(b->packer, EFFORT_NAMES, 0, view_of(raw.data, raw.len), body,
				       err);
	buf_release(&raw);
	if (rc)
		return rc;
	TRY(body_pad(body, h->rows, 0, err));
	TRY(put_trailer(b, err));
	return block_writer_put(b, h, err);
}

uint64_t block_writer_count(const struct block_writer *b)
{
	return b->seq;
}

uint64_t block_writer_bytes(const struct block_writer *b)
{
	return sink_bytes(b->sink) - b->start_bytes;
}
