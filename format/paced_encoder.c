/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* paced_encoder.c -- the time column of a block (docs/FORMAT.md section 7.4). */
#include "format/paced_encoder.h"

#include <stdlib.h>

#include "format/paced.h"

enum { MAX_SPREAD = 62 }; /* zigzag distance of sizes that a symbol can tell */

/* The symbol of a row that is `error` from its guess; what it does not tell goes to *bits. */
static uint8_t encode_error(int64_t error, int size_wanted, struct bit_writer *bits, unsigned *size)
{
	uint64_t is_negative = error < 0,
		 residual = is_negative ? ~(uint64_t)error : (uint64_t)error;
	unsigned n = bits_size(residual), sub = paced_sub_bits(n);
	uint64_t spread = zigzag((int64_t)n - size_wanted);
	uint64_t top = sub ? residual >> (n - 2) & 1 : 0;

	*size = n;
	if (spread > MAX_SPREAD) {
		bits_put(bits, n | is_negative << PACED_SIZE_BITS, PACED_SIZE_BITS + 1);
		sub = 0;
	}
	if (n > 1)
		bits_put(bits, residual, n - 1 - sub);
	return spread > MAX_SPREAD
		       ? PACED_ESCAPE
		       : (uint8_t)(spread << PACED_SPREAD_SHIFT | top << 1 | is_negative);
}

static inline uint8_t encode_row(struct paced_mood *m, struct paced_context *c,
				 struct paced_context *parent, uint64_t step,
				 struct bit_writer *bits)
{
	struct paced_guess guess = paced_guess_of(c, parent, m);
	int64_t error = (int64_t)(step - guess.step);
	unsigned size;
	uint8_t symbol = encode_error(error, guess.size, bits, &size);

	paced_learn(m, c, parent, &guess, symbol, error, size);
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
		symbols[i] = encode_row(&mood, &t->contexts[paced_context_at(hash)],
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
