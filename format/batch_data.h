/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * batch_data.h -- what a decoded DATA block is made of; for batch.c, which takes it
 * apart, keyed_columns.c, recalled_columns.c, shared_columns.c and event.c, which read columns.
 */
#ifndef FORMAT_BATCH_DATA_H
#define FORMAT_BATCH_DATA_H

#include "format/batch.h"
#include "format/lanes.h"
#include "format/rows.h"

enum { NO_COLUMN = 0xffffffff };

enum column_state { COLUMN_WAITING = 0, COLUMN_READY, COLUMN_BAD };

struct column {
	uint32_t schema;
	uint32_t index;
	uint8_t what; /* enum column_what */
	uint8_t codec;
	uint8_t part; /* index of the part */
	uint8_t state;
	uint32_t offset, len; /* in the part */
	uint32_t mask;        /* of a row: 0 when one value stands for all (CONST) */
	uint64_t *longs;      /* integers of 8 bytes */
	uint32_t *shorts;     /* smaller ones, sign-extended if signed; ids, presence */
	struct view *views;
	struct buf scratch; /* bytes that views point to */
};

static inline uint64_t column_int(const struct column *c, const struct field *f, uint32_t row)
{
	uint32_t value;

	if (c->longs)
		return c->longs[row & c->mask];
	value = c->shorts[row & c->mask];
	return f->flags & FIELD_SIGNED ? (uint64_t)sign_extend(value, 4) : value;
}

/* Of a column of ids or presence. */
static inline uint32_t column_id(const struct column *c, uint32_t row)
{
	return c->shorts[row & c->mask];
}

/* Where the values of an integer field of its own are, once event_int() has found them. */
struct reader {
	const uint64_t *longs;
	const uint32_t *shorts;   /* both are NULL at first */
	const uint32_t *presence; /* NULL: values are always there */
	uint32_t mask, presence_mask;
	bool is_signed;
	uint8_t told; /* enum column_state: are the strings that a dictionary has few enough? */
};

static inline bool reader_is_ready(const struct reader *r)
{
	return r->shorts || r->longs;
}

/* False when the row has none. */
static inline bool reader_int(const struct reader *r, uint32_t row, uint64_t *out)
{
	uint32_t value;

	if (r->presence && !r->presence[row & r->presence_mask])
		return false;
	if (r->longs) {
		*out = r->longs[row & r->mask];
		WILL_READ(&r->longs[row & r->mask], NEXT_LINE);
		return true;
	}
	value = r->shorts[row & r->mask];
	WILL_READ(&r->shorts[row & r->mask], NEXT_LINE);
	*out = r->is_signed ? (uint64_t)sign_extend(value, 4) : value;
	return true;
}

/* The rows of one schema in this block. */
struct slot {
	uint32_t id;
	uint32_t count;
	const struct schema *schema;    /* NULL when unknown */
	uint32_t refs[SCHEMA_MAX_REFS]; /* column numbers, whatever the schema */
	struct reader *readers;         /* [field_count] */
	uint32_t *own;                  /* [own_count] */
	uint32_t *presence;             /* [own_count] */
	uint32_t *raw;                  /* [own_count] */
};

/* All memory but scratch is of the slab. */
struct batch {
	struct slab *slab;
	struct dict_set *dicts;
	struct unpacker *unpacker;
	uint32_t rows;
	struct source *source;
	uint64_t parts_at;                  /* where in the source the parts' offsets begin */
	struct part parts[BLOCK_MAX_PARTS]; /* views into `stored`, or not read yet */
	uint8_t *raw[BLOCK_MAX_PARTS];      /* decompressed, or NULL */
	bool is_bad_part[BLOCK_MAX_PARTS];
	bool is_damaged; /* a part that was read late could not be used */
	unsigned part_count;
	uint8_t *stored;
	struct column *columns;
	size_t column_count;
	struct slot *slots;
	size_t slot_count;
	uint32_t *
		next_place; /* [schema id], behind its rows, or NO_PLACE; while columns are bound */
	size_t most_bytes;
	uint32_t body_len;
	uint64_t *ts; /* rows lie CPU by CPU */
	uint64_t *cpu;
	uint32_t cpu_mask; /* of a row: 0 when all are of one CPU */
	struct lanes lanes;
	const uint32_t *order;      /* rows in the order of time; NULL: as they lie */
	enum column_state keyed;    /* of all keyed columns together */
	enum column_state shared;   /* of all shared ones */
	enum column_state recalled; /* of all recalled ones */
	uint32_t *places; /* of a row: its slot, then its number among those of its schema */
	uint32_t epoch;   /* of the dictionaries */
};

enum {
	PLACE_ROW_BITS = 16, /* that number is below BLOCK_MAX_ROWS */
	NO_PLACE = 0xffffffff,
};

static inline uint32_t place_slot(uint32_t place)
{
	return place >> PLACE_ROW_BITS;
}

static inline uint32_t place_row(uint32_t place)
{
	return place & ((1 << PLACE_ROW_BITS) - 1);
}

static inline uint32_t batch_slot(const struct batch *b, uint32_t row)
{
	return place_slot(b->places[row]);
}

static inline uint32_t batch_schema_row(const struct batch *b, uint32_t row)
{
	return place_row(b->places[row]);
}

/* As batch_event(). */
static inline bool batch_row_event(struct batch *b, uint32_t at, struct event *out)
{
	uint32_t row = b->order ? b->order[at] : at;
	uint32_t slot = batch_slot(b, row);
	const struct schema *schema = b->slots[slot].schema;

	if (!schema)
		return false;
	*out = (struct event){.schema = schema,
			      .ts_ns = b->ts[row],
			      .cpu = (uint32_t)b->cpu[row & b->cpu_mask],
			      .row = row,
			      .schema_row = batch_schema_row(b, row),
			      .slot = slot,
			      .batch = b};
	return true;
}

/* Bytes of a column in its part, decompressed. */
int batch_column_bytes(struct batch *b, const struct column *c, struct view *out,
		       struct error *err);
/* Column `number`, decoded; NULL when it is missing or damaged. `f` is NULL for ids and
 * presence. */
struct column *batch_column(struct batch *b, uint32_t number, const struct field *f, uint32_t rows);
/* Integers of field `f` are as wide and as signed as it says, whatever was written. */
void column_normalise(struct column *c, const struct field *f, uint32_t rows);
/* Decode all keyed columns of the block together; false when they cannot be. */
bool batch_open_keyed(struct batch *b);
/* The same of all shared columns. */
bool batch_open_shared(struct batch *b);
/* The same of all recalled columns. */
bool batch_open_recalled(struct batch *b);

#endif
