/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_keyed_rows.c -- tokens against a model that is written as docs/FORMAT.md says it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/keyed_rows.h"

enum { SLOTS = 2, COLUMNS = 4, ROWS = 400 };

/* What is decoded: SLOTS schemas of COLUMNS fields, whose rows alternate at random. */
struct world {
	struct batch batch;
	struct slot slots[SLOTS];
	struct keyed_slot keyed[SLOTS];
	struct keyed_column columns[SLOTS][COLUMNS];
	struct column values[SLOTS][COLUMNS];
	struct field fields[SLOTS][COLUMNS];
	uint16_t keys[SLOTS][ROWS], places[SLOTS][ROWS];
	struct buf tokens[SLOTS][COLUMNS], raw[SLOTS][COLUMNS];
	uint32_t rows[ROWS]; /* slot, row of the slot */
	uint64_t random;
};

/* As the document has it. */
struct model {
	uint64_t last[KEYED_PLACES], before[KEYED_PLACES];
	uint64_t latest[SLOTS][COLUMNS];
	uint64_t told[SLOTS][COLUMNS][8];
	uint64_t values[SLOTS][COLUMNS][ROWS];
	struct view tokens[SLOTS][COLUMNS], raw[SLOTS][COLUMNS];
};

static unsigned draw(struct world *w, unsigned below)
{
	w->random = w->random * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (unsigned)(w->random >> 33) % below;
}

/* Small steps, up and down, so that 0 is met; and everything else that a token can be. */
static void put_token(struct world *w, unsigned slot, unsigned column)
{
	struct buf *out = &w->tokens[slot][column];
	unsigned kind = draw(w, 40);

	if (kind == 0)
		put_u8(out, 0x80 | (uint8_t)draw(w, 12)); /* longer than it need be */
	if (kind == 0)
		put_u8(out, 0);
	else if (kind == 1)
		put_varint(out, UINT64_MAX - draw(w, 200));
	else if (kind == 2)
		put_varint(out, UINT64_C(1) << draw(w, 64));
	else
		put_u8(out, (uint8_t)draw(w, kind < 6 ? 128 : 16));
	put_le(&w->raw[slot][column], 8, draw(w, 4) ? draw(w, 5) : draw(w, 1 << 30));
}

static void world_field(struct world *w, unsigned slot, unsigned column)
{
	static const uint8_t sizes[] = {4, 8, 1, 2};
	struct field *f = &w->fields[slot][column];
	struct keyed_column *c = &w->columns[slot][column];
	struct column *v = &w->values[slot][column];
	bool is_long;

	f->elem_size = slot ? w->fields[0][0].elem_size
			    : sizes[draw(w, 4)]; /* companions are as wide */
	f->flags = (uint8_t)((draw(w, 2) ? FIELD_SIGNED : 0) | (draw(w, 2) ? FIELD_SUM : 0) |
			     (draw(w, 2) ? FIELD_FULL : 0));
	is_long = f->elem_size > 4;
	v->mask = UINT32_MAX;
	v->longs = is_long ? calloc(ROWS + 1, sizeof(*v->longs)) : NULL;
	v->shorts = is_long ? NULL : calloc(ROWS + 1, sizeof(*v->shorts));
	*c = (struct keyed_column){.places = w->places[slot],
				   .values = is_long ? (void *)v->longs : v->shorts,
				   .shift = is_long ? KEYED_LONG : KEYED_SHORT,
				   .mask = keyed_mask(f->elem_size),
				   .space = (uint16_t)draw(w, 3),
				   .is_paired = draw(w, 4) > 0,
				   .told = RECENT_EMPTY,
				   .column = v,
				   .field = f};
	c->is_told = c->is_paired && draw(w, 3);
	c->is_usual = c->is_told;
}

/* The last two columns of slot 1 tell of its first ones. */
static void world_companions(struct world *w)
{
	struct keyed_column *c = w->columns[1];

	for (unsigned i = 2; i < COLUMNS; i++) {
		if (!c[i].is_paired)
			continue;
		c[i].near = draw(w, 2) ? &w->values[1][0] : NULL;
		c[i].start = draw(w, 2) ? &c[1] : NULL;
		c[i].is_usual = c[i].is_told && !c[i].near && !c[i].start;
	}
}

static struct world *world_new(uint64_t seed)
{
	struct world *w = calloc(1, sizeof(*w));

	w->random = seed;
	w->batch.slab = slab_new();
	w->batch.rows = ROWS;
	w->batch.places = w->rows;
	w->batch.slots = w->slots;
	w->batch.slot_count = SLOTS;
	for (unsigned s = 0; s < SLOTS; s++) {
		w->keyed[s] = (struct keyed_slot){w->columns[s], w->columns[s] + COLUMNS};
		for (unsigned c = 0; c < COLUMNS; c++)
			world_field(w, s, c);
	}
	world_companions(w);
	for (unsigned i = 0; i < ROWS; i++) {
		unsigned s = draw(w, SLOTS);
		uint32_t row = w->slots[s].count++;

		w->rows[i] = s << PLACE_ROW_BITS | row;
		w->keys[s][row] = (uint16_t)(draw(w, 3) + 65534);
		w->places[s][row] = keyed_place(w->keys[s][row]);
		for (unsigned c = 0; c < COLUMNS; c++)
			put_token(w, s, c);
	}
	return w;
}

static void world_free(struct world *w)
{
	for (unsigned s = 0; s < SLOTS; s++)
		for (unsigned c = 0; c < COLUMNS; c++) {
			free(w->values[s][c].longs);
			free(w->values[s][c].shorts);
			buf_release(&w->tokens[s][c]);
			buf_release(&w->raw[s][c]);
		}
	slab_free(w->batch.slab);
	free(w);
}

static void see(struct model *m, uint16_t key, uint64_t value)
{
	if (value != m->last[key])
		m->before[key] = m->last[key];
	m->last[key] = value;
}

static uint16_t key_of(const struct world *w, unsigned slot, const struct keyed_column *c,
		       uint32_t row)
{
	return (uint16_t)(w->keys[slot][row] + 40503u * c->space);
}

/* What is `rank` places from the front, or `value` if all are in front of it, goes there. */
static uint64_t model_front(uint64_t told[8], unsigned rank, uint64_t value)
{
	value = rank < 8 ? told[rank] : value;
	memmove(told + 1, told, (rank < 8 ? rank : 7) * sizeof(*told));
	return told[0] = value;
}

/* The value that a token but 0 and 1 stands for. */
static uint64_t model_told(struct model *m, uint64_t told[8], uint16_t key, uint64_t expected,
			   uint64_t token)
{
	if (token == 4)
		return m->before[key] - m->last[key];
	if (token < 13)
		return model_front(told, (unsigned)token - 5, 0);
	return expected + (uint64_t)unzigzag(token - 12);
}

/* The value that a token but 1 stands for. */
static uint64_t model_token(struct model *m, const struct keyed_column *c, unsigned slot,
			    unsigned column, uint16_t key, uint64_t token)
{
	uint64_t expected = m->last[key], value = 0;
	unsigned size = c->field->elem_size;

	if (c->is_paired && !expected)
		expected = m->latest[slot][column];
	if (token == 0) {
		value = load_le(m->raw[slot][column].p, size);
		m->raw[slot][column].p += size;
	} else if (!c->is_paired) {
		value = expected + (uint64_t)unzigzag(token - 2);
	} else if (token == 3) {
		value = m->before[key];
	} else if (token == 2) {
		value = expected;
	} else if (c->is_told) {
		value = model_told(m, m->told[slot][column], key, expected, token);
	} else {
		value = expected + (uint64_t)unzigzag(token - 3);
	}
	value &= c->mask;
	return token == 0 || token > 127 ? model_front(m->told[slot][column], 8, value) : value;
}

static void model_value(struct world *w, struct model *m, unsigned slot, unsigned column,
			uint32_t row)
{
	const struct keyed_column *c = &w->columns[slot][column];
	uint16_t key = key_of(w, slot, c, row);
	uint64_t token, value = 0, near;

	assert_true(take_varint(&m->tokens[slot][column], &token));
	if (token != 1) {
		value = model_token(m, c, slot, column, key, token);
		if (value)
			m->latest[slot][column] = value;
		see(m, key, value);
	}
	if (c->near) {
		near = m->values[slot][0][row];
		if (!(c->field->flags & FIELD_FULL))
			value = (c->field->flags & FIELD_SUM ? value - near : value + near) &
				c->mask;
		else if (near & c->mask)
			value = value == 0                  ? near & c->mask
				: value == c->mask          ? 0
				: value == (near & c->mask) ? c->mask
							    : value;
	}
	if (c->start && value)
		see(m, key_of(w, slot, c->start, row), (m->values[slot][1][row] + value) & c->mask);
	m->values[slot][column][row] = value;
}

/* Raw bytes are as many as the model takes. */
static void model_run(struct world *w, struct model *m)
{
	for (unsigned s = 0; s < SLOTS; s++)
		for (unsigned c = 0; c < COLUMNS; c++) {
			m->tokens[s][c] = view_of(w->tokens[s][c].data, w->tokens[s][c].len);
			m->raw[s][c] = view_of(w->raw[s][c].data, w->raw[s][c].len);
		}
	for (unsigned i = 0; i < ROWS; i++)
		for (unsigned c = 0; c < COLUMNS; c++)
			model_value(w, m, w->rows[i] >> PLACE_ROW_BITS, c, w->rows[i] & 0xffff);
	for (unsigned s = 0; s < SLOTS; s++)
		for (unsigned c = 0; c < COLUMNS; c++) {
			struct keyed_column *k = &w->columns[s][c];
			const struct buf *tokens = &w->tokens[s][c], *raw = &w->raw[s][c];

			k->tokens = tokens->data;
			k->end = tokens->data + tokens->len;
			k->rows = w->slots[s].count;
			k->raw = view_of(raw->data, (size_t)(m->raw[s][c].p - raw->data));
		}
}

static void compare(const struct world *w, const struct model *m)
{
	for (unsigned s = 0; s < SLOTS; s++)
		for (unsigned c = 0; c < COLUMNS; c++)
			for (uint32_t row = 0; row < w->slots[s].count; row++) {
				const struct column *v = &w->values[s][c];
				uint64_t got = v->longs ? v->longs[row] : v->shorts[row];

				assert_true(got == m->values[s][c][row]);
			}
}

static void tokens_mean_what_the_document_says(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++) {
		struct world *w = world_new(seed);
		struct model *m = calloc(1, sizeof(*m));

		model_run(w, m);
		assert_true(keyed_rows_decode(&w->batch, w->keyed));
		compare(w, m);
		free(m);
		world_free(w);
	}
}

enum harm { NONE, TOKENS_SHORT, TOKENS_LONG, RAW_SHORT, RAW_LONG };

static bool decode_harmed(enum harm harm)
{
	struct world *w = world_new(7);
	struct model *m = calloc(1, sizeof(*m));
	struct keyed_column *c = &w->columns[0][1];
	bool is_ok;

	model_run(w, m);
	assert_true(view_len(c->raw) > 0);
	c->end += harm == TOKENS_LONG;
	c->end -= harm == TOKENS_SHORT;
	c->raw.end += harm == RAW_LONG;
	c->raw.end -= harm == RAW_SHORT;
	is_ok = keyed_rows_decode(&w->batch, w->keyed);
	free(m);
	world_free(w);
	return is_ok;
}

static void tokens_and_raw_bytes_end_with_the_last_row(void **state)
{
	(void)state;
	assert_true(decode_harmed(NONE));
	assert_false(decode_harmed(TOKENS_SHORT));
	assert_false(decode_harmed(TOKENS_LONG));
	assert_false(decode_harmed(RAW_SHORT));
	assert_false(decode_harmed(RAW_LONG));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_mean_what_the_document_says),
		cmocka_unit_test(tokens_and_raw_bytes_end_with_the_last_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
