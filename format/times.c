/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* times.c -- the time column (docs/FORMAT.md section 7.4). */
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
	SUB_MASK = (1 << SUB_BITS) - 1,
	ESCAPE = 255,    /* the symbol of a size too far from the expected one */
	MAX_SPREAD = 62, /* zigzag distance of sizes that a symbol can tell */
	SIZE_BITS = 7,
	CHUNK = 128, /* rows that are decoded at once */
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

/* Floor of v / 2^shift, also for negative v. */
static int64_t shift_down(int64_t v, unsigned shift)
{
	return v >= 0 ? v >> shift : ~(~v >> shift);
}

static inline uint64_t expected(const struct context *c)
{
	return (uint64_t)shift_down((int64_t)c->step, 4);
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
	c->size += (int32_t)shift_down(sixteenths - c->size, 3);
}

/* Bits of a residual of `size` bits that its symbol tells. */
static unsigned sub_bits(unsigned size)
{
	return size <= 1 ? 0 : size - 1 < SUB_BITS ? size - 1 : SUB_BITS;
}

/* The symbol of a step of time; what it does not tell goes to *bits. */
static inline uint8_t encode_step(struct context *c, uint64_t step, struct bit_writer *bits)
{
	uint64_t residual = zigzag((int64_t)(step - expected(c)));
	unsigned size = bits_size(residual), sub = sub_bits(size);
	uint64_t spread = zigzag((int64_t)size - (c->size >> 4));
	uint64_t top = sub ? residual >> (size - 1 - sub) & bits_mask(sub) : 0;

	learn(c, step, size);
	if (spread > MAX_SPREAD) {
		bits_put(bits, size, SIZE_BITS);
		sub = 0;
	}
	if (size > 1)
		bits_put(bits, residual, size - 1 - sub);
	return spread > MAX_SPREAD ? ESCAPE : (uint8_t)(spread << SUB_BITS | top);
}

/* The rows of one CPU. */
static void encode_lane(const uint64_t *ts, const uint64_t *schemas, size_t count, uint64_t last,
			struct bit_writer *out, struct context *contexts, uint8_t *symbols)
{
	struct bit_writer bits = *out;
	uint32_t hash = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t gone = i < HISTORY ? 0 : schemas[i - HISTORY];
		struct context
			*c = &contexts[context_number(&hash, (uint32_t)schemas[i], (uint32_t)gone)];

		symbols[i] = encode_step(c, ts[i] - last, &bits);
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

bool times_encode(const struct time_rows *rows, const uint64_t *ts, struct buf *symbols,
		  struct buf *low)
{
	struct context *contexts = calloc(CONTEXTS, sizeof(*contexts));
	struct bit_writer bits = {.out = low};

	if (!contexts || !buf_reserve(symbols, rows->count)) {
		free(contexts);
		return false;
	}
	for (size_t first = 0, end; first < rows->count; first = end) {
		end = lane_end(rows, first);
		encode_lane(ts + first, rows->schema + first, end - first, rows->base, &bits,
			    contexts, symbols->data + symbols->len + first);
	}
	symbols->len += rows->count;
	bits_finish(&bits);
	free(contexts);
	return true;
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

/* One row, whatever it is; false for a symbol that cannot be. */
static SELDOM bool decode_row(uint8_t symbol, struct context *c, struct bit_reader *bits,
			      uint64_t *now)
{
	int64_t wanted = (c->is_known ? c->size >> 4 : 0) + unzigzag(symbol >> SUB_BITS);
	uint64_t residual, step;
	unsigned size;

	residual = take_residual(symbol, wanted, bits, &size);
	step = expected(c) + (uint64_t)unzigzag(residual);
	learn(c, step, size);
	*now += step;
	return size <= 64;
}

enum {
	USUAL_SIZES = 33, /* residuals of up to 32 bits */
	USUAL_BITS = 32,
	FORMS = USUAL_SIZES << SUB_BITS,
	UNKNOWN = -1024, /* expected size that is far from all others */
};

/* What a size and the symbol's low bits say of a residual. */
struct form {
	uint64_t base; /* the bits that are known, where they belong */
	uint32_t mask; /* of the bits that follow */
	uint16_t sixteenths;
	uint16_t bits; /* that follow */
};

/* What symbols mean, to be looked up: it is the same in all blocks. */
struct decoder {
	struct context contexts[CONTEXTS];
	struct form forms[FORMS]; /* [size, low bits] */
	int64_t limits[65];       /* of what is learnt, [expected size] */
	uint32_t moves[256];      /* [symbol] from the expected size to an index of forms[] */
};

static struct form form_of(unsigned size, unsigned low)
{
	unsigned sub = sub_bits(size), bits = size > 1 ? size - 1 - sub : 0;
	uint64_t known = size ? UINT64_C(1) << sub | (low & bits_mask(sub)) : 0;

	return (struct form){known << bits, (uint32_t)bits_mask(bits), (uint16_t)(16 * size),
			     (uint16_t)bits};
}

static struct decoder *decoder_new(void)
{
	struct decoder *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	for (unsigned i = 0; i < CONTEXTS; i++)
		d->contexts[i].size = UNKNOWN * 16;
	for (unsigned i = 0; i < FORMS; i++)
		d->forms[i] = form_of(i >> SUB_BITS, i & SUB_MASK);
	for (int i = 0; i <= 64; i++)
		d->limits[i] = limit_of(i);
	for (unsigned i = 0; i < 256; i++)
		d->moves[i] = (uint32_t)unzigzag(i >> SUB_BITS) * (1 << SUB_BITS) + (i & SUB_MASK);
	d->moves[ESCAPE] = FORMS; /* to none */
	return d;
}

/* The rows at hand of one CPU. */
struct reel {
	struct bit_reader bits;
	uint64_t now;
	uint32_t schemas[HISTORY + CHUNK]; /* and of the rows before them, or 0 */
	uint16_t numbers[CHUNK];           /* of contexts */
};

/* The next rows' contexts. Nothing is taken over from row to row: several are found at once. */
static void find_contexts(struct reel *r, const uint32_t *schemas, size_t count)
{
	memcpy(r->schemas + HISTORY, schemas, count * sizeof(*schemas));
	for (size_t i = 0; i < count; i++) {
		uint32_t all = 0;

		for (size_t k = 0; k <= HISTORY; k++)
			all = all * BASE + r->schemas[i + k];
		r->numbers[i] = (uint16_t)(all * SCATTER >> (32 - CONTEXT_BITS));
	}
	memmove(r->schemas, r->schemas + count, HISTORY * sizeof(*r->schemas));
}

/* The same as decode_row() while it is usual: few bits, in a known context. There are
 * USUAL_BITS bits for each of `count` rows. Returns how many were. */
static size_t decode_usual(struct decoder *d, struct reel *r, const uint16_t *numbers,
			   const uint8_t *symbols, size_t count, uint64_t *ts)
{
	const uint8_t *in = r->bits.in.p;
	uint64_t bit = r->bits.at, now = r->now;
	size_t i;

	for (i = 0; i < count; i++) {
		struct context *c = &d->contexts[numbers[i]];
		uint32_t usual = (uint32_t)c->size >> 4;
		uint32_t at = (usual << SUB_BITS) + d->moves[symbols[i]];
		const struct form *form;
		int64_t error, limit;

		if (at >= FORMS)
			break;
		form = &d->forms[at];
		error = unzigzag((load_le64(in + bit / 8) >> bit % 8 & form->mask) + form->base);
		bit += form->bits;
		now += expected(c) + (uint64_t)error;
		ts[i] = now;
		limit = d->limits[usual];
		error = error > limit ? limit : error;
		c->step += (uint64_t)(error < -limit ? -limit : error);
		c->size += (int32_t)shift_down(form->sixteenths - c->size, 3);
	}
	r->bits.at = bit;
	r->now = now;
	return i;
}

/* For how many rows there are bits, if they are usual. */
static size_t rows_safe(const struct bit_reader *bits)
{
	return bits->at < bits->safe ? (size_t)(bits->safe - bits->at) / USUAL_BITS : 0;
}

static bool decode_chunk(struct decoder *d, struct reel *r, const uint8_t *symbols, size_t count,
			 uint64_t *ts)
{
	for (size_t i = 0; i < count; i++) {
		size_t safe = rows_safe(&r->bits);

		i += decode_usual(d, r, r->numbers + i, symbols + i,
				  safe < count - i ? safe : count - i, ts + i);
		if (i == count)
			break;
		if (!decode_row(symbols[i], &d->contexts[r->numbers[i]], &r->bits, &r->now))
			return false;
		ts[i] = r->now;
	}
	return true;
}

/* The rows of one CPU. */
static bool decode_lane(struct decoder *d, struct reel *r, const uint8_t *symbols,
			const uint32_t *schemas, size_t count, uint64_t *ts)
{
	memset(r->schemas, 0, HISTORY * sizeof(*r->schemas));
	for (size_t first = 0; first < count; first += CHUNK) {
		size_t here = count - first < CHUNK ? count - first : CHUNK;

		find_contexts(r, schemas + first, here);
		if (!decode_chunk(d, r, symbols + first, here, ts + first))
			return false;
	}
	return true;
}

/* False for symbols that cannot be, or bits that do not end with the last row. */
static bool decode_rows(const struct time_lanes *rows, const uint8_t *symbols, struct view low,
			struct decoder *d, uint64_t *ts)
{
	struct reel reel = {.bits = bits_of(low)};

	for (uint32_t i = 0; i < rows->lanes->count; i++) {
		size_t first = rows->lanes->starts[i], count = rows->lanes->starts[i + 1] - first;

		reel.now = rows->base;
		if (!decode_lane(d, &reel, symbols + first, rows->schema + first, count,
				 ts + first))
			return false;
	}
	return bits_are_over(&reel.bits);
}

int times_decode(const struct time_lanes *rows, struct view symbols, struct view low, uint64_t *ts,
		 struct error *err)
{
	uint32_t count = rows->lanes->starts[rows->lanes->count];
	struct decoder *d;
	bool is_sound;

	if (view_len(symbols) != count)
		return error_set(err, ERR_CORRUPT, "the time column has %zu symbols for %u rows",
				 view_len(symbols), count);
	d = decoder_new();
	if (!d)
		return error_nomem(err);
	is_sound = decode_rows(rows, symbols.p, low, d, ts);
	free(d);
	if (!is_sound)
		return error_set(err, ERR_CORRUPT, "the time column does not fit its rows");
	return 0;
}
