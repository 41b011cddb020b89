/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* block.c -- block headers and compressed parts (docs/FORMAT.md section 3). */
#include "format/block.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum { CODEC_RAW = 0, CODEC_ZSTD = 1, ZSTD_DEFAULT_LEVEL = 3, WINDOW_LOG_MAX = 24 };

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
	store_le(out + 84, 4, h->body_crc);
	store_le(out + 92, 4, header_crc(out));
}

static int check_magic(const uint8_t *p, struct error *err)
{
	if (memcmp(p, BLOCK_MAGIC, BLOCK_MAGIC_LEN) == 0)
		return 0;
	if (memcmp(p, BLOCK_MAGIC, 5) == 0 && p[5] >= '0' && p[5] <= '9' && p[6] == '\r' &&
	    p[7] == '\n')
		return error_set(
			err, ERR_UNSUPPORTED,
			"tape format %c; this program reads format %c: use a newer tcptape", p[5],
			BLOCK_MAGIC[5]);
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
	h.body_crc = (uint32_t)load_le(p + 84, 4);
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

struct packer {
	ZSTD_CCtx *zstd;
	int level;
};

struct packer *packer_new(int zstd_level)
{
	struct packer *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->level = zstd_level ? zstd_level : ZSTD_DEFAULT_LEVEL;
	p->zstd = ZSTD_createCCtx();
	if (!p->zstd) {
		free(p);
		return NULL;
	}
	ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_compressionLevel, p->level);
	ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_checksumFlag, 1);
	return p;
}

void packer_free(struct packer *p)
{
	if (!p)
		return;
	ZSTD_freeCCtx(p->zstd);
	free(p);
}

static void put_part_header(struct buf *body, uint8_t codec, uint8_t tag, size_t stored, size_t raw)
{
	put_u8(body, codec);
	put_u8(body, tag);
	put_u16(body, 0);
	put_u32(body, (uint32_t)stored);
	put_u32(body, (uint32_t)raw);
}

int packer_add_raw(uint8_t tag, struct view raw, struct buf *body, struct error *err)
{
	put_part_header(body, CODEC_RAW, tag, view_len(raw), view_len(raw));
	put_bytes(body, raw.p, view_len(raw));
	return body->is_failed ? error_nomem(err) : 0;
}

int packer_add(struct packer *p, uint8_t tag, struct view raw, struct buf *body, struct error *err)
{
	size_t raw_len = view_len(raw), at = body->len, bound = ZSTD_compressBound(raw_len), n;

	if (raw_len > BLOCK_MAX_RAW)
		return error_set(err, ERR_CORRUPT, "a part of %zu bytes, limit is %d", raw_len,
				 BLOCK_MAX_RAW);
	if (!buf_reserve(body, PART_HEADER_LEN + bound))
		return error_nomem(err);
	n = ZSTD_compress2(p->zstd, body->data + at + PART_HEADER_LEN, bound, raw.p, raw_len);
	if (ZSTD_isError(n))
		return error_set(err, ERR_NOMEM, "zstd: %s", ZSTD_getErrorName(n));
	if (n >= raw_len)
		return packer_add_raw(tag, raw, body, err);
	put_part_header(body, CODEC_ZSTD, tag, n, raw_len);
	body->len += n;
	return 0;
}

static int part_take(struct view *in, struct part *out, struct error *err)
{
	uint32_t stored;
	uint16_t reserved;

	if (!take_u8(in, &out->codec) || !take_u8(in, &out->tag) || !take_u16(in, &reserved) ||
	    !take_u32(in, &stored) || !take_u32(in, &out->raw_len) ||
	    !take_bytes(in, stored, &out->stored))
		return error_set(err, ERR_CORRUPT, "a part of the block is cut short");
	if (reserved)
		return error_set(err, ERR_UNSUPPORTED, "a part of the block has unknown flags %u",
				 reserved);
	return 0;
}

int parts_decode(struct view body, uint32_t raw_len, struct part parts[BLOCK_MAX_PARTS],
		 unsigned *count, struct error *err)
{
	uint64_t sum = 0;
	unsigned n = 0;

	while (view_len(body) > 0) {
		if (n == BLOCK_MAX_PARTS)
			return error_set(err, ERR_CORRUPT, "a block of more than %d parts",
					 BLOCK_MAX_PARTS);
		TRY(part_take(&body, &parts[n], err));
		sum += parts[n++].raw_len;
	}
	if (sum != raw_len || sum > BLOCK_MAX_RAW)
		return error_set(err, ERR_CORRUPT, "parts of %llu bytes in a block of %u",
				 (unsigned long long)sum, raw_len);
	*count = n;
	return 0;
}

struct unpacker {
	ZSTD_DCtx *zstd;
};

struct unpacker *unpacker_new(void)
{
	struct unpacker *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->zstd = ZSTD_createDCtx();
	if (!u->zstd) {
		free(u);
		return NULL;
	}
	ZSTD_DCtx_setParameter(u->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
	return u;
}

void unpacker_free(struct unpacker *u)
{
	if (!u)
		return;
	ZSTD_freeDCtx(u->zstd);
	free(u);
}

int unpacker_run(struct unpacker *u, const struct part *part, uint8_t *out, struct error *err)
{
	size_t stored = view_len(part->stored), n;

	if (part->codec == CODEC_RAW) {
		if (stored != part->raw_len)
			return error_set(err, ERR_CORRUPT, "a raw part of %zu bytes says %u",
					 stored, part->raw_len);
		if (stored)
			memcpy(out, part->stored.p, stored);
		return 0;
	}
	if (part->codec != CODEC_ZSTD)
		return error_set(err, ERR_UNSUPPORTED, "a part has unknown codec %u", part->codec);
	n = ZSTD_decompressDCtx(u->zstd, out, part->raw_len, part->stored.p, stored);
	if (ZSTD_isError(n))
		return error_set(err, ERR_CORRUPT, "zstd: %s", ZSTD_getErrorName(n));
	if (n != part->raw_len)
		return error_set(err, ERR_CORRUPT, "a part of %zu bytes says %u", n, part->raw_len);
	return 0;
}
