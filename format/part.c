/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* part.c -- tables of parts, their checksums and compression (docs/FORMAT.md section 3.2). */
#include "format/part.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "format/preset.h"

enum {
	CODEC_RAW = 0,
	CODEC_ZSTD = 1,
	CODEC_PRESET = 2,
	CODEC_NEWER = 255, /* ours: flags that this program does not know */
	ZSTD_DEFAULT_LEVEL = 3,
	WINDOW_MAX = 1 << 24,
};

void body_release(struct body *b)
{
	buf_release(&b->table);
	buf_release(&b->stored);
}

void body_clear(struct body *b)
{
	buf_clear(&b->table);
	buf_clear(&b->stored);
	b->raw_len = 0;
	b->count = 0;
}

/* The stored bytes of the new part are at the end of b->stored. */
static int add_entry(struct body *b, uint8_t codec, uint8_t tag, size_t stored, size_t raw,
		     struct error *err)
{
	uLong crc;

	if (b->stored.is_failed)
		return error_nomem(err);
	if (b->count == BLOCK_MAX_PARTS || raw > BLOCK_MAX_RAW - b->raw_len)
		return error_set(err, ERR_CORRUPT, "part %u of a block has %zu bytes, limit is %d",
				 b->count, raw, BLOCK_MAX_RAW);
	put_u8(&b->table, codec);
	put_u8(&b->table, tag);
	put_u16(&b->table, 0);
	put_u32(&b->table, (uint32_t)stored);
	put_u32(&b->table, (uint32_t)raw);
	crc = stored ? crc32(0, b->stored.data + b->stored.len - stored, (uInt)stored) : 0;
	put_u32(&b->table, (uint32_t)crc);
	b->raw_len += (uint32_t)raw;
	b->count++;
	return b->table.is_failed ? error_nomem(err) : 0;
}

int body_pad(struct body *b, uint64_t rows, uint64_t values, struct error *err)
{
	static const uint8_t zeros[4096];
	uint64_t work = b->raw_len > values ? b->raw_len : values;
	uint64_t need = work / (BLOCK_WORK_PER_BYTE - 1) + 1; /* padding is raw bytes, too */
	size_t pad;

	if (need < rows / BLOCK_ROWS_PER_BYTE + 1)
		need = rows / BLOCK_ROWS_PER_BYTE + 1;
	if (body_len(b) >= need)
		return 0;
	pad = body_len(b) + PART_ENTRY_LEN < need ? (size_t)need - body_len(b) - PART_ENTRY_LEN : 0;
	for (size_t left = pad; left > 0; left -= left < sizeof(zeros) ? left : sizeof(zeros))
		put_bytes(&b->stored, zeros, left < sizeof(zeros) ? left : sizeof(zeros));
	return add_entry(b, CODEC_RAW, PART_TAG_PADDING, pad, pad, err);
}

struct packer {
	ZSTD_CCtx *zstd;
	uint8_t *preset; /* NULL until it is needed */
	int level;
	enum packer_haste haste;
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
	return p;
}

void packer_free(struct packer *p)
{
	if (!p)
		return;
	ZSTD_freeCCtx(p->zstd);
	free(p->preset);
	free(p);
}

int packer_add_raw(uint8_t tag, struct view raw, struct body *body, struct error *err)
{
	put_bytes(&body->stored, raw.p, view_len(raw));
	return add_entry(body, CODEC_RAW, tag, view_len(raw), view_len(raw), err);
}

void packer_hurry(struct packer *p, enum packer_haste haste)
{
	p->haste = haste;
}

/* Of noise only counts how often each byte is there: the least level spends neither time nor bytes on
 * repetitions by chance. In the greatest haste it is enough for values, too. */
static int level_of(const struct packer *p, enum packer_effort effort)
{
	static const int more[][EFFORTS] = {
		[HASTE_NONE] = {[EFFORT_USUAL] = 3,
				[EFFORT_MORE] = 4,
				[EFFORT_MOST] = 6,
				[EFFORT_NAMES] = 6},
		[HASTE_SOME] = {[EFFORT_MOST] = 1, [EFFORT_NAMES] = 1},
		[HASTE_GREAT] = {[EFFORT_MOST] = 1, [EFFORT_NAMES] = 1},
	};

	if (effort == EFFORT_LEAST || (effort == EFFORT_MORE && p->haste == HASTE_GREAT))
		return p->level > 1 ? 1 : p->level;
	return p->level + more[p->haste][effort];
}

/* What *preset keeps once it is needed; NULL without memory. */
static const uint8_t *kept_preset(uint8_t **preset)
{
	if (!*preset)
		*preset = preset_new();
	return *preset;
}

/* The next frame begins as if it went on from the preset. */
static int refer_to_preset(struct packer *p, struct error *err)
{
	if (!kept_preset(&p->preset) ||
	    ZSTD_isError(ZSTD_CCtx_refPrefix(p->zstd, p->preset, PRESET_BYTES)))
		return error_nomem(err);
	return 0;
}

int packer_add_with(struct packer *p, enum packer_effort effort, uint8_t tag, struct view raw,
		    struct body *body, struct error *err)
{
	size_t raw_len = view_len(raw), bound = ZSTD_compressBound(raw_len), n;
	uint8_t codec = effort == EFFORT_NAMES ? CODEC_PRESET : CODEC_ZSTD;

	if (raw_len > BLOCK_MAX_RAW)
		return error_set(err, ERR_CORRUPT, "a part of %zu bytes, limit is %d", raw_len,
				 BLOCK_MAX_RAW);
	if (!buf_reserve(&body->stored, bound))
		return error_nomem(err);
	ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_compressionLevel, level_of(p, effort));
	if (codec == CODEC_PRESET)
		TRY(refer_to_preset(p, err));
	n = ZSTD_compress2(p->zstd, body->stored.data + body->stored.len, bound, raw.p, raw_len);
	if (ZSTD_isError(n))
		return error_set(err, ERR_NOMEM, "zstd: %s", ZSTD_getErrorName(n));
	if (n >= raw_len)
		return packer_add_raw(tag, raw, body, err);
	body->stored.len += n;
	return add_entry(body, codec, tag, n, raw_len, err);
}

int packer_add(struct packer *p, uint8_t tag, struct view raw, struct body *body, struct error *err)
{
	return packer_add_with(p, EFFORT_USUAL, tag, raw, body, err);
}

static int part_take(struct view *table, struct part *out, struct error *err)
{
	uint16_t flags;

	if (!take_u8(table, &out->codec) || !take_u8(table, &out->tag) ||
	    !take_u16(table, &flags) || !take_u32(table, &out->stored_len) ||
	    !take_u32(table, &out->raw_len) || !take_u32(table, &out->crc))
		return error_set(err, ERR_CORRUPT, "a block's part table is cut short");
	if (flags)
		out->codec = CODEC_NEWER;
	return 0;
}

/* Where the parts are, by the table; *raw_sum is what they decompress to. */
static int place_parts(struct view table, unsigned count, uint32_t body_len, struct part *parts,
		       uint64_t *raw_sum, struct error *err)
{
	uint64_t at = (uint64_t)count * PART_ENTRY_LEN, raw = 0;

	for (unsigned i = 0; i < count; i++) {
		TRY(part_take(&table, &parts[i], err));
		parts[i].stored = view_of(NULL, 0);
		parts[i].offset = (uint32_t)at;
		at += parts[i].stored_len;
		raw += parts[i].raw_len;
		if (at > body_len)
			break;
	}
	if (at != body_len)
		return error_set(err, ERR_CORRUPT, "parts of %llu bytes in a body of %u",
				 (unsigned long long)at, body_len);
	*raw_sum = raw;
	return 0;
}

int parts_decode(struct view body, const struct block_header *h, struct part parts[BLOCK_MAX_PARTS],
		 struct error *err)
{
	size_t table_len = (size_t)h->part_count * PART_ENTRY_LEN;
	uint64_t raw = 0;

	if (h->part_count > BLOCK_MAX_PARTS || view_len(body) < table_len)
		return error_set(err, ERR_CORRUPT, "a block's part table is cut short");
	TRY(place_parts(view_of(body.p, table_len), h->part_count, h->body_len, parts, &raw, err));
	if (raw != h->raw_len || raw > BLOCK_MAX_RAW)
		return error_set(err, ERR_CORRUPT,
				 "parts of %llu decompressed bytes in a block of %u",
				 (unsigned long long)raw, h->raw_len);
	for (unsigned i = 0; i < h->part_count && view_len(body) == h->body_len; i++)
		parts[i].stored = view_of(body.p + parts[i].offset, parts[i].stored_len);
	return 0;
}

/* Fuzzers could not get past a checksum. */
static bool crc_matches(struct view bytes, uint32_t crc)
{
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
	(void)bytes;
	(void)crc;
	return true;
#else
	return crc32(0, bytes.p, (uInt)view_len(bytes)) == crc;
#endif
}

bool table_is_sound(const struct block_header *h, struct view head)
{
	return crc_matches(head, h->table_crc);
}

bool part_is_sound(const struct part *part)
{
	return crc_matches(part->stored, part->crc);
}

int part_read(struct part *part, struct source *source, uint64_t base, struct error *err)
{
	if (view_len(part->stored) == part->stored_len)
		return 0;
	TRY(source_read(source, base + part->offset, part->stored_len, &part->stored, err));
	if (view_len(part->stored) < part->stored_len || !part_is_sound(part))
		return error_set(err, ERR_CORRUPT, "checksum of a part does not match");
	return 0;
}

enum { SPARE_SLABS = 4 };

struct unpacker {
	ZSTD_DCtx *zstd;
	uint8_t *preset; /* NULL until it is needed */
	struct slab *spare[SPARE_SLABS];
	unsigned spare_count;
	bool is_starved;
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
	return u;
}

void unpacker_free(struct unpacker *u)
{
	if (!u)
		return;
	for (unsigned i = 0; i < u->spare_count; i++)
		slab_free(u->spare[i]);
	ZSTD_freeDCtx(u->zstd);
	free(u->preset);
	free(u);
}

struct slab *unpacker_slab(struct unpacker *u)
{
	return u->spare_count ? u->spare[--u->spare_count] : slab_new();
}

void unpacker_return(struct unpacker *u, struct slab *s)
{
	if (!s || u->spare_count == SPARE_SLABS) {
		slab_free(s);
		return;
	}
	slab_reset(s);
	u->spare[u->spare_count++] = s;
}

void unpacker_starve(struct unpacker *u)
{
	u->is_starved = true;
}

bool unpacker_is_starved(const struct unpacker *u)
{
	return u->is_starved;
}

/* zstd would take several frames, skippable ones, those of its first versions, and in one piece
 * windows of any size; other decompressors would not (RFC 8878 section 3.1.1). */
static bool is_one_frame(struct view in)
{
	enum { SINGLE_SEGMENT = 0x20 }; /* then the window is the content */
	size_t stored = view_len(in);
	uint64_t window;
	uint8_t head, size;
	uint32_t magic;

	if (!take_u32(&in, &magic) || magic != ZSTD_MAGICNUMBER || !take_u8(&in, &head) ||
	    !take_u8(&in, &size))
		return false;
	window = (uint64_t)(8 + (size & 7)) << (7 + (size >> 3));
	return (head & SINGLE_SEGMENT || window <= WINDOW_MAX) &&
	       ZSTD_findFrameCompressedSize(in.end - stored, stored) == stored;
}

/* The next frame goes on from the preset. */
static int begin_with_preset(struct unpacker *u, struct error *err)
{
	if (!kept_preset(&u->preset) ||
	    ZSTD_isError(ZSTD_DCtx_refPrefix(u->zstd, u->preset, PRESET_BYTES)))
		return error_nomem(err);
	return 0;
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
	if (part->codec != CODEC_ZSTD && part->codec != CODEC_PRESET)
		return error_set(err, ERR_UNSUPPORTED,
				 "a part has codec %u or flags that are unknown here", part->codec);
	if (!is_one_frame(part->stored))
		return error_set(err, ERR_CORRUPT, "a part of %zu bytes is not one zstd frame",
				 stored);
	if (part->codec == CODEC_PRESET)
		TRY(begin_with_preset(u, err));
	n = ZSTD_decompressDCtx(u->zstd, out, part->raw_len, part->stored.p, stored);
	if (ZSTD_isError(n))
		return error_set(err, ERR_CORRUPT, "zstd: %s", ZSTD_getErrorName(n));
	if (n != part->raw_len)
		return error_set(err, ERR_CORRUPT, "a part of %zu bytes says %u", n, part->raw_len);
	return 0;
}
