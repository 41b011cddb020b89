/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* paced_encoder.c -- the time column of a block (docs/FORMAT.md section 7.4). */
#include "format/paced_encoder.h"

#include <stdlib.h>

#include "format/paced.h"

enum { MAX_SPREAD = 62 }; /* zigzag distance of sizes that a symbol can tell */

/* What the symbol of a residual of `size` bits, `spread` from what was expected, does not tell. Returns the
 * symbol, but for the sign. */
static inline uint8_t put_residual(uint64_t residual, unsigned size, uint64_t spread,
				   bool is_negative, struct bit_writer *bits)
{
	unsigned sub = paced_sub_bits(size), rest = size > 1 ? size - 1 - sub : 0;

	if (spread > MAX_SPREAD) {
		bits_put(bits, size | (uint64_t)is_negative << PACED_SIZE_BITS,
			 PACED_SIZE_BITS + 1);
		bits_put(bits, residual, size > 1 ? size - 1 : 0);
		return PACED_ESCAPE;
	}
	bits_put(bits, residual, rest);
	return (uint8_t)(spread << PACED_SPREAD_SHIFT | (residual >> rest & sub) << 1);
}

/* Its symbol; what that does not tell goes to *bits. */
static inline uint8_t encode_row(struct paced_tables *t, struct paced_mood *m,
				 struct paced_context *c, struct paced_context *parent,
				 uint64_t step, struct bit_writer *bits)
{
	struct paced_guess guess = paced_guess_of(c, parent, m);
	int64_t error = (int64_t)(step - guess.step);
	uint64_t residual = (uint64_t)(error ^ bits_floor(error, 63));
	unsigned size = bits_size(residual);
	uint64_t spread = zigzag((int64_t)size - guess.size);
	uint8_t symbol = put_residual(residual, size, spread, error < 0, bits) | (error < 0);

	paced_learn(t, m, c, parent, &guess, symbol, error, size);
	return symbol;
}

/* PACED_BASE^PACED_HISTORY: what the oldest schema counts in the hash of those after it, too. */
static uint32_t oldest_weight(void)
{
	uint32_t weight = 1;

	for (int i = 0; i < PACED_HISTORY; i++)
		weight *= PACED_BASE;
	return weight;
}

/* The schemas that came before a row of a CPU, as hashes. */
struct trail {
	const uint64_t *schemas;
	uint32_t hash, before, weight;
};

static struct trail trail_begin(const uint64_t *schemas)
{
	return (struct trail){.schemas = schemas, .weight = oldest_weight()};
}

/* Where row i is looked up; rows are passed in turn. */
static inline struct paced_context *trail_pass(struct trail *p, size_t i, struct paced_tables *t,
					       struct paced_context **parent)
{
	uint32_t schema = (uint32_t)p->schemas[i], hash = p->hash * PACED_BASE + schema;
	uint32_t gone = i < PACED_HISTORY ? 0 : (uint32_t)p->schemas[i - PACED_HISTORY];

	*parent = &t->parents[paced_parent_at(p->before, schema)];
	p->hash = hash - gone * p->weight;
	p->before = schema;
	return &t->contexts[paced_context_at(hash)];
}

/* The rows of one CPU. */
static void encode_lane(const uint64_t *ts, const uint64_t *schemas, size_t count, uint64_t last,
			struct bit_writer *out, struct paced_tables *t, uint8_t *symbols)
{
	struct bit_writer bits = *out;
	struct paced_mood mood = {0};
	struct trail trail = trail_begin(schemas);

	for (size_t i = 0; i < count; i++) {
		struct paced_context *parent, *context = trail_pass(&trail, i, t, &parent);

		symbols[i] = encode_row(t, &mood, context, parent, ts[i] - last, &bits);
		last = ts[i];
	}
	*out = bits;
}

static void forget_lane(const uint64_t *schemas, size_t count, struct paced_tables *t)
{
	struct trail trail = trail_begin(schemas);

	for (size_t i = 0; i < count; i++) {
		struct paced_context *parent, *context = trail_pass(&trail, i, t, &parent);

		paced_context_forget(context);
		paced_context_forget(parent);
	}
}

/* Where the rows of another CPU begin. */
static size_t lane_end(const struct time_rows *rows, size_t first)
{
	size_t end = first;

	while (end < rows->count && rows->cpu[end] == rows->cpu[first])
		end++;
	return end;
}

/* A quiet host's blocks hold a few rows, and would spend their time on tables of 145 kB: what
 * such a block has learnt is forgotten place by place. */
enum { FEW_ROWS = 256 };

struct paced_encoder {
	struct paced_tables tables;
	bool is_new; /* nothing is in the tables */
};

struct paced_encoder *paced_encoder_new(void)
{
	return calloc(1, sizeof(struct paced_encoder));
}

void paced_encoder_free(struct paced_encoder *e)
{
	free(e);
}

static void forget(const struct time_rows *rows, struct paced_tables *t)
{
	for (size_t first = 0, end; first < rows->count; first = end) {
		end = lane_end(rows, first);
		forget_lane(rows->schema + first, end - first, t);
	}
}

bool paced_encoder_run(struct paced_encoder *e, const struct time_rows *rows, const uint64_t *ts,
		       struct buf *symbols, struct buf *low)
{
	struct bit_writer bits = {.out = low};

	if (!buf_reserve(symbols, rows->count))
		return false;
	if (!e->is_new)
		paced_tables_begin(&e->tables);
	for (size_t first = 0, end; first < rows->count; first = end) {
		end = lane_end(rows, first);
		encode_lane(ts + first, rows->schema + first, end - first, rows->base, &bits,
			    &e->tables, symbols->data + symbols->len + first);
	}
	e->is_new = rows->count <= FEW_ROWS;
	if (e->is_new)
		forget(rows, &e->tables);
	symbols->len += rows->count;
	bits_finish(&bits);
	return true;
}
