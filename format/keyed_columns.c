/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * keyed_columns.c -- the keyed columns of a block: decoded together, row by row, as each
 * value is predicted by one of another row (docs/FORMAT.md section 7.5).
 */
#include "format/batch_data.h"

#include "format/column.h"
#include "format/keyed.h"

/* One keyed column of a slot. */
struct keyed_column {
	const struct field *field;
	struct column *column; /* ints: tokens that become values */
	const uint16_t *keys;  /* attributes modulo KEYED_PLACES, by row; lent */
	struct view raw;
};

/* The keyed columns of the rows of one schema. */
struct keyed_slot {
	struct keyed_column *columns;
	unsigned count;
	uint16_t **keys; /* [key source]; NULL where no column needs it */
};

/* The attribute that a key comes from, for each row. A row without an entry has 0; an entry
 * that damage took away makes all keyed values of the block unknown. */
static bool find_keys(struct batch *b, const struct slot *s, const struct key_source *source,
		      uint16_t *out)
{
	const uint64_t *ids = batch_plain(b, s->refs[source->ref], s->count);
	uint32_t dict = s->schema->refs[source->ref];
	uint64_t last = 0, attribute = 0;

	for (uint32_t row = 0; ids && row < s->count; row++) {
		if (ids[row] != last) {
			last = ids[row];
			attribute = 0;
			if (last > UINT32_MAX ||
			    (last && !dict_set_int(b->dicts, dict, (uint32_t)last,
						   source->attribute, &attribute)))
				return false;
		}
		out[row] = (uint16_t)(attribute % KEYED_PLACES);
	}
	return ids != NULL;
}

static const uint16_t *keys_of(struct batch *b, const struct slot *s, struct keyed_slot *k,
			       unsigned field)
{
	unsigned source = s->schema->key_of[field];

	if (k->keys[source])
		return k->keys[source];
	k->keys[source] = slab_alloc(b->slab, s->count, sizeof(**k->keys));
	if (!k->keys[source] || !find_keys(b, s, &s->schema->key_sources[source], k->keys[source]))
		return NULL;
	return k->keys[source];
}

/* Decode the tokens; `raw` is the number of the column with the raw bytes. */
static bool take_tokens(struct batch *b, const struct slot *s, struct keyed_column *c, uint32_t raw)
{
	struct view tokens;

	if (raw == NO_COLUMN || c->column->ints ||
	    batch_column_bytes(b, &b->columns[raw], &c->raw, NULL) ||
	    batch_column_bytes(b, c->column, &tokens, NULL))
		return false;
	c->column->ints = slab_alloc(b->slab, s->count, sizeof(*c->column->ints));
	return c->column->ints &&
	       column_decode_ints(CODEC_VARINT, tokens, s->count, c->column->ints, NULL) == 0;
}

static bool keyed_slot_init(struct batch *b, const struct slot *s, struct keyed_slot *k)
{
	const struct schema *schema = s->schema;
	unsigned sources = schema->key_source_count;

	if (sources == 0)
		return true;
	k->keys = slab_zalloc(b->slab, sources, sizeof(*k->keys));
	k->columns = slab_zalloc(b->slab, schema->own_count, sizeof(*k->columns));
	if (!k->keys || !k->columns)
		return false;
	for (unsigned i = 0; i < schema->field_count; i++) {
		unsigned own = schema->own_of[i];
		struct keyed_column *c = &k->columns[k->count];

		if (!schema->fields[i].key_ref || s->own[own] == NO_COLUMN ||
		    b->columns[s->own[own]].codec != CODEC_KEYED)
			continue;
		c->field = &schema->fields[i];
		c->column = &b->columns[s->own[own]];
		c->keys = keys_of(b, s, k, i);
		if (!c->keys || !take_tokens(b, s, c, s->raw[own]))
			return false;
		k->count++;
	}
	return true;
}

/* Tokens of all rows become values, in row order. */
static bool settle_rows(struct batch *b, struct keyed *keyed, struct keyed_slot *slots)
{
	for (uint32_t i = 0; i < b->rows; i++) {
		const struct keyed_slot *k = &slots[b->slot_of[i]];
		uint32_t row = b->local[i];

		for (unsigned n = 0; n < k->count; n++) {
			struct keyed_column *c = &k->columns[n];
			uint64_t *value = &c->column->ints[row];

			if (!keyed_value(keyed, keyed_key(c->field, c->keys[row]), *value,
					 c->field->elem_size, &c->raw, value))
				return false;
		}
	}
	return true;
}

static void mark_keyed(struct batch *b, const struct slot *s)
{
	for (unsigned i = 0; s->schema && i < s->schema->field_count; i++) {
		const struct field *f = &s->schema->fields[i];
		struct column *c;

		if (!f->key_ref || s->own[s->schema->own_of[i]] == NO_COLUMN)
			continue;
		c = &b->columns[s->own[s->schema->own_of[i]]];
		if (c->codec != CODEC_KEYED)
			continue;
		c->state = (uint8_t)b->keyed;
		if (c->state == COLUMN_READY)
			batch_normalise(f, c->ints, s->count);
	}
}

static bool decode_keyed(struct batch *b)
{
	struct keyed_slot *slots = slab_zalloc(b->slab, b->slot_count, sizeof(*slots));
	struct keyed *keyed = slab_zalloc(b->slab, 1, sizeof(*keyed));
	bool is_ok = slots && keyed;

	/* Values of an unknown schema may have shared keys with known ones. */
	for (size_t i = 0; is_ok && i < b->slot_count; i++)
		is_ok = b->slots[i].schema && keyed_slot_init(b, &b->slots[i], &slots[i]);
	return is_ok && settle_rows(b, keyed, slots);
}

/* All keyed columns of the block are decoded together, or none is. */
bool batch_open_keyed(struct batch *b)
{
	if (b->keyed == COLUMN_WAITING) {
		b->keyed = decode_keyed(b) ? COLUMN_READY : COLUMN_BAD;
		for (size_t i = 0; i < b->slot_count; i++)
			mark_keyed(b, &b->slots[i]);
	}
	return b->keyed == COLUMN_READY;
}
