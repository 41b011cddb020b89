/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* vocabulary.c -- schemas and enumerations on their way to the tape (FORMAT section 5). */
#include "format/vocabulary.h"

#include <stdlib.h>
#include <string.h>

enum { FULL_BLOCK = BLOCK_MAX_RAW / 4 }; /* bytes that end a SCHEMA block */

struct vocabulary {
	struct schema **schemas; /* [id - 1] */
	size_t schema_count, schema_cap;
	struct enumeration **enums; /* [id - 1] */
	size_t enum_count, enum_cap;
	size_t schemas_written, enums_written; /* in this epoch */
	size_t schemas_told;                   /* with their texts, in this section */
	size_t bytes;                          /* of all, encoded */
};

struct vocabulary *vocabulary_new(void)
{
	return calloc(1, sizeof(struct vocabulary));
}

void vocabulary_free(struct vocabulary *v)
{
	if (!v)
		return;
	for (size_t i = 0; i < v->schema_count; i++)
		schema_free(v->schemas[i]);
	for (size_t i = 0; i < v->enum_count; i++)
		enumeration_free(v->enums[i]);
	free(v->schemas);
	free(v->enums);
	free(v);
}

/* Releases *record. */
static int count(struct vocabulary *v, struct buf *record, struct error *err)
{
	size_t len = record->len;
	bool is_failed = record->is_failed;

	buf_release(record);
	if (is_failed)
		return error_nomem(err);
	if (v->bytes + len > VOCABULARY_MAX_BYTES)
		return error_set(err, ERR_USAGE, "schemas of more than %d bytes",
				 VOCABULARY_MAX_BYTES);
	v->bytes += len;
	return 0;
}

int vocabulary_add_enum(struct vocabulary *v, struct enumeration *e, struct error *err)
{
	struct buf record = {0};
	void *enums = v->enums;

	if (v->enum_count >= ENUM_MAX || strlen(e->name) > ENUM_MAX_NAME)
		return error_set(err, ERR_USAGE, "more than %d enumerations, or a name too long",
				 ENUM_MAX);
	if (!array_grow(&enums, &v->enum_cap, v->enum_count + 1, sizeof(*v->enums)))
		return error_nomem(err);
	v->enums = enums;
	enumeration_encode(e, &record);
	TRY(count(v, &record, err));
	v->enums[v->enum_count++] = e;
	e->id = (uint16_t)v->enum_count;
	return 0;
}

/* Keys are integers that both sides know before the value: of entries, or of the same
 * entry but not keyed themselves. */
static int check_keys(const struct vocabulary *v, const struct schema *s, struct error *err)
{
	for (unsigned i = 0; i < s->field_count; i++) {
		const struct field *f = &s->fields[i], *key;
		const struct schema *dict = s;

		if (!field_is_known(f))
			return error_set(err, ERR_USAGE, "schema %s: field %s has kind %u", s->name,
					 f->name, f->kind);
		if (!f->key_ref)
			continue;
		if (s->kind == SCHEMA_EVENT)
			dict = vocabulary_schema(v, s->refs[f->key_ref - 1]);
		if (!dict || dict->kind != SCHEMA_DICT || f->key_attribute >= dict->field_count)
			return error_set(err, ERR_USAGE, "schema %s: field %s has no key", s->name,
					 f->name);
		key = &dict->fields[f->key_attribute];
		if (key->kind != FIELD_INT || (dict == s && key->key_ref))
			return error_set(err, ERR_USAGE, "schema %s: %s cannot be a key", s->name,
					 key->name);
	}
	return 0;
}

int vocabulary_add_schema(struct vocabulary *v, struct schema *s, struct error *err)
{
	struct buf record = {0};
	void *schemas = v->schemas;

	if (v->schema_count >= SCHEMA_MAX)
		return error_set(err, ERR_USAGE, "more than %d schemas", SCHEMA_MAX);
	if (strlen(s->group) > SCHEMA_MAX_NAME || strlen(s->name) > SCHEMA_MAX_NAME ||
	    strlen(s->text) > SCHEMA_MAX_TEXT)
		return error_set(err, ERR_USAGE, "schema %.40s: its name or text is too long",
				 s->name);
	TRY(check_keys(v, s, err));
	if (!array_grow(&schemas, &v->schema_cap, v->schema_count + 1, sizeof(*v->schemas)))
		return error_nomem(err);
	v->schemas = schemas;
	TRY(schema_seal(s, err));
	schema_encode(s, s->text, &record);
	TRY(count(v, &record, err));
	v->schemas[v->schema_count++] = s;
	s->id = (uint32_t)v->schema_count;
	return 0;
}

const struct schema *vocabulary_schema(const struct vocabulary *v, uint32_t id)
{
	return id >= 1 && id <= v->schema_count ? v->schemas[id - 1] : NULL;
}

size_t vocabulary_schema_count(const struct vocabulary *v)
{
	return v->schema_count;
}

void vocabulary_repeat(struct vocabulary *v)
{
	v->schemas_written = 0;
	v->enums_written = 0;
}

static int write_block(struct block_writer *to, const struct block_header *h, const struct buf *raw,
		       struct error *err)
{
	struct block_header mine = *h;

	mine.type = BLOCK_SCHEMA;
	return block_writer_put_raw(to, &mine, raw, err);
}

/* What is written when; it counts as written only once its block is. */
struct progress {
	size_t enums, schemas;
};

static void put_kind(uint8_t kind, const struct buf *record, struct buf *raw)
{
	put_u8(raw, kind);
	put_record(raw, record);
}

/* As many records as one block holds; *done moves on. */
static void fill(const struct vocabulary *v, struct progress *done, struct buf *raw)
{
	struct buf record = {0};

	for (; done->enums < v->enum_count && raw->len < FULL_BLOCK; done->enums++) {
		buf_clear(&record);
		enumeration_encode(v->enums[done->enums], &record);
		put_kind(SCHEMA_RECORD_ENUM, &record, raw);
	}
	for (; done->schemas < v->schema_count && raw->len < FULL_BLOCK; done->schemas++) {
		const struct schema *s = v->schemas[done->schemas];

		buf_clear(&record);
		schema_encode(s, done->schemas < v->schemas_told ? "" : s->text, &record);
		put_kind(SCHEMA_RECORD_SCHEMA, &record, raw);
	}
	buf_release(&record);
}

int vocabulary_write(struct vocabulary *v, struct block_writer *to, const struct block_header *h,
		     struct error *err)
{
	struct progress done = {v->enums_written, v->schemas_written};
	struct buf raw = {0};
	int rc = 0;

	while (!rc && (done.enums < v->enum_count || done.schemas < v->schema_count)) {
		buf_clear(&raw);
		fill(v, &done, &raw);
		rc = write_block(to, h, &raw, err);
		if (rc)
			break;
		v->enums_written = done.enums;
		v->schemas_written = done.schemas;
		if (v->schemas_told < done.schemas)
			v->schemas_told = done.schemas;
	}
	buf_release(&raw);
	return rc;
}
