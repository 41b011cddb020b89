/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * keyed_columns.c -- the keyed columns of a block: decoded together, row by row, as each
 * value is predicted by one of another row (docs/FORMAT.md section 7.5).
 */
#include "format/batch_data.h"

#include <stdlib.h>

#include "format/column.h"
#include "format/keyed.h"

/* Decode the tokens of every keyed column; each keeps its place in the raw bytes. */
static bool take_tokens(struct batch *b, const struct slot *s, struct view *raws)
{
	for (unsigned i = 0; i < s->schema->field_count; i++) {
		const struct field *f = &s->schema->fields[i];
		unsigned own = s->schema->own_of[i];
		struct column *c;
		struct view tokens;

		if (!f->key_ref || s->own[own] == NO_COLUMN)
			continue;
		c = &b->columns[s->own[own]];
		if (c->codec != CODEC_KEYED)
			continue;
		if (s->raw[own] == NO_COLUMN || c->ints ||
		    batch_column_bytes(b, &b->columns[s->raw[own]], &raws[own], NULL) ||
		    batch_column_bytes(b, c, &tokens, NULL))
			return false;
		c->ints = malloc((s->count ? s->count : 1) * sizeof(*c->ints));
		if (!c->ints || column_decode_ints(CODEC_VARINT, tokens, s->count, c->ints, NULL))
			return false;
	}
	return true;
}

/* The key of a field in a row. A row without an entry has key 0; an entry that damage
 * took away makes all keyed values of the block unknown. */
static bool row_key(struct batch *b, const struct slot *s, const struct field *f, uint32_t row,
		    uint64_t *key)
{
	const uint64_t *ids = batch_plain(b, s->refs[f->key_ref - 1], s->count);
	uint64_t attribute = 0;

	if (!ids || ids[row] > UINT32_MAX)
		return false;
	if (ids[row] && !dict_set_int(b->dicts, s->schema->refs[f->key_ref - 1], (uint32_t)ids[row],
				      f->key_attribute, &attribute))
		return false;
	*key = keyed_key(f, attribute);
	return true;
}

/* Tokens of one row become values. */
static bool settle_tokens(struct batch *b, const struct slot *s, struct keyed *keyed, uint32_t row,
			  struct view *raws)
{
	for (unsigned i = 0; i < s->schema->field_count; i++) {
		const struct field *f = &s->schema->fields[i];
		unsigned own = s->schema->own_of[i];
		struct column *c;
		uint64_t key;

		if (!f->key_ref || s->own[own] == NO_COLUMN)
			continue;
		c = &b->columns[s->own[own]];
		if (c->codec == CODEC_KEYED && (!row_key(b, s, f, row, &key) ||
						!keyed_value(keyed, key, c->ints[row], f->elem_size,
							     &raws[own], &c->ints[row])))
			return false;
	}
	return true;
}

static bool settle_rows(struct batch *b, struct keyed *keyed, struct view *const *raws)
{
	for (uint32_t i = 0; i < b->rows; i++) {
		const struct slot *s = &b->slots[b->slot_of[i]];

		/* values of an unknown schema may have shared keys with known ones */
		if (!s->schema || !settle_tokens(b, s, keyed, b->local[i], raws[b->slot_of[i]]))
			return false;
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
	struct view **raws = calloc(b->slot_count ? b->slot_count : 1, sizeof(*raws));
	struct keyed *keyed = keyed_new();
	bool is_ok = raws && keyed;

	for (size_t i = 0; is_ok && i < b->slot_count; i++) {
		const struct slot *s = &b->slots[i];
		unsigned own = s->schema ? s->schema->own_count : 0;

		raws[i] = calloc(own ? own : 1, sizeof(**raws));
		is_ok = raws[i] && (!s->schema || take_tokens(b, s, raws[i]));
	}
	is_ok = is_ok && settle_rows(b, keyed, raws);
	for (size_t i = 0; raws && i < b->slot_count; i++)
		free(raws[i]);
	free(raws);
	keyed_free(keyed);
	return is_ok;
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
