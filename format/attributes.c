/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* attributes.c -- dictionary entries by attribute (docs/FORMAT.md section 6). */
#include "format/attributes.h"

#include <stdlib.h>
#include <string.h>

#include "format/column.h"
#include "format/crossed.h"

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

/* Room for `count` values, and one more, so that there is always memory. */
static bool reserve(struct attribute *a, size_t count)
{
	size_t cap = count < 2 * a->cap ? 2 * a->cap : count + 1;
	void *ends = a->ends;

	if (count < a->cap)
		return true;
	if (a->size ? !move_to(&a->data, cap, a->size) : !move_to(&ends, cap, sizeof(*a->ends)))
		return false;
	a->ends = ends;
	a->cap = cap;
	return true;
}

static uint8_t *value_at(const struct attribute *a, size_t at)
{
	return (uint8_t *)a->data + (a->is_const ? 0 : at * a->size);
}

/* Values first...end - 1 become copies of `value`. */
static void fill(struct attribute *a, size_t first, size_t end, const uint8_t *value)
{
	uint8_t *to = (uint8_t *)a->data + first * a->size;
	size_t bytes = (end - first) * a->size, done = a->size;

	if (bytes == 0)
		return;
	memmove(to, value, a->size);
	for (; done < bytes; done *= 2)
		memcpy(to + done, to, done < bytes - done ? done : bytes - done);
}

/* Room for values behind the first `count`, each of which is there from now on. */
static bool spread(struct attribute *a, size_t count, size_t extra)
{
	if (!reserve(a, count + extra))
		return false;
	if (a->is_const)
		fill(a, 0, count, a->data);
	a->is_const = false;
	return true;
}

/* An integer, not sign-extended. */
static uint64_t load(const struct attribute *a, size_t at)
{
	at = a->is_const ? 0 : at;
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

/* An attribute of the run that has a key. */
struct keyed_attribute {
	struct attribute *of;
	const struct field *field;
	const struct attribute *key; /* another one of the entry; NULL: 0 */
	uint64_t *tokens;            /* of the run; owned */
};

/* A run that is being decoded, behind the entries that are there. */
struct run {
	struct attributes *a;
	size_t count;
	uint64_t bytes, limit;
	struct keyed_attribute *keyed; /* [field_count]; NULL if there are none */
	unsigned keyed_count;
};

/* `n` integers or bytes to `out`. */
static int decode_values(const struct field *f, uint8_t codec, struct view in, size_t n, void *out,
			 struct error *err)
{
	uint8_t *bytes = out;
	uint16_t *words = out;
	uint32_t *shorts;
	int rc;

	if (f->kind != FIELD_INT)
		return column_decode_fixed(codec, in, n, field_bytes(f), out, err);
	if (f->elem_size == 8)
		return column_decode_ints(codec, in, n, out, err);
	if (f->elem_size == 4)
		return column_decode_shorts(codec, in, n, out, err);
	shorts = malloc((n + 1) * sizeof(*shorts));
	if (!shorts)
		return error_nomem(err);
	rc = column_decode_shorts(codec, in, n, shorts, err);
	for (size_t i = 0; !rc && f->elem_size == 1 && i < n; i++)
		bytes[i] = (uint8_t)shorts[i];
	for (size_t i = 0; !rc && f->elem_size == 2 && i < n; i++)
		words[i] = (uint16_t)shorts[i];
	free(shorts);
	return rc;
}

/* One value for all entries of the run; perhaps all before it have it, too. */
static int take_const(struct run *r, struct attribute *a, const struct field *f, struct view in,
		      struct error *err)
{
	_Alignas(uint64_t) uint8_t value[FIELD_MAX_BYTES];
	size_t count = r->a->count;

	TRY(decode_values(f, CODEC_CONST, in, 1, value, err));
	if (count == 0) {
		if (!reserve(a, 1))
			return error_nomem(err);
		memcpy(a->data, value, a->size);
		a->is_const = true;
	}
	if (a->is_const && memcmp(a->data, value, a->size) == 0)
		return 0;
	if (!spread(a, count, r->count))
		return error_nomem(err);
	fill(a, count, count + r->count, value);
	return 0;
}

static int take_values(struct run *r, struct attribute *a, const struct field *f, uint8_t codec,
		       struct view in, struct error *err)
{
	if (codec == CODEC_CONST)
		return take_const(r, a, f, in, err);
	if (!spread(a, r->a->count, r->count))
		return error_nomem(err);
	return decode_values(f, codec, in, r->count, value_at(a, r->a->count), err);
}

/* Bytes that the attribute before it has, too. */
static int take_crossed(struct run *r, unsigned field, struct view in, struct error *err)
{
	struct attribute *a = &r->a->of[field];
	const struct attribute *before = field ? a - 1 : NULL;
	size_t count = r->a->count;

	if (!before || r->a->schema->fields[field - 1].kind == FIELD_INT || before->size != a->size)
		return error_set(err, ERR_CORRUPT, "dictionary %s: nothing to cross",
				 r->a->schema->name);
	if (!spread(a, count, r->count))
		return error_nomem(err);
	return crossed_decode(in, r->count, a->size, value_at(before, count),
			      before->is_const ? 0 : before->size, value_at(a, count), err);
}

/* The key of a value is an attribute of its entry that has no key itself. */
static const struct attribute *key_attribute(const struct attributes *a, const struct field *f)
{
	const struct field *key = &a->schema->fields[f->key_attribute];

	return f->key_attribute < a->field_count && key->kind == FIELD_INT && !key->key_ref
		       ? &a->of[f->key_attribute]
		       : NULL;
}

static int take_tokens(struct run *r, struct attribute *a, const struct field *f, uint8_t codec,
		       struct view in, struct error *err)
{
	struct keyed_attribute *k = &r->keyed[r->keyed_count];

	if (!spread(a, r->a->count, r->count))
		return error_nomem(err);
	*k = (struct keyed_attribute){a, f, key_attribute(r->a, f), NULL};
	k->tokens = malloc((r->count + 1) * sizeof(*k->tokens));
	if (!k->tokens)
		return error_nomem(err);
	r->keyed_count++;
	return column_decode_ints(codec, in, r->count, k->tokens, err);
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
	int rc = views && reserve(a, r->a->count + r->count) ? 0 : error_nomem(err);

	if (!rc)
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
		return take_tokens(r, a, f, codec, column, err);
	if (f->kind == FIELD_STRING)
		return take_strings(r, a, codec, column, err);
	if (codec == CODEC_CROSSED && f->kind != FIELD_INT)
		return take_crossed(r, field, column, err);
	return take_values(r, a, f, codec, column, err);
}

/* Tokens become values, entry by entry. */
static bool settle_keyed(struct run *r, struct keyed *keyed, struct view *raw)
{
	uint64_t value;

	for (size_t i = 0; i < r->count; i++)
		for (unsigned n = 0; n < r->keyed_count; n++) {
			const struct keyed_attribute *k = &r->keyed[n];
			size_t at = r->a->count + i;
			uint64_t key = keyed_key(k->field, k->key ? load(k->key, at) : 0);

			if (!keyed_value(keyed, key, k->tokens[i], k->of->size, raw, &value))
				return false;
			store(k->of, at, value);
		}
	return true;
}

static int take_run(struct run *r, struct view in, struct keyed *keyed, struct error *err)
{
	struct view raw;

	for (unsigned i = 0; i < r->a->schema->field_count; i++)
		TRY(take_attribute(r, i, &in, err));
	if (!take_string(&in, &raw) || view_len(in) || !settle_keyed(r, keyed, &raw) ||
	    view_len(raw))
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
	struct run r = {a, count, 0, limit, NULL, 0};
	int rc;

	if (count > SIZE_MAX / FIELD_MAX_BYTES / SCHEMA_MAX_FIELDS ||
	    (r.bytes = least_bytes(a->schema, count)) > limit)
		return error_set(err, ERR_CORRUPT,
				 "dictionary %s: more entries than its block may hold",
				 a->schema->name);
	if (keyed) {
		r.keyed = malloc(a->field_count * sizeof(*r.keyed));
		if (!r.keyed)
			return error_nomem(err);
	}
	rc = take_run(&r, columns, keyed, err);
	for (unsigned i = 0; i < r.keyed_count; i++)
		free(r.keyed[i].tokens);
	free(r.keyed);
	if (rc)
		return rc;
	a->count += count;
	*bytes = r.bytes;
	return 0;
}

static ALWAYS_INLINE bool take_int(const struct attributes *a, size_t at, int attribute,
				   uint64_t *out)
{
	const struct field *f;
	uint64_t value;

	if (attribute < 0 || attribute >= a->schema->field_count)
		return false;
	f = &a->schema->fields[attribute];
	if (f->kind != FIELD_INT)
		return false;
	value = load(&a->of[attribute], at);
	WILL_READ(value_at(&a->of[attribute], at), NEXT_LINE);
	*out = f->flags & FIELD_SIGNED ? (uint64_t)sign_extend(value, f->elem_size) : value;
	return true;
}

bool attributes_int(const struct attributes *a, size_t at, int attribute, uint64_t *out)
{
	return take_int(a, at, attribute, out);
}

void attributes_ints(const struct attributes *a, size_t at, const int16_t *attributes, size_t count,
		     uint64_t *out)
{
	for (size_t i = 0; i < count; i++)
		if (!take_int(a, at, attributes[i], &out[i]))
			out[i] = 0;
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
		*out = view_of(value_at(values, at), values->size);
		WILL_READ(out->p, NEXT_LINE);
		return true;
	}
	start = at ? values->ends[at - 1] : 0;
	*out = view_of((const uint8_t *)values->data + start, values->ends[at] - start);
	return true;
}

/* The same for integers of 4 bytes, which most keys are. */
static bool find_keys(const uint32_t *values, size_t entries, uint32_t first, const uint32_t *ids,
		      size_t count, uint16_t *out)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t at = ids[i] - first;

		if (at >= entries && ids[i])
			return false;
		out[i] = at < entries ? (uint16_t)values[at] : 0;
	}
	return true;
}

bool attributes_keys(const struct attributes *a, int attribute, uint32_t first, const uint32_t *ids,
		     size_t count, uint16_t *out)
{
	const struct attribute *values = attribute >= 0 && attribute < a->schema->field_count
						 ? &a->of[attribute]
						 : NULL;
	uint64_t value;

	if (values && a->schema->fields[attribute].kind == FIELD_INT && values->size == 4 &&
	    !values->is_const)
		return find_keys(values->data, a->count, first, ids, count, out);
	for (size_t i = 0; i < count; i++) {
		uint32_t at = ids[i] - first;

		value = 0;
		if (ids[i] && (at >= a->count || !attributes_int(a, at, attribute, &value)))
			return false;
		out[i] = (uint16_t)value;
	}
	return true;
}
