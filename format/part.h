/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * part.h -- what the body of a block is made of: a table, then the parts it lists, each
 * compressed for itself and under its own checksum, so that a reader may fetch only
 * those it needs. Implements docs/FORMAT.md section 3.2.
 *
 *   0 codec u8  1 tag u8  2 flags u16  4 stored u32  8 raw u32  12 crc u32 of the stored bytes
 */
#ifndef FORMAT_PART_H
#define FORMAT_PART_H

#include <stdbool.h>
#include <stdint.h>

#include "format/block.h"
#include "format/bytes.h"
#include "format/error.h"
#include "format/slab.h"
#include "format/source.h"

enum { PART_ENTRY_LEN = 16, PART_TAG_PADDING = 255 };

/* A body being written. */
struct body {
	struct buf table;  /* entries of the parts so far */
	struct buf stored; /* their bytes, one after the other */
	uint32_t raw_len;  /* sum of their lengths before compression */
	uint8_t count;
};

void body_release(struct body *b);
void body_clear(struct body *b);
static inline size_t body_len(const struct body *b)
{
	return b->table.len + b->stored.len;
}
/* Append a part of zeros, if need be, so that the body is as long as `rows` rows and
 * `values` values demand (docs/FORMAT.md section 13). */
int body_pad(struct body *b, uint64_t rows, uint64_t values, struct error *err);

/* Compresses parts; reuse one for a whole section. */
struct packer;
struct packer *packer_new(int zstd_level); /* NULL without memory */
void packer_free(struct packer *p);
/* How much more than bytes time counts from now on. */
enum packer_haste { HASTE_NONE, HASTE_SOME, HASTE_GREAT };
void packer_hurry(struct packer *p, enum packer_haste haste);
/* How much time a byte of a part is worth. */
enum packer_effort {
	EFFORT_USUAL,
	EFFORT_LEAST, /* noise, in which nothing repeats itself */
	EFFORT_MORE,
	EFFORT_MOST,  /* few bytes, which repeat themselves farther apart: entries, kinds of rows */
	EFFORT_NAMES, /* the same, and the preset: names of schemas, facts (format/preset.h) */
	EFFORTS,
};

/* Append `raw` as one part, compressed if that makes it smaller. ERR_CORRUPT beyond
 * BLOCK_MAX_RAW or BLOCK_MAX_PARTS. */
int packer_add(struct packer *p, uint8_t tag, struct view raw, struct body *body,
	       struct error *err);
int packer_add_with(struct packer *p, enum packer_effort effort, uint8_t tag, struct view raw,
		    struct body *body, struct error *err);
/* Append `raw` as one part, as it is. */
int packer_add_raw(uint8_t tag, struct view raw, struct body *body, struct error *err);

/* One part of a body, still compressed. */
struct part {
	uint8_t codec;
	uint8_t tag;
	uint32_t offset; /* of its stored bytes from the end of the block's header */
	uint32_t stored_len;
	uint32_t raw_len;
	uint32_t crc;
	struct view stored; /* empty while only the table was read */
};

/* Take a body, or only its table, apart. Checks that the parts fill body_len and raw_len;
 * nothing is decompressed. Checksums are the caller's business: table_is_sound(),
 * part_is_sound(). */
int parts_decode(struct view body, const struct block_header *h, struct part parts[BLOCK_MAX_PARTS],
		 struct error *err);
/* `head` is what lies from byte 96 of the block to the end of the table. */
bool table_is_sound(const struct block_header *h, struct view head);
bool part_is_sound(const struct part *part);

/* Read the stored bytes of a part of which only the table told so far; `base` is the offset of
 * the end of the block's header. Lent until the source is read again. ERR_CORRUPT when they
 * are not sound. */
int part_read(struct part *part, struct source *source, uint64_t base, struct error *err);

/* Decompresses parts, and keeps memory for decoded blocks; reuse one. */
struct unpacker;
struct unpacker *unpacker_new(void);
void unpacker_free(struct unpacker *u);
/* An empty slab, to be returned. NULL without memory. */
struct slab *unpacker_slab(struct unpacker *u);
void unpacker_return(struct unpacker *u, struct slab *s);
/* Something that was decoded late found no memory: values of its blocks may be null for that. */
void unpacker_starve(struct unpacker *u);
bool unpacker_is_starved(const struct unpacker *u);
/* Exactly part->raw_len bytes into `out`. ERR_CORRUPT when they do not come out,
 * ERR_UNSUPPORTED for an unknown codec, ERR_NOMEM. */
int unpacker_run(struct unpacker *u, const struct part *part, uint8_t *out, struct error *err);

#endif
