/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* paced_column.c -- the time column (docs/FORMAT.md section 7.4). */
#include "format/paced_column.h"

#include <stdlib.h>

#include "format/paced.h"

/* How far a row is from its guess; the bits of that in *size, above 63 if it cannot be. */
static int64_t take_error(uint8_t symbol, int wanted, struct bit_reader *bits, unsigned *size)
{
	unsigned is_negative = symbol & 1, below, sub;
	uint64_t residual;

	if (symbol == PACED_ESCAPE) {
		wanted = (int)bits_take(bits, PACED_SIZE_BITS);
		is_negative = (unsigned)bits_take(bits, 1);
	}
	*size = wanted < 0 || wanted > 63 ? 64 : (unsigned)wanted;
	if (*size > 63)
		return 0;
	below = *size ? *size - 1 : 0;
	sub = symbol == PACED_ESCAPE ? 0 : paced_sub_bits(*size);
	residual = *size ? UINT64_C(1) << sub | (symbol >> 1 & sub) : 0;
	residual = residual << (below - sub) | bits_take(bits, below - sub);
	return (int64_t)(is_negative ? ~residual : residual);
}

enum {
	USUAL_SIZES = 33, /* residuals of up to 32 bits */
	USUAL_BITS = 32,
	FORMS = USUAL_SIZES << PACED_SPREAD_SHIFT,
	FORM_BYTES = 16,
	TO_NONE = 1 << 28, /* from any expected size, that of an unknown context, too */
};

/* PACED_BASE to the power of PACED_HISTORY + 1: what the hash of an id has become when it is left out. */
static const uint32_t FORGOTTEN = UINT32_C(0x94446f01);

/* What a size and the symbol's low bits say of a residual. */
struct form {
	uint32_t base; /* the bits that are known, where they belong */
	uint32_t mask; /* of the bits that follow */
	int32_t flip;  /* -1: of negative ones, all bits are the other way round */
	uint16_t size; /* in 1/256 */
	uint16_t bits; /* that follow */
};

_Static_assert(sizeof(struct form) == FORM_BYTES, "struct form");

/* What symbols mean, to be looked up: it is the same in all blocks. */
struct decoder {
	struct paced_tables tables;
	struct form forms[FORMS]; /* [size, low bits] */
	int64_t limits[64];       /* of what is learnt, [expected size] */
	uint32_t moves[256];      /* [symbol] from the expected size's form, in bytes */
};

static struct form form_of(unsigned size, unsigned low)
{
	unsigned sub = paced_sub_bits(size), bits = size > 1 ? size - 1 - sub : 0;
	uint64_t known = size ? UINT64_C(1) << sub | (low >> 1 & sub) : 0;

	return (struct form){(uint32_t)(known << bits), (uint32_t)bits_mask(bits),
			     -(int32_t)(low & 1), (uint16_t)(256 * size), (uint16_t)bits};
}

static struct decoder *decoder_new(void)
{
	struct decoder *d = malloc(sizeof(*d));

	if (!d)
		return NULL;
	paced_tables_begin(&d->tables);
	for (unsigned i = 0; i < FORMS; i++)
		d->forms[i] = form_of(i >> PACED_SPREAD_SHIFT, i & 3);
	for (int i = 0; i < 64; i++)
		d->limits[i] = paced_limit(i);
	for (unsigned i = 0; i < 256; i++)
		d->moves[i] = ((uint32_t)unzigzag(i >> PACED_SPREAD_SHIFT) *
				       (1 << PACED_SPREAD_SHIFT) +
			       (i & 3)) *
			      FORM_BYTES;
	d->moves[PACED_ESCAPE] = TO_NONE;
	return d;
}

/* The rows at hand of one CPU. */
struct reel {
	struct bit_reader bits;
	struct paced_mood mood;
	uint64_t now;
	uint32_t hash; /* of the last ids: a row's and those of its history */
};

/* The next row's, after that of the row before; the ids before it are in front. */
static inline uint32_t hash_next(uint32_t hash, const uint32_t *schema)
{
	return hash * PACED_BASE + schema[0] - schema[-PACED_HISTORY - 1] * FORGOTTEN;
}

/* The next row, whatever it is; false for a symbol that cannot be. */
static SELDOM bool decode_row(struct decoder *d, struct reel *r, const uint32_t *schema,
			      uint8_t symbol)
{
	uint32_t hash = hash_next(r->hash, schema);
	struct paced_context *c = &d->tables.contexts[paced_context_at(hash)];
	struct paced_context *parent = &d->tables.parents[paced_parent_at(schema[-1], schema[0])];
	struct paced_guess guess = paced_guess_of(c, parent, &r->mood);
	int wanted = guess.size + (int)unzigzag(symbol >> PACED_SPREAD_SHIFT);
	unsigned size;
	int64_t error;

	error = take_error(symbol, wanted, &r->bits, &size);
	if (size > 63)
		return false;
	r->hash = hash;
	r->now += guess.step + (uint64_t)error;
	paced_learn(&d->tables, &r->mood, c, parent, &guess, symbol, error, size);
	return true;
}

/* The same of rows from `i` on while they are usual: few bits, in a known context. There are USUAL_BITS
 * bits for each of the rows up to `count`. Returns the first that is not usual. */
static size_t decode_usual(struct decoder *d, struct reel *r, const uint8_t *symbols,
			   const uint32_t *schemas, size_t i, size_t count, uint64_t *ts)
{
	const uint8_t *in = r->bits.in.p;
	uint64_t bit = r->bits.at, now = r->now;
	struct paced_mood mood = r->mood;
	uint32_t hash = r->hash;

	for (; i < count; i++) {
		uint32_t next = hash_next(hash, schemas + i);
		struct paced_context *c = &d->tables.contexts[paced_context_at(next)];
		uint8_t symbol = symbols[i];
		uint32_t usual = (uint32_t)bits_floor(c->size + mood.unrest, 8);
		uint32_t at = (usual * (FORM_BYTES << PACED_SPREAD_SHIFT)) + d->moves[symbol];
		const struct form *form;
		int64_t error, limit;

		if (at >= FORMS * FORM_BYTES)
			break;
		form = (const struct form *)((const char *)d->forms + at);
		hash = next;
		error = (int64_t)((load_le64(in + bit / 8) >> bit % 8 & form->mask) | form->base) ^
			form->flip;
		bit += form->bits;
		limit = d->limits[c->size >> 8];
		now += paced_step(c) + paced_delay(mood.pace, limit) + (uint64_t)error;
		ts[i] = now;
		paced_mood_learn(&mood, d->tables.paces[symbol], d->tables.unrests[symbol]);
		paced_context_learn(c, error, limit, form->size);
	}
	r->bits.at = bit;
	r->hash = hash;
	r->now = now;
	r->mood = mood;
	return i;
}

/* For how many rows there are bits, if they are usual. */
static size_t rows_safe(const struct bit_reader *bits)
{
	return bits->at < bits->safe ? (size_t)(bits->safe - bits->at) / USUAL_BITS : 0;
}

/* Rows of one CPU that have the ids of those before them in front. */
static bool decode_part(struct decoder *d, struct reel *r, const uint8_t *symbols,
			const uint32_t *schemas, size_t count, uint64_t *ts)
{
	for (size_t i = 0; i < count; i++) {
		size_t safe = rows_safe(&r->bits);

		i = decode_usual(d, r, symbols, schemas, i, safe < count - i ? i + safe : count,
				 ts);
		if (i == count)
			break;
		if (!decode_row(d, r, schemas + i, symbols[i]))
			return false;
		ts[i] = r->now;
	}
	return true;
}

/* All rows of one CPU. Before the first ones there are zeros. */
static bool decode_lane(struct decoder *d, struct reel *r, const uint8_t *symbols,
			const uint32_t *schemas, size_t count, uint64_t *ts)
{
	enum { BEFORE = PACED_HISTORY + 1 };
	uint32_t begin[2 * BEFORE] = {0};
	size_t first = count < BEFORE ? count : BEFORE;

	r->hash = 0;
	memcpy(begin + BEFORE, schemas, first * sizeof(*schemas));
	return decode_part(d, r, symbols, begin + BEFORE, first, ts) &&
	       decode_part(d, r, symbols + first, schemas + first, count - first, ts + first);
}

/* False for symbols that cannot be, or bits that do not end with the last row. */
static bool decode_rows(const struct time_lanes *rows, const uint8_t *symbols, struct view low,
			struct decoder *d, uint64_t *ts)
{
	struct reel reel = {.bits = bits_of(low)};

	for (uint32_t i = 0; i < rows->lanes->count; i++) {
		size_t first = rows->lanes->starts[i], count = rows->lanes->starts[i + 1] - first;

		reel.now = rows->base;
		reel.mood = (struct paced_mood){0};
		if (!decode_lane(d, &reel, symbols + first, rows->schema + first, count,
				 ts + first))
			return false;
	}
	return bits_are_over(&reel.bits);
}

int paced_decode(const struct time_lanes *rows, struct view symbols, struct view low, uint64_t *ts,
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
