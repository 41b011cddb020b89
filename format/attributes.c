/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* attributes.c -- dictionary entries by attribute (docs/FORMAT.md section 6). */
#include "format/attributes.h"

#include <stdlib.h>
#include <string.h>

#include "format/column.h"

bool attributes_init(struct attributes *a, const struct schema *schema)
{
	*a = (struct attributes){.schema = schema, .field_count = schema->field_count};
	a->of = calloc(schema->field_count, sizeof(*a->of));
	if (!a->of)
		return false;
	for (unsigned i = 0; i < schema->field_count; i++)
		a->of[i].size = field_bytes(&schema->fields[i]);
	return true;
}

void attributes_release(struct attributes *a)
{
	for (unsigned i = 0; a->of && i < a->field_count; i++) {
		free(a->of[i].data);
		free(a->of[i].ends);
	}
	free(a->of);
}

static bool move_to(void **data, size_t count, size_t size)
{
	void *moved = realloc(*data, count * size);

	if (moved)
		*data = moved;
	return moved;
}

/* Room for `extra` more entries, and one more, so that there is always memory. */
static bool reserve(struct attributes *a, size_t extra)
{
	size_t need = a->count + extra + 1, cap = need > 2 * a->cap ? need : 2 * a->cap;

	if (need <= a->cap)
		return true;
	for (unsigned i = 0; i < a->schema->field_count; i++) {
		void *ends = a->of[i].ends;

		if (a->of[i].size && !move_to(&a->of[i].data, cap, a->of[i].size))
			return false;
		if (!a->of[i].size && !move_to(&ends, cap, sizeof(*a->of[i].ends)))
			return false;
		a->of[i].ends = ends;
	}
	a->cap = cap;
	return true;
}

/* Of `f` in entry `at`, not sign-extended. */
static uint64_t load(const struct attribute *a, size_t at)
{
	switch (a->size) {
	case 1:
		return ((const uint8_t *)a->data)[at];
	case 2:
		return ((const uint16_t *)a->data)[at];
	case 4:
		return ((const uint32_t *)a->data)[at];
	default:
		return ((const uint64_t *)a->data)[at];
	}
}

static void store(struct attribute *a, size_t at, uint64_t value)
{
	switch (a->size) {
	case 1:
		((uint8_t *)a->data)[at] = (uint8_t)value;
		break;
	case 2:
		((uint16_t *)a->data)[at] = (uint16_t)value;
		break;
	case 4:
		((uint32_t *)a->data)[at] = (uint32_t)value;
		break;
	default:
		((uint64_t *)a->data)[at] = value;
	}
}

/* A run that is being decoded, behind the entries that are there. */
struct run {
	struct attributes *a;
	size_t count;
	uint64_t bytes, limit;
	uint64_t **tokens; /* [field_count], of keyed attributes; NULL if there are none */
};

static int take_ints(struct run *r, struct attribute *a, uint8_t codec, struct view in,
		     struct error *err)
{
	uint32_t *shorts;
	int rc;

	if (a->size == 8)
		return column_decode_ints(codec, in, r->count, (uint64_t *)a->data + r->a->count,
					  err);
	if (a->size == 4)
		return column_decode_shorts(codec, in, r->count, (uint32_t *)a->data + r->a->count,
					    err);
	shorts = malloc((r->count + 1) * sizeof(*shorts));
	if (!shorts)
		return error_nomem(err);
	rc = column_decode_shorts(codec, in, r->count, shorts, err);
	for (size_t i = 0; !rc && i < r->count; i++)
		store(a, r->a->count + i, shorts[i]);
	free(shorts);
	return rc;
}

static int take_tokens(struct run *r, unsigned field, uint8_t codec, struct view in,
		       struct error *err)
{
	r->tokens[field] = malloc((r->count + 1) * sizeof(**r->tokens));
	if (!r->tokens[field])
		return error_nomem(err);
	return column_decode_ints(codec, in, r->count, r->tokens[field], err);
}

/* Copy strings behind those that are there. */
static int append_strings(struct run *r, struct attribute *a, const struct view *views,
			  struct error *err)
{
	size_t at = r->a->count ? a->ends[r->a->count - 1] : 0, len = 0;

	for (size_t i = 0; i < r->count; i++) {
		len += view_len(views[i]);
		if (view_len(views[i]) > UINT16_MAX || len > r->limit - r->bytes)
			return error_set(err, ERR_CORRUPT, "dictionary %s: strings are too long",
					 r->a->schema->name);
	}
	r->bytes += len;
	if (at + len >= a->room) {
		size_t room = at + len >= 2 * a->room ? at + len + 1 : 2 * a->room;

		if (!move_to(&a->data, room, 1))
			return error_nomem(err);
		a->room = room;
	}
	for (size_t i = 0; i < r->count; i++) {
		len = view_len(views[i]);
		if (len)
			memcpy((char *)a->data + at, views[i].p, len);
		at += len;
		a->ends[r->a->count + i] = (uint32_t)at;
	}
	return 0;
}

static int take_strings(struct run *r, struct attribute *a, uint8_t codec, struct view in,
			struct error *err)
{
	struct view *views = malloc((r->count + 1) * sizeof(*views));
	struct buf scratch = {0};
	int rc;

	if (!views)
		return error_nomem(err);
	rc = column_decode_bytes(codec, in, r->count, 0, &scratch, views, err);
	if (!rc)
		rc = append_strings(r, a, views, err);
	buf_release(&scratch);
	free(views);
	return rc;
}

static int take_attribute(struct run *r, unsigned field, struct view *in, struct error *err)
{
	const struct field *f = &r->a->schema->fields[field];
	struct attribute *a = &r->a->of[field];
	struct view column;
	uint8_t codec;

	if (!take_u8(in, &codec) || !take_string(in, &column))
		return error_set(err, ERR_CORRUPT, "a dictionary's column is cut short");
	if (f->key_ref)
		return take_tokens(r, field, codec, column, err);
	if (f->kind == FIELD_INT)
		return take_ints(r, a, codec, column, err);
	if (f->kind == FIELD_STRING)
		return take_strings(r, a, codec, column, err);
	return column_decode_fixed(codec, column, r->count, a->size,
				   (uint8_t *)a->data + r->a->count * a->size, err);
}

/* The key of a value is another attribute of its entry, without a key of its own. */
static const struct attribute *key_attribute(const struct attributes *a, const struct field *f)
{
	const struct field *key = &a->schema->fields[f->key_attribute];

	return f->key_attribute < a->schema->field_count && key->kind == FIELD_INT && !key->key_ref
		       ? &a->of[f->key_attribute]
		       : NULL;
}

/* Tokens become values, entry by entry. */
static bool settle_keyed(struct run *r, struct keyed *keyed, struct view *raw)
{
	const struct schema *s = r->a->schema;
	size_t end = r->a->count + r->count;
	uint64_t value;

	for (size_t at = r->a->count; at < end; at++)
		for (unsigned i = 0; i < s->field_count; i++) {
			const struct field *f = &s->fields[i];
			const struct attribute *key;

			if (!f->key_ref)
				continue;
			key = key_attribute(r->a, f);
			if (!keyed_value(keyed, keyed_key(f, key ? load(key, at) : 0),
					 r->tokens[i][at - r->a->count], f->elem_size, raw, &value))
				return false;
			store(&r->a->of[i], at, value);
		}
	return true;
}

static int take_run(struct run *r, struct view in, struct keyed *keyed, struct error *err)
{
	struct view raw;

	for (unsigned i = 0; i < r->a->schema->field_count; i++)
		TRY(take_attribute(r, i, &in, err));
	if (!take_string(&in, &raw) || view_len(in) ||
	    (r->tokens && !settle_keyed(r, keyed, &raw)) || view_len(raw))
		return error_set(err, ERR_CORRUPT, "a dictionary's keyed values do not fit");
	return 0;
}

/* What `count` entries take at least. */
static uint64_t least_bytes(const struct schema *s, size_t count)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < s->field_count; i++)
		bytes += s->fields[i].kind == FIELD_STRING ? 2 : field_bytes(&s->fields[i]);
	return bytes * count;
}

int attributes_decode(struct attributes *a, struct view columns, size_t count, struct keyed *keyed,
		      uint64_t limit, uint64_t *bytes, struct error *err)
{
	struct run r = {a, count, 0, limit, NULL};
	unsigned fields = a->schema->field_count;
	int rc;

	if (count > SIZE_MAX / FIELD_MAX_BYTES / SCHEMA_MAX_FIELDS ||
	    (r.bytes = least_bytes(a->schema, count)) > limit)
		return error_set(err, ERR_CORRUPT,
				 "dictionary %s: more entries than its block may hold",
				 a->schema->name);
	if (!reserve(a, count))
		return error_nomem(err);
	if (keyed) {
		r.tokens = calloc(fields, sizeof(*r.tokens));
		if (!r.tokens)
			return error_nomem(err);
	}
	rc = take_run(&r, columns, keyed, err);
	for (unsigned i = 0; r.tokens && i < fields; i++)
		free(r.tokens[i]);
	free(r.tokens);
	if (rc)
		return rc;
	a->count += count;
	*bytes = r.bytes;
	return 0;
}

bool attributes_int(const struct attributes *a, size_t at, int attribute, uint64_t *out)
{
	const struct field *f;
	uint64_t value;

	if (attribute < 0 || attribute >= a->schema->field_count)
		return false;
	f = &a->schema->fields[attribute];
	if (f->kind != FIELD_INT)
		return false;
	value = load(&a->of[attribute], at);
	*out = f->flags & FIELD_SIGNED ? (uint64_t)sign_extend(value, f->elem_size) : value;
	return true;
}

bool attributes_bytes(const struct attributes *a, size_t at, int attribute, struct view *out)
{
	const struct attribute *values;
	size_t start;

	if (attribute < 0 || attribute >= a->schema->field_count ||
	    a->schema->fields[attribute].kind == FIELD_INT)
		return false;
	values = &a->of[attribute];
	if (values->size) {
		*out = view_of((const uint8_t *)values->data + at * values->size, values->size);
		return true;
	}
	start = at ? values->ends[at - 1] : 0;
	*out = view_of((const uint8_t *)values->data + start, values->ends[at] - start);
	return true;
}
