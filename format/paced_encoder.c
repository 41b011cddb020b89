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

/* The rows of one CPU. */
static void encode_lane(const uint64_t *ts, const uint64_t *schemas, size_t count, uint64_t last,
			struct bit_writer *out, struct paced_tables *t, uint8_t *symbols)
{
	struct bit_writer bits = *out;
	struct paced_mood mood = {0};
	uint32_t hash = 0, before = 0, weight = oldest_weight();

	for (size_t i = 0; i < count; i++) {
		uint32_t schema = (uint32_t)schemas[i];
		uint32_t gone = i < PACED_HISTORY ? 0 : (uint32_t)schemas[i - PACED_HISTORY];

		hash = hash * PACED_BASE + schema;
		symbols[i] = encode_row(t, &mood, &t->contexts[paced_context_at(hash)],
					&t->parents[paced_parent_at(before, schema)], ts[i] - last,
					&bits);
		hash -= gone * weight;
		before = schema;
		last = ts[i];
	}
	*out = bits;
}

/* Where the rows of another CPU begin. */
static size_t lane_end(const struct time_rows *rows, size_t first)
{
	size_t end = first;

	while (end < rows->count && rows->cpu[end] == rows->cpu[first])
		end++;
	return end;
}

bool paced_encode(const struct time_rows *rows, const uint64_t *ts, struct buf *symbols,
		  struct buf *low)
{
	struct paced_tables *tables = malloc(sizeof(*tables));
	struct bit_writer bits = {.out = low};

	if (!tables || !buf_reserve(symbols, rows->count)) {
		free(tables);
		return false;
	}
	paced_tables_begin(tables);
	for (size_t first = 0, end; first < rows->count; first = end) {
		end = lane_end(rows, first);
		encode_lane(ts + first, rows->schema + first, end - first, rows->base, &bits,
			    tables, symbols->data + symbols->len + first);
	}
	symbols->len += rows->count;
	bits_finish(&bits);
	free(tables);
	return true;
}
