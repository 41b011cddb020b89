/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* section.c -- the state of one section. */
#include "format/section.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void section_release(struct section *s)
{
	for (size_t i = 0; i < s->schema_count; i++)
		schema_free(s->schemas[i]);
	for (size_t i = 0; i < s->enum_count; i++)
		enumeration_free(s->enums[i]);
	free(s->schemas);
	free(s->enums);
	fact_list_release(&s->facts);
	*s = (struct section){0};
}

const struct schema *section_schema(const struct section *s, uint32_t id)
{
	return id >= 1 && id <= s->schema_count ? s->schemas[id - 1] : NULL;
}

const struct schema *section_find(const struct section *s, enum schema_kind kind, const char *group,
				  const char *name)
{
	for (size_t i = 0; i < s->schema_count; i++) {
		const struct schema *schema = s->schemas[i];

		if (schema && schema->kind == kind && strcmp(schema->name, name) == 0 &&
		    (!group || strcmp(schema->group, group) == 0))
			return schema;
	}
	return NULL;
}

const struct enumeration *section_enum(const struct section *s, uint16_t id)
{
	return id >= 1 && id <= s->enum_count ? s->enums[id - 1] : NULL;
}

int section_add_schema(struct section *s, struct schema *schema, struct error *err)
{
	void *schemas = s->schemas;

	if (section_schema(s, schema->id)) {
		schema_free(schema);
		return 0;
	}
	if (!array_grow(&schemas, &s->schema_cap, schema->id, sizeof(*s->schemas))) {
		schema_free(schema);
		return error_nomem(err);
	}
	s->schemas = schemas;
	s->schemas[schema->id - 1] = schema;
	if (schema->id > s->schema_count)
		s->schema_count = schema->id;
	return 0;
}

int section_add_enum(struct section *s, struct enumeration *e, struct error *err)
{
	void *enums = s->enums;

	if (section_enum(s, e->id)) {
		enumeration_free(e);
		return 0;
	}
	if (!array_grow(&enums, &s->enum_cap, e->id, sizeof(*s->enums))) {
		enumeration_free(e);
		return error_nomem(err);
	}
	s->enums = enums;
	s->enums[e->id - 1] = e;
	if (e->id > s->enum_count)
		s->enum_count = e->id;
	return 0;
}

/* Names and facts are kept for the life of the section: their sum has a limit. */
static int count(struct section *s, size_t len, struct error *err)
{
	s->bytes += len;
	if (s->bytes > SECTION_MAX_BYTES)
		return error_set(err, ERR_CORRUPT, "names and facts of more than %d bytes",
				 SECTION_MAX_BYTES);
	return 0;
}

static int take_record(struct section *s, uint8_t kind, struct view record, struct error *err)
{
	size_t len = view_len(record);
	struct enumeration *e;
	struct schema *schema;
	bool is_known;
	int rc;

	if (kind == SCHEMA_RECORD_ENUM) {
		TRY(enumeration_decode(&record, &e, err));
		is_known = section_enum(s, e->id);
		TRY(section_add_enum(s, e, err));
	} else if (kind == SCHEMA_RECORD_SCHEMA) {
		rc = schema_decode(&record, &schema, err);
		if (rc == ERR_UNSUPPORTED) /* for newer readers: its rows are left out */
			return 0;
		TRY(rc);
		is_known = section_schema(s, schema->id);
		TRY(section_add_schema(s, schema, err));
	} else {
		return 0;
	}
	return is_known ? 0 : count(s, len, err);
}

int section_take_schemas(struct section *s, struct view in, struct error *err)
{
	struct view record;
	uint8_t kind;

	TRY(count(s, 0, err));
	while (view_len(in) > 0) {
		if (!take_u8(&in, &kind) || !take_string(&in, &record))
			return error_set(err, ERR_CORRUPT, "a schema record is cut short");
		TRY(take_record(s, kind, record, err));
	}
	return 0;
}

int section_take_facts(struct section *s, struct view in, struct error *err)
{
	TRY(count(s, view_len(in), err));
	return facts_decode(&in, &s->facts, err);
}

void section_put_features(struct buf *out)
{
	put_u64(out, 0);
	put_u64(out, 0);
}

/* "feature bit 3", "feature bits 3, 40": they are what a changelog is searched for. */
static int refuse_features(uint64_t features, struct error *err)
{
	enum { BITS_NAMED = 8 };
	char bits[64] = "";
	unsigned named = 0;

	for (unsigned bit = 0; bit < 64; bit++) {
		size_t len = strlen(bits);

		if (!(features >> bit & 1) || named > BITS_NAMED)
			continue;
		if (named++ == BITS_NAMED)
			snprintf(bits + len, sizeof(bits) - len, ", ...");
		else
			snprintf(bits + len, sizeof(bits) - len, "%s%u", len ? ", " : "", bit);
	}
	return error_set(err, ERR_UNSUPPORTED,
			 "the tape uses feature bit%s %s, unknown here: use a newer tcptape",
			 named == 1 ? "" : "s", bits);
}

int section_take_features(struct view *in, struct error *err)
{
	uint64_t incompat, compat;
	struct view words = *in;

	if (!take_u64(&words, &incompat) || !take_u64(&words, &compat))
		return error_set(err, ERR_CORRUPT, "a section without feature words");
	*in = words;
	return incompat ? refuse_features(incompat, err) : 0;
}
