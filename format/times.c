/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* times.c -- the time column as it was written first (docs/FORMAT.md section 7.9). */
#include "format/times.h"

#include <stdlib.h>

#include "format/bits.h"

enum {
	HISTORY = 5,
	BASE = 31,
	BASE_TO_HISTORY = BASE * BASE * BASE * BASE * BASE,
	CONTEXT_BITS = 12,
	CONTEXTS = 1 << CONTEXT_BITS,
	SUB_BITS = 2, /* of the residual, below its leading 1, in the symbol */
	ESCAPE = 255, /* the symbol of a size too far from the expected one */
	SIZE_BITS = 7,
};

static const uint32_t SCATTER = UINT32_C(2654435761);

/* What follows a sequence of schemas. */
struct context {
	uint64_t step; /* expected distance, in 1/16 ns, modulo 2^64 */
	int32_t size;  /* expected bits of the residual, in 1/16 */
	bool is_known;
};

/* The number of the context of a row; `hash` is of the rows before, the oldest times BASE^4 ...
 * the latest times 1. The oldest is `gone` for the next row; 0 if there is none. */
static inline uint32_t context_number(uint32_t *hash, uint32_t schema, uint32_t gone)
{
	uint32_t all = *hash * BASE + schema;

	*hash = all - gone * BASE_TO_HISTORY;
	return all * SCATTER >> (32 - CONTEXT_BITS);
}

static inline uint64_t expected(const struct context *c)
{
	return (uint64_t)bits_floor((int64_t)c->step, 4);
}

/* An interrupt between two events says nothing of the next time: what is far off counts
 * for no more than what is usual, a residual of `usual` bits. */
static int64_t limit_of(int32_t usual)
{
	return INT64_C(1) << (usual < 1 ? 0 : usual > 63 ? 62 : usual - 1);
}

static uint64_t clipped(const struct context *c, uint64_t step)
{
	int64_t limit = limit_of(c->size >> 4);
	int64_t error = (int64_t)(step - expected(c));

	return (uint64_t)(error > limit ? limit : error < -limit ? -limit : error);
}

static inline void learn(struct context *c, uint64_t step, unsigned size)
{
	int32_t sixteenths = (int32_t)size * 16;

	if (!c->is_known) {
		*c = (struct context){.step = step * 16, .size = sixteenths, .is_known = true};
		return;
	}
	c->step += clipped(c, step);
	c->size += (int32_t)bits_floor(sixteenths - c->size, 3);
}

/* Bits of a residual of `size` bits that its symbol tells. */
static unsigned sub_bits(unsigned size)
{
	return size <= 1 ? 0 : size - 1 < SUB_BITS ? size - 1 : SUB_BITS;
}

/* The residual that a symbol and the bits that follow stand for; its size in *size,
 * which is above 64 for a symbol that cannot be. */
static uint64_t take_residual(uint8_t symbol, int64_t wanted, struct bit_reader *bits,
			      unsigned *size)
{
	unsigned below, sub; /* the leading 1: all bits, and those that the symbol tells */

	if (symbol == ESCAPE)
		wanted = (int64_t)bits_take(bits, SIZE_BITS);
	*size = wanted < 0 || wanted > 64 ? 65 : (unsigned)wanted;
	if (*size == 0 || *size > 64)
		return 0;
	below = *size - 1;
	sub = symbol == ESCAPE ? 0 : sub_bits(*size);
	return (UINT64_C(1) << sub | (symbol & bits_mask(sub))) << (below - sub) |
	       bits_take(bits, below - sub);
}

/* One row; false for a symbol that cannot be. */
static bool decode_row(uint8_t symbol, struct context *c, struct bit_reader *bits, uint64_t *now)
{
	int64_t wanted = (c->size >> 4) + unzigzag(symbol >> SUB_BITS);
	uint64_t residual, step;
	unsigned size;

	residual = take_residual(symbol, wanted, bits, &size);
	step = expected(c) + (uint64_t)unzigzag(residual);
	learn(c, step, size);
	*now += step;
	return size <= 64;
}

/* The rows of one CPU. */
static bool decode_lane(struct context *contexts, struct bit_reader *bits, const uint8_t *symbols,
			const uint32_t *schemas, size_t count, uint64_t now, uint64_t *ts)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < count; i++) {
		uint32_t gone = i < HISTORY ? 0 : schemas[i - HISTORY];
		struct context *c = &contexts[context_number(&hash, schemas[i], gone)];

		if (!decode_row(symbols[i], c, bits, &now))
			return false;
		ts[i] = now;
	}
	return true;
}

/* False for symbols that cannot be, or bits that do not end with the last row. */
static bool decode_rows(const struct time_lanes *rows, const uint8_t *symbols, struct view low,
			struct context *contexts, uint64_t *ts)
{
	struct bit_reader bits = bits_of(low);

	for (uint32_t i = 0; i < rows->lanes->count; i++) {
		size_t first = rows->lanes->starts[i], count = rows->lanes->starts[i + 1] - first;

		if (!decode_lane(contexts, &bits, symbols + first, rows->schema + first, count,
				 rows->base, ts + first))
			return false;
	}
	return bits_are_over(&bits);
}

int times_decode(const struct time_lanes *rows, struct view symbols, struct view low, uint64_t *ts,
		 struct error *err)
{
	uint32_t count = rows->lanes->starts[rows->lanes->count];
	struct context *contexts;
	bool is_sound;

	if (view_len(symbols) != count)
		return error_set(err, ERR_CORRUPT, "the time column has %zu symbols for %u rows",
				 view_len(symbols), count);
	contexts = calloc(CONTEXTS, sizeof(*contexts));
	if (!contexts)
		return error_nomem(err);
	is_sound = decode_rows(rows, symbols.p, low, contexts, ts);
	free(contexts);
	if (!is_sound)
		return error_set(err, ERR_CORRUPT, "the time column does not fit its rows");
	return 0;
}
