/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* keyed_rows.c -- values from the tokens of codecs KEYED, PAIRED and TOLD (docs/FORMAT.md section 7.5). */
#include "format/keyed_rows.h"

static const int8_t NO_STEP = INT8_MIN;

/* What the rows so far have left. */
struct memory {
	uint64_t last[KEYED_PLACES];
	int8_t steps[256]; /* [token of codec TOLD] from what is expected, or NO_STEP */
	uint8_t was_lost[KEYED_PLACES / 8]; /* a bit a place: last is 0 again */
	uint64_t before[KEYED_PLACES];      /* where last is not 0, or was lost */
};

static struct memory *memory_new(struct slab *slab)
{
	struct memory *m = slab_alloc(slab, 1, sizeof(*m));

	if (!m)
		return NULL;
	memset(m, 0, offsetof(struct memory, before));
	memset(m->steps, NO_STEP, sizeof(m->steps));
	m->steps[PAIRED_LAST] = 0;
	for (unsigned token = TOLD_NEAR + 1; token < TOLD_FAR; token++)
		m->steps[token] = (int8_t)unzigzag(token - TOLD_NEAR);
	return m;
}

/* A value that was there, or will be. */
static inline void see(struct memory *m, uint16_t place, uint64_t value)
{
	uint64_t last = m->last[place];

	if (value == last)
		return;
	m->before[place] = last;
	m->last[place] = value;
}

/* A step led to 0, which is not what a place without values has. */
static void lose(struct memory *m, uint16_t place)
{
	if (m->last[place])
		m->was_lost[place / 8] |= (uint8_t)(1 << place % 8);
	see(m, place, 0);
}

static uint64_t before(const struct memory *m, uint16_t place)
{
	return m->last[place] || m->was_lost[place / 8] >> place % 8 & 1 ? m->before[place] : 0;
}

static bool take_raw(struct keyed_column *c, uint64_t *value)
{
	unsigned size = c->field->elem_size;

	if (view_len(c->raw) < size)
		return false;
	*value = load_le(c->raw.p, size);
	c->raw.p += size;
	return true;
}

static bool take_token(struct keyed_column *c, uint32_t row, uint64_t *token)
{
	struct view in = {c->tokens + row, c->end};

	if (!take_varint(&in, token) || view_len(in) < c->rows - 1 - row)
		return false;
	c->tokens = in.p - 1 - row;
	return true;
}

/* What a step away from the place's last value, or another one, is. */
static uint64_t step_from(const struct memory *m, const struct keyed_column *c, uint16_t place,
			  uint64_t token)
{
	unsigned first = c->is_told ? TOLD_NEAR : c->is_paired ? PAIRED_BEFORE : KEYED_FIRST;
	uint64_t last = m->last[place];

	if (c->is_paired && token == PAIRED_BEFORE)
		return before(m, place);
	if (c->is_told && token == TOLD_REST)
		return before(m, place) - last;
	return (last ? last : c->latest) + (uint64_t)(token < first ? 0 : unzigzag(token - first));
}

/* What no step away from another value tells: it was told before, or is told now. */
static void note_told(struct keyed_column *c, uint64_t token, uint64_t *value)
{
	if (token == KEYED_RAW || token >= TOLD_FAR)
		*recent_front(&c->told, RECENT_VALUES - 1) = *value;
	else if (token >= TOLD_AGAIN && token < TOLD_AGAIN + RECENT_VALUES)
		*value = *recent_front(&c->told, (unsigned)token - TOLD_AGAIN);
}

/* Any token's value. */
static SELDOM bool take_any(struct memory *m, struct keyed_column *c, uint32_t row, uint16_t place,
			    uint64_t *value)
{
	uint64_t token;

	*value = 0;
	if (!take_token(c, row, &token))
		return false;
	if (token == KEYED_ZERO)
		return true;
	if (token != KEYED_RAW)
		*value = step_from(m, c, place, token) & c->mask;
	else if (!take_raw(c, value))
		return false;
	if (c->is_told)
		note_told(c, token, value);
	if (*value == 0) {
		lose(m, place);
		return true;
	}
	c->latest = c->is_paired ? *value : 0;
	see(m, place, *value);
	return true;
}

/* One of the values that were told at length; false if there is none. */
static inline bool take_again(struct memory *m, struct keyed_column *c, uint16_t place,
			      unsigned rank, uint64_t *value)
{
	uint64_t again = recent_at(&c->told, rank);

	if (again == 0)
		return false;
	*value = c->latest = *recent_front(&c->told, rank);
	see(m, place, again);
	return true;
}

/* The same for most tokens of codec TOLD; false for others. */
static inline bool take_usual(struct memory *m, struct keyed_column *c, uint32_t row,
			      uint16_t place, uint64_t *value)
{
	unsigned token = c->tokens[row];
	int step = m->steps[token];
	uint64_t last = m->last[place], next = 0;

	if (step != NO_STEP)
		next = (last ? last : c->latest) + (uint64_t)step;
	else if (token == PAIRED_BEFORE && last)
		next = m->before[place];
	else if (token - TOLD_AGAIN < RECENT_VALUES)
		return take_again(m, c, place, token - TOLD_AGAIN, value);
	next &= c->mask;
	*value = next;
	if (next == 0)
		return token == KEYED_ZERO;
	c->latest = next;
	see(m, place, next);
	return true;
}

/* What the field beside it makes of a value. */
static inline uint64_t with_near(const struct keyed_column *c, uint32_t row, uint64_t value)
{
	uint64_t near = column_int(c->near, c->field, row);

	if (c->field->flags & FIELD_FULL)
		return full_restored(value, near & c->mask, c->mask);
	return (c->field->flags & FIELD_SUM ? value - near : value + near) & c->mask;
}

/* The sum of a value and that of `start` comes next there. */
static inline void see_end(struct memory *m, const struct keyed_column *c, uint32_t row,
			   uint64_t value)
{
	const struct keyed_column *start = c->start;
	uint64_t end = (column_int(start->column, c->field, row) + value) & c->mask;

	if (end)
		see(m, keyed_column_place(start, row), end);
	else
		lose(m, keyed_column_place(start, row));
}

/* The eight bytes of a value are stored whatever its width, without a branch: what it leaves behind
 * a short one is the next row's, which comes later. */
static inline void put(const struct keyed_column *c, uint32_t row, uint64_t value)
{
	uint8_t *to = c->values + ((size_t)row << c->shift);

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	memcpy(to, &value, sizeof(value));
#else
	uint32_t low = (uint32_t)value;

	memcpy(to, c->shift == KEYED_LONG ? (void *)&value : &low, (size_t)1 << c->shift);
#endif
}

static bool decode_value(struct memory *m, struct keyed_column *c, uint32_t row)
{
	uint16_t place = keyed_column_place(c, row);
	uint64_t value, any;

	if (!c->is_told || !take_usual(m, c, row, place, &value)) {
		if (!take_any(m, c, row, place, &any)) /* a copy: the other stays in a register */
			return false;
		value = any;
	}
	if (c->near)
		value = with_near(c, row, value);
	if (c->start && value)
		see_end(m, c, row, value);
	put(c, row, value);
	return true;
}

static inline bool decode_row(struct memory *m, const struct keyed_slot *s, uint32_t row)
{
	uint64_t value;

	for (struct keyed_column *c = s->columns; c < s->end; c++) {
		if (c->is_usual && take_usual(m, c, row, keyed_column_place(c, row), &value))
			put(c, row, value);
		else if (!decode_value(m, c, row))
			return false;
	}
	return true;
}

static bool is_over(const struct keyed_slot *s)
{
	for (const struct keyed_column *c = s->columns; c < s->end; c++)
		if (c->tokens + c->rows != c->end || view_len(c->raw))
			return false;
	return true;
}

bool keyed_rows_decode(struct batch *b, const struct keyed_slot *slots)
{
	struct memory *m = memory_new(b->slab);
	const uint32_t *places = b->places;

	for (uint32_t i = 0, rows = m ? b->rows : 0; i < rows; i++)
		if (!decode_row(m, &slots[place_slot(places[i])], place_row(places[i])))
			return false;
	for (size_t i = 0; m && i < b->slot_count; i++)
		if (!is_over(&slots[i]))
			return false;
	return m;
}
