/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * block.h -- the unit a tape is written, checked and skipped in: a 96-byte header, then
 * a body of parts (part.h). Implements docs/FORMAT.md section 3.
 *
 *   0 magic[8]  8 type u8  9 flags u8  10 header_len u16  12 body_len u32  16 raw_len u32
 *  20 rows u32  24 salt u64  32 seq u64  40 min_ts u64  48 max_ts u64  56 watermark u64
 *  64 lost u64  72 schema_bits u64  80 epoch u32  84 table_crc u32  88 part_count u8
 *  89 reserved u8[3]  92 header_crc u32 over bytes 0..91
 */
#ifndef FORMAT_BLOCK_H
#define FORMAT_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "format/bytes.h"
#include "format/error.h"

#define BLOCK_MAGIC "\xd7TAPE1\r\n"

enum {
	BLOCK_MAGIC_LEN = 8,
	BLOCK_HEADER_LEN = 96,                    /* written by this version */
	BLOCK_HEADER_MAX = 4096,                  /* accepted: newer writers may append members */
	BLOCK_MAX_BODY = (16 << 20) + (64 << 10), /* stored bytes after the header */
	BLOCK_MAX_RAW = 16 << 20,                 /* all parts of a block, decompressed */
	BLOCK_MAX_ROWS = 65536,
	BLOCK_MAX_PARTS = 16,
	BLOCK_ROWS_PER_BYTE = 64,   /* of the body: what a block costs to read is bounded */
	BLOCK_WORK_PER_BYTE = 1024, /* by its size: decompressed bytes, values */
	BLOCK_WIDTH_PER_BYTE = 256, /* rows, as wide as their schemas are */
	BLOCK_TEXT_PER_BYTE = 4096, /* bytes of a field's strings in all rows of a schema */
};

enum block_type {
	BLOCK_SECTION = 1,
	BLOCK_SCHEMA = 2,
	BLOCK_DICT = 3,
	BLOCK_DATA = 4,
	BLOCK_LOSS = 5,
	BLOCK_CLOCK = 6,
	BLOCK_FACTS = 7,
	BLOCK_END = 8,
};

enum block_flag {
	BLOCK_CRITICAL = 1, /* a reader that does not know the type must not go on */
	BLOCK_LATE = 2,     /* holds rows below an earlier block's watermark */
};

struct block_header {
	uint8_t type; /* enum block_type, or one this program does not know */
	uint8_t flags;
	uint16_t header_len;
	uint32_t body_len;
	uint32_t raw_len;
	uint32_t rows;
	uint64_t salt;   /* of the section */
	uint64_t seq;    /* 0, 1, 2... within the section */
	uint64_t min_ts; /* first and last time in the block, ns */
	uint64_t max_ts;
	uint64_t watermark;   /* no later DATA block of the section begins before it */
	uint64_t lost;        /* events lost in the section so far */
	uint64_t schema_bits; /* bit (id & 63) of each schema in the block */
	uint32_t epoch;       /* dictionary epoch, DICT and DATA */
	uint32_t table_crc;   /* CRC-32 (zlib) from byte 96 to the end of the part table */
	uint8_t part_count;
};

void block_header_encode(const struct block_header *h, uint8_t out[BLOCK_HEADER_LEN]);
/* Needs BLOCK_HEADER_LEN bytes at `in`. 0; ERR_NOT_A_TAPE without magic;
 * ERR_UNSUPPORTED for another format version; ERR_CORRUPT for a bad checksum or a
 * length beyond its limit. */
int block_header_decode(struct view in, struct block_header *out, struct error *err);
/* "DATA", "block type 77". Lent, static. */
const char *block_type_name(uint8_t type);
bool block_type_is_known(uint8_t type);

#endif
