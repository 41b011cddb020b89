/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * writer.h -- writes one section of a tape: schemas, dictionary entries, rows,
 * losses, clock readings, facts. Implements the writer's side of docs/FORMAT.md.
 *
 * Order of use: writer_new, writer_fact*, then any mix of the others, writer_end,
 * writer_free. Rows may arrive slightly out of time order; each block is sorted.
 * Not thread-safe. Nothing is printed; nothing knows what TCP is.
 */
#ifndef FORMAT_WRITER_H
#define FORMAT_WRITER_H

#include "format/error.h"
#include "format/clock_reading.h"
#include "format/loss.h"
#include "format/schema.h"
#include "format/sink.h"

struct writer; /* opaque */

struct writer_options {
	uint64_t salt;       /* random per section; the caller's choice, for reproducible files */
	int zstd_level;      /* 0 = default */
	uint32_t block_rows; /* rows that close a block; 0 = default */
	uint32_t dict_limit; /* entries of one dictionary that end an epoch; 0 = default */
};

/* One value of an own column. */
struct value {
	uint64_t num;         /* FIELD_INT, sign-extended to 64 bits if signed */
	const uint8_t *bytes; /* others; lent for the call */
	uint32_t len;         /* FIELD_STRING: length; others ignore it */
	bool is_absent;       /* FIELD_OPTIONAL only */
};

/* One event. `refs` has schema->ref_count entry ids, `values` has schema->own_count
 * values, both in schema order; both lent for the call. */
struct row {
	uint32_t schema;
	uint32_t cpu;
	uint64_t ts_ns;
	const uint32_t *refs;
	const struct value *values;
};

/* Where an own value lies in memory of the caller's. */
struct place {
	uint16_t at;    /* its first byte */
	uint16_t needs; /* flags of the row without which it is absent; FIELD_OPTIONAL only */
};

/* One event as it lies in memory. All lent for the call. */
struct raw_row {
	uint32_t schema;
	uint32_t cpu;
	uint64_t ts_ns;
	uint16_t flags;
	const uint32_t *refs; /* as in struct row, in an array of SCHEMA_MAX_REFS */
	const uint8_t *memory;
	const struct view
		*strings; /* of own columns of strings, in schema order; p NULL = absent */
};

/* Writes to *sink, which must outlive the writer and stays the caller's. */
int writer_new(struct sink *sink, const struct writer_options *opt, struct writer **out,
	       struct error *err);
void writer_free(struct writer *w);

/* Facts given before the first row go into the section's first block. */
int writer_fact(struct writer *w, const char *key, const char *value, struct error *err);
/* Takes ownership of *e or *s on success. The id is needed to build fields
 * (enum_id, dictionary refs) and rows; ids are dense and 1-based. */
int writer_enumeration(struct writer *w, struct enumeration *e, uint16_t *id, struct error *err);
int writer_schema(struct writer *w, struct schema *s, uint32_t *id, struct error *err);
/* The sealed schema with this id; lent, lives as long as the writer. */
const struct schema *writer_schema_get(const struct writer *w, uint32_t id);

/* Id of the dictionary entry with exactly these packed attribute values: every
 * attribute in schema order, integers little-endian in elem_size bytes, bytes as they
 * are, strings as u16 length + bytes. The id stays valid while writer_epoch() is the
 * same; it can only change inside writer_add() and writer_flush(). */
int writer_intern(struct writer *w, uint32_t dict, const void *packed, size_t len, uint32_t *id,
		  struct error *err);
uint32_t writer_epoch(const struct writer *w);

int writer_add(struct writer *w, const struct row *row, struct error *err);
/* Rows of this schema come by writer_add_raw() from now on, and none has come yet: its own values,
 * but for strings, lie at places[own_count] in this machine's byte order, as wide as their fields. */
int writer_lay_out(struct writer *w, uint32_t schema, const struct place *places,
		   struct error *err);
/* The same as writer_add() for a small part of its cost: the row is copied in one piece. */
int writer_add_raw(struct writer *w, const struct raw_row *row, struct error *err);
int writer_loss(struct writer *w, const struct loss *loss, struct error *err);
int writer_clock(struct writer *w, const struct clock_reading *c, struct error *err);
/* Write everything buffered; a reader sees it afterwards.
 *
 * A file that takes nothing at the moment (no space, quota) is no failure of writer_add(),
 * writer_flush() and the like: what could not be written is counted, the writer is
 * stalled, tries again with each flush, and puts the losses on the tape when it can. */
int writer_flush(struct writer *w, struct error *err);
/* Flush, then the End block: `reason` is "stop", "signal", "duration", "command",
 * "size", "rotated", "error: ..."; facts given after the first row and totals are in it. */
int writer_end(struct writer *w, const char *reason, struct error *err);

/* Why the writer is stalled, in a sentence; NULL when it is not. Lent until the next call. */
const char *writer_stall_reason(const struct writer *w);
/* Events written or waiting, lost ones not. */
uint64_t writer_rows(const struct writer *w);
uint64_t writer_bytes(const struct writer *w);

#endif
