/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* block.c -- block headers (docs/FORMAT.md section 3.1). */
#include "format/block.h"

#include <string.h>
#include <zlib.h>

#include "format/part.h"

static uint32_t header_crc(const uint8_t *header)
{
	return (uint32_t)crc32(0, header, 92);
}

void block_header_encode(const struct block_header *h, uint8_t out[BLOCK_HEADER_LEN])
{
	memset(out, 0, BLOCK_HEADER_LEN);
	memcpy(out, BLOCK_MAGIC, BLOCK_MAGIC_LEN);
	out[8] = h->type;
	out[9] = h->flags;
	store_le(out + 10, 2, h->header_len);
	store_le(out + 12, 4, h->body_len);
	store_le(out + 16, 4, h->raw_len);
	store_le(out + 20, 4, h->rows);
	store_le(out + 24, 8, h->salt);
	store_le(out + 32, 8, h->seq);
	store_le(out + 40, 8, h->min_ts);
	store_le(out + 48, 8, h->max_ts);
	store_le(out + 56, 8, h->watermark);
	store_le(out + 64, 8, h->lost);
	store_le(out + 72, 8, h->schema_bits);
	store_le(out + 80, 4, h->epoch);
	store_le(out + 84, 4, h->table_crc);
	out[88] = h->part_count;
	store_le(out + 92, 4, header_crc(out));
}

static int check_magic(const uint8_t *p, struct error *err)
{
	if (memcmp(p, BLOCK_MAGIC, BLOCK_MAGIC_LEN) == 0)
		return 0;
	if (memcmp(p, BLOCK_MAGIC, 5) == 0 && p[5] >= '0' && p[5] <= '9' && p[6] == '\r' &&
	    p[7] == '\n')
		return error_set(err, ERR_UNSUPPORTED,
				 p[5] == '0' ? "a tape of draft 0, which no release wrote: "
					       "record it anew"
					     : "tape format %c; this program reads format %c: use "
					       "a newer tcptape",
				 p[5], BLOCK_MAGIC[5]);
	return error_set(err, ERR_NOT_A_TAPE, "no tape block begins here");
}

static int check_limits(const struct block_header *h, struct error *err)
{
	if (h->header_len < BLOCK_HEADER_LEN || h->header_len > BLOCK_HEADER_MAX)
		return error_set(err, ERR_CORRUPT, "block header of %u bytes, limit is %d",
				 h->header_len, BLOCK_HEADER_MAX);
	if (h->body_len > BLOCK_MAX_BODY)
		return error_set(err, ERR_CORRUPT, "block of %u bytes, limit is %d", h->body_len,
				 BLOCK_MAX_BODY);
	if (h->raw_len > BLOCK_MAX_RAW)
		return error_set(err, ERR_CORRUPT, "block of %u decompressed bytes, limit is %d",
				 h->raw_len, BLOCK_MAX_RAW);
	if (h->rows > BLOCK_MAX_ROWS)
		return error_set(err, ERR_CORRUPT, "block of %u rows, limit is %d", h->rows,
				 BLOCK_MAX_ROWS);
	if (h->part_count > BLOCK_MAX_PARTS || h->part_count * PART_ENTRY_LEN > h->body_len)
		return error_set(err, ERR_CORRUPT, "block of %u parts in %u bytes, limit is %d",
				 h->part_count, h->body_len, BLOCK_MAX_PARTS);
	if (h->raw_len > (uint64_t)h->body_len * BLOCK_WORK_PER_BYTE ||
	    h->rows > (uint64_t)h->body_len * BLOCK_ROWS_PER_BYTE)
		return error_set(err, ERR_CORRUPT, "block of %u rows, %u bytes, from only %u",
				 h->rows, h->raw_len, h->body_len);
	return 0;
}

int block_header_decode(struct view in, struct block_header *out, struct error *err)
{
	const uint8_t *p = in.p;
	struct block_header h;

	if (view_len(in) < BLOCK_HEADER_LEN)
		return error_set(err, ERR_TRUNCATED, "the tape ends inside a block header");
	TRY(check_magic(p, err));
	h.type = p[8];
	h.flags = p[9];
	h.header_len = (uint16_t)load_le(p + 10, 2);
	h.body_len = (uint32_t)load_le(p + 12, 4);
	h.raw_len = (uint32_t)load_le(p + 16, 4);
	h.rows = (uint32_t)load_le(p + 20, 4);
	h.salt = load_le(p + 24, 8);
	h.seq = load_le(p + 32, 8);
	h.min_ts = load_le(p + 40, 8);
	h.max_ts = load_le(p + 48, 8);
	h.watermark = load_le(p + 56, 8);
	h.lost = load_le(p + 64, 8);
	h.schema_bits = load_le(p + 72, 8);
	h.epoch = (uint32_t)load_le(p + 80, 4);
	h.table_crc = (uint32_t)load_le(p + 84, 4);
	h.part_count = p[88];
#ifndef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
	if (load_le(p + 92, 4) != header_crc(p))
		return error_set(err, ERR_CORRUPT, "block header checksum does not match");
#endif
	TRY(check_limits(&h, err));
	*out = h;
	return 0;
}

bool block_type_is_known(uint8_t type)
{
	return type >= BLOCK_SECTION && type <= BLOCK_END;
}

const char *block_type_name(uint8_t type)
{
	static const char *const names[] = {
		[BLOCK_SECTION] = "SECTION", [BLOCK_SCHEMA] = "SCHEMA", [BLOCK_DICT] = "DICT",
		[BLOCK_DATA] = "DATA",       [BLOCK_LOSS] = "LOSS",     [BLOCK_CLOCK] = "CLOCK",
		[BLOCK_FACTS] = "FACTS",     [BLOCK_END] = "END",
	};

	return block_type_is_known(type) ? names[type] : "unknown";
}
