/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* dictionaries.c -- entries on their way to the tape (docs/FORMAT.md section 6). */
#include "format/dictionaries.h"

#include <assert.h>
#include <stdlib.h>

#include "format/dict.h"
#include "format/entries.h"
#include "format/intern.h"
#include "format/keyed.h"

enum {
	DEFAULT_LIMIT = 65536,
	EPOCH_BYTES = DICT_MAX_BYTES / 2, /* of all dictionaries */
};

/* What keyed values of rows need of each entry. */
struct key_column {
	uint32_t *values; /* [id] */
	size_t count, cap;
	uint8_t attribute;
};

struct dictionary {
	const struct schema *schema;
	struct intern *intern;
	size_t longest; /* packed bytes of an entry */
	struct key_column *keys;
	size_t key_count, key_cap;
};

struct dictionaries {
	struct dictionary *all; /* [schema id - 1]; schema NULL for events */
	size_t cap;
	struct entry_tools tools;
	struct buf raw; /* scratch: a block being written */
	uint32_t limit;
	uint32_t epoch;
	size_t bytes;   /* in the epoch, as DICT_MAX_BYTES counts them */
	size_t pending; /* of it, not yet written */
	bool is_full;
};

struct dictionaries *dictionaries_new(uint32_t limit)
{
	struct dictionaries *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->limit = limit && limit <= DICT_MAX_ENTRIES / 2 ? limit : DEFAULT_LIMIT;
	d->epoch = 1;
	d->tools = (struct entry_tools){byte_table_new(), keyed_new()};
	if (!d->tools.table || !d->tools.keyed) {
		dictionaries_free(d);
		return NULL;
	}
	return d;
}

void dictionaries_free(struct dictionaries *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->cap; i++) {
		for (size_t k = 0; k < d->all[i].key_count; k++)
			free(d->all[i].keys[k].values);
		free(d->all[i].keys);
		intern_free(d->all[i].intern);
	}
	free(d->all);
	byte_table_free(d->tools.table);
	keyed_free(d->tools.keyed);
	buf_release(&d->raw);
	free(d);
}

int dictionaries_add(struct dictionaries *d, const struct schema *s, struct error *err)
{
	void *all = d->all;

	if (!array_grow(&all, &d->cap, s->id, sizeof(*d->all)))
		return error_nomem(err);
	d->all = all;
	d->all[s->id - 1].intern = intern_new();
	if (!d->all[s->id - 1].intern)
		return error_nomem(err);
	d->all[s->id - 1].schema = s;
	return 0;
}

int dictionaries_intern(struct dictionaries *d, uint32_t dict, const void *packed, size_t len,
			uint32_t *id, struct error *err)
{
	struct dictionary *one;
	size_t before;

	assert(dict >= 1 && dict <= d->cap && d->all[dict - 1].schema);
	one = &d->all[dict - 1];
	assert(entry_size(one->schema, view_of(packed, len)) == len);
	before = intern_count(one->intern);
	if (len > DICTIONARIES_MAX_ENTRY || before >= DICT_MAX_ENTRIES ||
	    d->bytes > DICT_MAX_BYTES - DICTIONARIES_MAX_ENTRY - DICT_ENTRY_COST)
		return error_set(err, ERR_USAGE, "dictionary %s is full, or an entry too long",
				 one->schema->name);
	if (!intern_add(one->intern, packed, len, id))
		return error_nomem(err);
	if (intern_count(one->intern) == before)
		return 0;
	d->bytes += len + DICT_ENTRY_COST;
	d->pending += len;
	one->longest = len > one->longest ? len : one->longest;
	d->is_full |= before + 1 >= d->limit || d->bytes >= EPOCH_BYTES;
	return 0;
}

static uint32_t entry_key(const struct schema *s, struct view entry, int attribute)
{
	const struct field *f = &s->fields[attribute];
	struct view bytes;
	uint64_t value;

	if (!entry_attribute(s, entry, attribute, &bytes))
		return 0;
	value = load_le(bytes.p, f->elem_size);
	return (uint32_t)(f->flags & FIELD_SIGNED ? (uint64_t)sign_extend(value, f->elem_size)
						  : value);
}

static struct key_column *key_column(struct dictionary *one, uint8_t attribute)
{
	void *keys = one->keys;

	for (size_t i = 0; i < one->key_count; i++)
		if (one->keys[i].attribute == attribute)
			return &one->keys[i];
	if (!array_grow(&keys, &one->key_cap, one->key_count + 1, sizeof(*one->keys)))
		return NULL;
	one->keys = keys;
	one->keys[one->key_count].attribute = attribute;
	return &one->keys[one->key_count++];
}

bool dictionaries_keys(struct dictionaries *d, uint32_t dict, uint8_t attribute,
		       struct id_keys *out)
{
	struct dictionary *one = &d->all[dict - 1];
	struct key_column *k = key_column(one, attribute);
	size_t need = intern_count(one->intern) + 1;
	void *values = k ? k->values : NULL;

	if (!k || !array_grow(&values, &k->cap, need, sizeof(*k->values)))
		return false;
	k->values = values;
	for (; k->count < need; k->count++) /* none has id 0, and 0 is its key */
		k->values[k->count] = entry_key(one->schema,
						intern_entry(one->intern, (uint32_t)k->count),
						attribute);
	*out = (struct id_keys){k->values, k->count};
	return true;
}

size_t dictionaries_longest(const struct dictionaries *d, uint32_t dict)
{
	return d->all[dict - 1].longest;
}

uint32_t dictionaries_epoch(const struct dictionaries *d)
{
	return d->epoch;
}

size_t dictionaries_pending(const struct dictionaries *d)
{
	return d->pending;
}

bool dictionaries_is_full(const struct dictionaries *d)
{
	return d->is_full;
}

bool dictionaries_is_crowded(const struct dictionaries *d)
{
	return d->bytes >= EPOCH_BYTES;
}

void dictionaries_next_epoch(struct dictionaries *d)
{
	for (size_t i = 0; i < d->cap; i++) {
		if (d->all[i].intern)
			intern_reset(d->all[i].intern);
		d->all[i].longest = 0;
		for (size_t k = 0; k < d->all[i].key_count; k++)
			d->all[i].keys[k].count = 0;
	}
	d->bytes = 0;
	d->pending = 0;
	d->is_full = false;
	d->epoch++;
}

int dictionaries_write(struct dictionaries *d, struct block_writer *to,
		       const struct block_header *h, struct error *err)
{
	struct block_header mine = *h;
	uint64_t work = 0;
	struct body *body;

	buf_clear(&d->raw);
	keyed_reset(d->tools.keyed);
	for (size_t i = 0; i < d->cap; i++) {
		struct dictionary *one = &d->all[i];
		struct view packed;
		size_t first, count;

		if (!one->schema)
			continue;
		packed = intern_take(one->intern, &first, &count);
		if (count > 0)
			entries_put_run(one->schema, first, count, packed, &d->tools, &d->raw);
		work += view_len(packed) + count * DICT_ENTRY_COST;
	}
	d->pending = 0;
	if (d->raw.is_failed)
		return error_nomem(err);
	if (d->raw.len == 0)
		return 0;
	mine.type = BLOCK_DICT;
	mine.epoch = d->epoch;
	body = block_writer_body(to);
	TRY(packer_add_with(block_writer_packer(to), EFFORT_MOST, 0,
			    view_of(d->raw.data, d->raw.len), body, err));
	TRY(body_pad(body, 0, work, err));
	return block_writer_put(to, &mine, err);
}
