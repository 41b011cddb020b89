/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* schema.c -- building, encoding and decoding schemas (docs/FORMAT.md section 5). */
#include "format/schema.h"

#include <stdlib.h>
#include <string.h>

static char *copy_text(const char *p, size_t len)
{
	char *text = malloc(len + 1);

	if (!text)
		return NULL;
	if (len)
		memcpy(text, p, len);
	text[len] = '\0';
	return text;
}

struct schema *schema_new(enum schema_kind kind, const char *group, const char *name,
			  const char *text)
{
	struct schema *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->kind = (uint8_t)kind;
	s->group = copy_text(group, strlen(group));
	s->name = copy_text(name, strlen(name));
	s->text = copy_text(text ? text : "", text ? strlen(text) : 0);
	if (!s->group || !s->name || !s->text) {
		schema_free(s);
		return NULL;
	}
	return s;
}

void schema_free(struct schema *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->field_count; i++) {
		free(s->fields[i].name);
		free(s->fields[i].type);
	}
	free(s->fields);
	free(s->own_of);
	free(s->key_of);
	free(s->key_sources);
	free(s->offsets);
	free(s->group);
	free(s->name);
	free(s->text);
	free(s);
}

static bool is_int_size(unsigned size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

static int field_check(const struct schema *s, const struct field *f, struct error *err)
{
	bool is_shape_ok;

	switch (f->kind) {
	case FIELD_INT:
		is_shape_ok = is_int_size(f->elem_size) && f->count == 1;
		break;
	case FIELD_ARRAY:
		is_shape_ok = is_int_size(f->elem_size) && f->count > 0;
		break;
	case FIELD_BYTES:
		is_shape_ok = f->elem_size == 1 && f->count > 0;
		break;
	case FIELD_STRING:
		is_shape_ok = f->elem_size == 1 && f->count == 0;
		break;
	default: /* of a newer writer: null in every event, but no entry can do without it */
		if (s->kind != SCHEMA_EVENT)
			return error_set(err, ERR_UNSUPPORTED,
					 "schema %s: field %s has unknown kind %u", s->name,
					 f->name, f->kind);
		is_shape_ok = true;
	}
	if (!is_shape_ok || (field_is_known(f) && field_bytes(f) > FIELD_MAX_BYTES))
		return error_set(err, ERR_CORRUPT, "schema %s: field %s has an impossible size",
				 s->name, f->name);
	if (strlen(f->name) > SCHEMA_MAX_NAME || (f->type && strlen(f->type) > SCHEMA_MAX_NAME))
		return error_set(err, ERR_CORRUPT,
				 "schema %s: a name or type of more than %d bytes", s->name,
				 SCHEMA_MAX_NAME);
	if (f->ref > s->ref_count || (f->ref && s->kind == SCHEMA_DICT))
		return error_set(err, ERR_CORRUPT,
				 "schema %s: field %s refers to dictionary %u of %u", s->name,
				 f->name, f->ref, s->ref_count);
	if (!field_is_known(f))
		return 0;
	if (f->flags & FIELD_ID && f->kind != FIELD_INT)
		return error_set(err, ERR_CORRUPT, "schema %s: field %s cannot be an id", s->name,
				 f->name);
	if (f->key_ref && (f->ref || f->kind != FIELD_INT ||
			   f->key_ref > (s->kind == SCHEMA_DICT ? 1 : s->ref_count)))
		return error_set(err, ERR_CORRUPT, "schema %s: field %s cannot have a key", s->name,
				 f->name);
	return 0;
}

int schema_add_field(struct schema *s, const struct field *f, struct error *err)
{
	struct field copy = *f;
	struct field *fields;

	if (s->field_count >= SCHEMA_MAX_FIELDS)
		return error_set(err, ERR_CORRUPT, "schema %s: more than %d fields", s->name,
				 SCHEMA_MAX_FIELDS);
	TRY(field_check(s, f, err));
	fields = realloc(s->fields, (s->field_count + 1u) * sizeof(*fields));
	if (!fields)
		return error_nomem(err);
	s->fields = fields;
	copy.name = copy_text(f->name, strlen(f->name));
	copy.type = copy_text(f->type ? f->type : "", f->type ? strlen(f->type) : 0);
	if (!copy.name || !copy.type) {
		free(copy.name);
		free(copy.type);
		return error_nomem(err);
	}
	if (!field_is_known(&copy))
		copy.key_ref = 0;
	s->fields[s->field_count] = copy;
	return s->field_count++;
}

int schema_add_ref(struct schema *s, uint32_t dict_id, struct error *err)
{
	for (int i = 0; i < s->ref_count; i++)
		if (s->refs[i] == dict_id)
			return i + 1;
	if (s->ref_count >= SCHEMA_MAX_REFS)
		return error_set(err, ERR_CORRUPT, "schema %s: more than %d dictionaries", s->name,
				 SCHEMA_MAX_REFS);
	s->refs[s->ref_count++] = dict_id;
	return s->ref_count;
}

static bool derived_alloc(struct schema *s)
{
	size_t count = s->field_count ? s->field_count : 1;

	free(s->own_of);
	free(s->key_of);
	free(s->key_sources);
	free(s->offsets);
	s->own_of = calloc(count, sizeof(*s->own_of));
	s->key_of = calloc(count, sizeof(*s->key_of));
	s->key_sources = calloc(count, sizeof(*s->key_sources));
	s->offsets = calloc(count, sizeof(*s->offsets));
	s->width = 0;
	s->own_count = 0;
	s->key_source_count = 0;
	s->string_count = 0;
	return s->own_of && s->key_of && s->key_sources && s->offsets;
}

static uint16_t key_source_of(struct schema *s, const struct field *f)
{
	struct key_source source = {(uint8_t)(f->key_ref - 1), f->key_attribute};

	for (uint16_t i = 0; i < s->key_source_count; i++)
		if (s->key_sources[i].ref == source.ref &&
		    s->key_sources[i].attribute == source.attribute)
			return i;
	s->key_sources[s->key_source_count] = source;
	return s->key_source_count++;
}

/* Field `number` - 1, if it can be what the value of *f is told by: an integer in a column of
 * its own, as wide (of 4 bytes, if *f has no key), that is not told by another itself, or comes
 * before. */
static const struct field *companion(const struct schema *s, const struct field *f, uint8_t number)
{
	const struct field *other;

	if (!number || number > s->field_count || s->kind != SCHEMA_EVENT || f->kind != FIELD_INT ||
	    f->ref)
		return NULL;
	other = &s->fields[number - 1];
	if (other->near && !(f->key_ref && other->key_ref && other < f))
		return NULL;
	return other != f && other->kind == FIELD_INT && !other->ref &&
			       other->elem_size == (f->key_ref ? f->elem_size : 4)
		       ? other
		       : NULL;
}

/* Companions that cannot be are none. */
static void settle_companions(struct schema *s)
{
	bool is_near[SCHEMA_MAX_FIELDS], is_start[SCHEMA_MAX_FIELDS];

	for (unsigned i = 0; i < s->field_count; i++) {
		const struct field *f = &s->fields[i], *start = companion(s, f, f->start);

		is_near[i] = companion(s, f, f->near);
		is_start[i] = start && f->key_ref && start->key_ref && !start->near && start < f;
	}
	for (unsigned i = 0; i < s->field_count; i++) {
		s->fields[i].near = is_near[i] ? s->fields[i].near : 0;
		s->fields[i].start = is_start[i] ? s->fields[i].start : 0;
	}
}

/* What a field costs a reader in each row, whatever its column is. */
static uint32_t field_width(const struct field *f)
{
	uint32_t bytes = field_is_known(f) ? field_bytes(f) : 0;

	return bytes <= 16 ? 1 : (bytes + 15) / 16;
}

int schema_seal(struct schema *s, struct error *err)
{
	int32_t offset = 0;

	if (!derived_alloc(s))
		return error_nomem(err);
	settle_companions(s);
	for (unsigned i = 0; i < s->field_count; i++) {
		const struct field *f = &s->fields[i];

		s->width += field_width(f);
		if (!f->ref)
			s->own_of[i] = s->own_count++;
		if (!f->ref && f->kind == FIELD_STRING)
			s->string_count++;
		if (f->key_ref)
			s->key_of[i] = key_source_of(s, f);
		s->offsets[i] = offset;
		if (f->kind == FIELD_STRING)
			offset = -1;
		else if (offset >= 0)
			offset += (int32_t)field_bytes(f);
	}
	return 0;
}

int schema_find(const struct schema *s, const char *name)
{
	for (int i = 0; i < s->field_count; i++)
		if (strcmp(s->fields[i].name, name) == 0)
			return i;
	return -1;
}

static void put_text(struct buf *out, const char *text)
{
	put_string(out, text, strlen(text));
}

static void field_encode(const struct field *f, struct buf *out)
{
	put_text(out, f->name);
	put_text(out, f->type);
	put_u8(out, f->kind);
	put_u8(out, f->role);
	put_u8(out, f->flags);
	put_u8(out, f->elem_size);
	put_u16(out, f->count);
	put_u16(out, f->enum_id);
	put_u8(out, f->ref);
	put_u8(out, f->attribute);
	put_u8(out, f->key_ref);
	put_u8(out, f->key_attribute);
	put_u8(out, f->key_space);
	put_u8(out, f->near);
	put_u8(out, f->start);
}

/* Every field record carries its length, so that fields can grow new members. */
void schema_encode(const struct schema *s, const char *text, struct buf *out)
{
	struct buf field = {0};

	put_varint(out, s->id);
	put_u8(out, s->kind);
	put_u8(out, s->flags);
	put_text(out, s->group);
	put_text(out, s->name);
	put_text(out, text);
	put_varint(out, s->ref_count);
	for (unsigned i = 0; i < s->ref_count; i++)
		put_varint(out, s->refs[i]);
	put_varint(out, s->field_count);
	for (unsigned i = 0; i < s->field_count; i++) {
		buf_clear(&field);
		field_encode(&s->fields[i], &field);
		put_string(out, field.data, field.len);
		out->is_failed |= field.is_failed;
	}
	buf_release(&field);
}

static bool take_text(struct view *in, size_t limit, struct view *out)
{
	return take_string(in, out) && view_len(*out) <= limit &&
	       !memchr(out->p, '\0', view_len(*out));
}

static bool keep_text(struct view text, char **out)
{
	char *copy = copy_text((const char *)text.p, view_len(text));

	if (!copy)
		return false;
	free(*out);
	*out = copy;
	return true;
}

static bool field_take(struct view *in, struct view *name, struct view *type, struct field *f)
{
	return take_text(in, SCHEMA_MAX_NAME, name) && take_text(in, SCHEMA_MAX_NAME, type) &&
	       take_u8(in, &f->kind) && take_u8(in, &f->role) && take_u8(in, &f->flags) &&
	       take_u8(in, &f->elem_size) && take_u16(in, &f->count) && take_u16(in, &f->enum_id) &&
	       take_u8(in, &f->ref) && take_u8(in, &f->attribute) && take_u8(in, &f->key_ref) &&
	       take_u8(in, &f->key_attribute) && take_u8(in, &f->key_space);
}

/* Members that a field may lack. */
static void field_take_later(struct view *in, struct field *f)
{
	if (take_u8(in, &f->near))
		take_u8(in, &f->start);
}

static int field_decode(struct view *in, struct schema *s, struct error *err)
{
	struct field f = {0};
	struct view body, name, type;
	int rc;

	if (!take_string(in, &body) || !field_take(&body, &name, &type, &f))
		return error_set(err, ERR_CORRUPT, "schema %s: field %u is cut short or too long",
				 s->name, s->field_count);
	field_take_later(&body, &f);
	if (!keep_text(name, &f.name) || !keep_text(type, &f.type))
		rc = error_nomem(err);
	else
		rc = schema_add_field(s, &f, err);
	free(f.name);
	free(f.type);
	return rc < 0 ? rc : 0;
}

static int refs_decode(struct view *in, struct schema *s, struct error *err)
{
	uint64_t count, id;

	if (!take_varint(in, &count) || count > SCHEMA_MAX_REFS)
		return error_set(err, ERR_CORRUPT, "schema %s: bad dictionary list", s->name);
	for (uint64_t i = 0; i < count; i++) {
		if (!take_varint(in, &id) || id == 0 || id > SCHEMA_MAX)
			return error_set(err, ERR_CORRUPT, "schema %s: bad dictionary id", s->name);
		s->refs[s->ref_count++] = (uint32_t)id;
	}
	return 0;
}

/* In a dictionary the key is an integer of the same entry without a key of its own. */
static int keys_check(const struct schema *s, struct error *err)
{
	for (unsigned i = 0; s->kind == SCHEMA_DICT && i < s->field_count; i++) {
		const struct field *f = &s->fields[i], *key = NULL;

		if (f->key_attribute < s->field_count)
			key = &s->fields[f->key_attribute];
		if (f->key_ref &&
		    (!key || key->key_ref || (field_is_known(key) && key->kind != FIELD_INT)))
			return error_set(err, ERR_CORRUPT,
					 "schema %s: attribute %u cannot be the key of %s", s->name,
					 f->key_attribute, f->name);
	}
	return 0;
}

static int schema_fill(struct view *in, struct schema *s, struct error *err)
{
	struct view group, name, text;
	uint64_t id, count;

	if (!take_varint(in, &id) || id == 0 || id > SCHEMA_MAX || !take_u8(in, &s->kind) ||
	    !take_u8(in, &s->flags) || !take_text(in, SCHEMA_MAX_NAME, &group) ||
	    !take_text(in, SCHEMA_MAX_NAME, &name) || !take_text(in, SCHEMA_MAX_TEXT, &text))
		return error_set(err, ERR_CORRUPT, "a schema is cut short or beyond its limits");
	if (!keep_text(group, &s->group) || !keep_text(name, &s->name) ||
	    !keep_text(text, &s->text))
		return error_nomem(err);
	s->id = (uint32_t)id;
	if (s->kind != SCHEMA_EVENT && s->kind != SCHEMA_DICT)
		return error_set(err, ERR_UNSUPPORTED, "schema %s has unknown kind %u", s->name,
				 s->kind);
	TRY(refs_decode(in, s, err));
	if (!take_varint(in, &count) || count > SCHEMA_MAX_FIELDS || count > view_len(*in))
		return error_set(err, ERR_CORRUPT, "schema %s: bad field count", s->name);
	for (uint64_t i = 0; i < count; i++)
		TRY(field_decode(in, s, err));
	TRY(keys_check(s, err));
	return schema_seal(s, err);
}

int schema_decode(struct view *in, struct schema **out, struct error *err)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "", "", "");
	int rc;

	if (!s)
		return error_nomem(err);
	rc = schema_fill(in, s, err);
	if (rc) {
		schema_free(s);
		return rc;
	}
	*out = s;
	return 0;
}
