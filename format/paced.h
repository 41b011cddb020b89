/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * paced.h -- when a CPU's next row comes, by what kinds of rows came before it there, and by
 * how fast the CPU is at the moment: what paced_column.c and paced_encoder.c have in common.
 * Implements docs/FORMAT.md section 7.4.
 *
 * The kernel runs the same code between the same two events, so the sequence of
 * schemas on a CPU says about how long it takes. What remains is noise: a symbol for
 * its size, which entropy coding shrinks, and its low bits, which nothing can.
 */
#ifndef FORMAT_PACED_H
#define FORMAT_PACED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/bits.h"

enum {
	PACED_HISTORY = 7,
	PACED_BASE = 31,
	PACED_CONTEXT_BITS = 13,
	PACED_PARENT_BITS = 10,
	PACED_ESCAPE = 255,     /* the symbol of a size too far from the expected one */
	PACED_SPREAD_SHIFT = 2, /* a symbol's low bits: one of the residual, and its sign */
	PACED_SIZE_BITS = 7,
	PACED_FIRST_SIZE = 2,     /* so many bits less are expected than the first residual has */
	PACED_UNKNOWN = -4194304, /* expected size of what was not seen yet: far from all others */
	PACED_UNREST = 24,
	PACED_PACE_MAX = 1024,
};

static const uint32_t PACED_SCATTER = UINT32_C(2654435761);

/* What follows a sequence of schemas. */
struct paced_context {
	uint64_t step; /* expected distance, in 1/8 ns, modulo 2^64 */
	int64_t size;  /* expected bits of the residual, in 1/256; or PACED_UNKNOWN */
};

/* How a CPU does at the moment: the steps before tell about the next one, whatever it is. */
struct paced_mood {
	int64_t pace;   /* how late it is, in 1/4096 of what residuals usually are */
	int64_t unrest; /* how much larger they are than usual, in 1/256 bits */
};

static inline int64_t paced_clip(int64_t v, int64_t limit)
{
	return v > limit ? limit : v < -limit ? -limit : v;
}

static inline bool paced_is_known(const struct paced_context *c)
{
	return c->size >= 0;
}

/* An interrupt between two events says nothing of the next time: what is far off counts
 * for no more than twice what is usual, a residual of `usual` bits. */
static inline int64_t paced_limit(int64_t usual)
{
	return INT64_C(2) << (usual < 61 ? usual : 61);
}

static inline uint64_t paced_step(const struct paced_context *c)
{
	return (uint64_t)bits_floor((int64_t)c->step, 3);
}

/* How much later than that a CPU with this pace will be. */
static inline uint64_t paced_delay(int64_t pace, int64_t limit)
{
	return (uint64_t)bits_floor((int64_t)((uint64_t)pace * (uint64_t)limit), 13);
}

static inline int paced_size(const struct paced_context *c, const struct paced_mood *m)
{
	return (int)bits_floor(c->size + m->unrest, 8);
}

/* What a symbol says of the pace: about half the residual, as a part of what is usual. */
static inline int paced_pace_told(uint8_t symbol)
{
	int spread = (int)unzigzag(symbol >> PACED_SPREAD_SHIFT), part = 5 + (symbol & 2);

	if (symbol == PACED_ESCAPE)
		return 0;
	part = spread > 0 ? PACED_PACE_MAX : (int)bits_floor(part * 128, (unsigned)-spread);
	return symbol & 1 ? -part : part;
}

static inline int paced_unrest_told(uint8_t symbol)
{
	return symbol == PACED_ESCAPE ? 0
				      : (int)unzigzag(symbol >> PACED_SPREAD_SHIFT) * PACED_UNREST;
}

static inline void paced_mood_learn(struct paced_mood *m, int pace, int unrest)
{
	m->pace += pace;
	m->pace -= bits_floor(m->pace, 3);
	m->unrest += unrest;
	m->unrest -= bits_floor(m->unrest, 3);
}

static inline void paced_context_learn(struct paced_context *c, int64_t error, int64_t limit,
				       int size)
{
	c->step += (uint64_t)paced_clip(error, limit);
	c->size += bits_floor(size - c->size, 4);
}

/* The first row of a context. Its parent, the context of a shorter sequence, learns from
 * such rows only. */
static inline void paced_context_begin(struct paced_context *c, struct paced_context *parent,
				       uint64_t step, int size)
{
	int first = size > PACED_FIRST_SIZE * 256 ? size - PACED_FIRST_SIZE * 256 : 0;
	int64_t error = (int64_t)(step - paced_step(parent));

	*c = (struct paced_context){.step = step * 8, .size = first};
	if (!paced_is_known(parent)) {
		*parent = *c;
		return;
	}
	c->size = parent->size + bits_floor(size - parent->size, 1);
	parent->step += (uint64_t)paced_clip(error, paced_limit(parent->size >> 8)) * 4;
	parent->size = c->size;
}

struct paced_guess {
	uint64_t step;
	int size;
	bool is_blind;
};

static inline struct paced_guess paced_guess_of(const struct paced_context *c,
						const struct paced_context *parent,
						const struct paced_mood *m)
{
	const struct paced_context *from = paced_is_known(c) ? c : parent;

	if (!paced_is_known(from))
		return (struct paced_guess){.is_blind = true};
	return (struct paced_guess){
		.step = paced_step(from) + paced_delay(m->pace, paced_limit(from->size >> 8)),
		.size = paced_size(from, m),
	};
}

struct paced_tables {
	struct paced_context contexts[1 << PACED_CONTEXT_BITS];
	struct paced_context parents[1 << PACED_PARENT_BITS];
	int16_t paces[256]; /* [symbol], what the mood learns: the same in all blocks */
	int16_t unrests[256];
};

static inline void paced_context_forget(struct paced_context *c)
{
	*c = (struct paced_context){.size = PACED_UNKNOWN};
}

static inline void paced_tables_begin(struct paced_tables *t)
{
	for (size_t i = 0; i < 1 << PACED_CONTEXT_BITS; i++)
		paced_context_forget(&t->contexts[i]);
	for (size_t i = 0; i < 1 << PACED_PARENT_BITS; i++)
		paced_context_forget(&t->parents[i]);
	for (unsigned i = 0; i < 256; i++) {
		t->paces[i] = (int16_t)paced_pace_told((uint8_t)i);
		t->unrests[i] = (int16_t)paced_unrest_told((uint8_t)i);
	}
}

/* A row was `step` after the one before, `error` more than its guess, a residual of `size` bits. */
static inline void paced_learn(const struct paced_tables *t, struct paced_mood *m,
			       struct paced_context *c, struct paced_context *parent,
			       const struct paced_guess *g, uint8_t symbol, int64_t error,
			       unsigned size)
{
	if (g->is_blind)
		paced_mood_learn(m, 0, 0);
	else
		paced_mood_learn(m, t->paces[symbol], t->unrests[symbol]);
	if (paced_is_known(c))
		paced_context_learn(c, error, paced_limit(c->size >> 8), (int)size * 256);
	else
		paced_context_begin(c, parent, g->step + (uint64_t)error, (int)size * 256);
}

/* Bits of a residual of `size` bits that its symbol tells. */
static inline unsigned paced_sub_bits(unsigned size)
{
	return size > 1;
}

static inline uint32_t paced_parent_at(uint32_t last, uint32_t schema)
{
	return (last * PACED_BASE + schema) * PACED_SCATTER >> (32 - PACED_PARENT_BITS);
}

static inline uint32_t paced_context_at(uint32_t hash)
{
	return hash * PACED_SCATTER >> (32 - PACED_CONTEXT_BITS);
}

#endif
