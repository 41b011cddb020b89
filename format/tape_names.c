/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* tape_names.c -- the public interface over section: schemas, fields, enumerations, facts. */
#include "format/tape_data.h"

#include <stddef.h>

/* A schema of the current section by the handle of itself or of one of its fields. */
static const struct schema *schema_of(const struct tcptape *t, uint64_t handle)
{
	uint64_t id = handle >> HANDLE_FIELD_BITS & ((1u << HANDLE_SCHEMA_BITS) - 1);
	const struct schema *s;

	if (!t->section ||
	    handle >> (HANDLE_FIELD_BITS + HANDLE_SCHEMA_BITS) != t->section->number + 1)
		return NULL;
	s = section_schema(t->section, (uint32_t)id);
	return s && s->kind == SCHEMA_EVENT ? s : NULL;
}

static const struct schema *event_schema(const struct tcptape *t, uint64_t handle)
{
	return tape_field_index(handle) < 0 ? schema_of(t, handle) : NULL;
}

const struct field *tape_field(const struct tcptape *t, uint64_t handle)
{
	int index = tape_field_index(handle);
	const struct schema *s = index < 0 ? NULL : schema_of(t, handle);

	return s && index < s->field_count ? &s->fields[index] : NULL;
}

static uint64_t handle_of(const struct tcptape *t, const struct schema *s)
{
	return s ? tape_handle(t, s->id) : 0;
}

uint64_t tcptape_schema_next(const struct tcptape *t, uint64_t schema)
{
	const struct schema *s = event_schema(t, schema);

	if (!t->section || (schema && !s))
		return 0;
	for (size_t i = s ? s->id : 0; i < t->section->schema_count; i++) {
		s = t->section->schemas[i];
		if (s && s->kind == SCHEMA_EVENT)
			return handle_of(t, s);
	}
	return 0;
}

uint64_t tcptape_schema_find(const struct tcptape *t, const char *group, const char *name)
{
	return t->section ? handle_of(t, section_find(t->section, SCHEMA_EVENT, group, name)) : 0;
}

unsigned tcptape_schema_id(const struct tcptape *t, uint64_t schema)
{
	const struct schema *s = event_schema(t, schema);

	return s ? s->id : 0;
}

const char *tcptape_schema_group(const struct tcptape *t, uint64_t schema)
{
	const struct schema *s = event_schema(t, schema);

	return s ? s->group : NULL;
}

const char *tcptape_schema_name(const struct tcptape *t, uint64_t schema)
{
	const struct schema *s = event_schema(t, schema);

	return s ? s->name : NULL;
}

const char *tcptape_schema_format(const struct tcptape *t, uint64_t schema)
{
	const struct schema *s = event_schema(t, schema);

	return s ? s->text : NULL;
}

unsigned tcptape_schema_fields(const struct tcptape *t, uint64_t schema)
{
	const struct schema *s = event_schema(t, schema);

	return s ? s->field_count : 0;
}

uint64_t tcptape_field_at(const struct tcptape *t, uint64_t schema, unsigned number)
{
	return number < tcptape_schema_fields(t, schema) ? schema + number + 1 : 0;
}

uint64_t tcptape_field_find(const struct tcptape *t, uint64_t schema, const char *name)
{
	const struct schema *s = event_schema(t, schema);
	int index = s ? schema_find(s, name) : -1;

	return index < 0 ? 0 : schema + (unsigned)index + 1;
}

const char *tcptape_field_name(const struct tcptape *t, uint64_t field)
{
	const struct field *f = tape_field(t, field);

	return f ? f->name : NULL;
}

const char *tcptape_field_type(const struct tcptape *t, uint64_t field)
{
	const struct field *f = tape_field(t, field);

	return f ? f->type : NULL;
}

unsigned tcptape_field_kind(const struct tcptape *t, uint64_t field)
{
	const struct field *f = tape_field(t, field);

	return f ? f->kind : 0;
}

unsigned tcptape_field_role(const struct tcptape *t, uint64_t field)
{
	const struct field *f = tape_field(t, field);

	return f ? f->role : 0;
}

unsigned tcptape_field_flags(const struct tcptape *t, uint64_t field)
{
	enum { TOLD = TCPTAPE_SIGNED | TCPTAPE_EXTRA | TCPTAPE_OPTIONAL | TCPTAPE_BITS };
	const struct field *f = tape_field(t, field);

	return f ? f->flags & TOLD : 0;
}

unsigned tcptape_field_size(const struct tcptape *t, uint64_t field)
{
	const struct field *f = tape_field(t, field);

	return f ? f->elem_size : 0;
}

unsigned tcptape_field_count(const struct tcptape *t, uint64_t field)
{
	const struct field *f = tape_field(t, field);

	return f ? f->count : 0;
}

static const struct enumeration *enumeration_of(const struct tcptape *t, uint64_t field)
{
	const struct field *f = tape_field(t, field);

	return f ? section_enum(t->section, f->enum_id) : NULL;
}

const char *tcptape_enum_name(const struct tcptape *t, uint64_t field, uint64_t value)
{
	const struct enumeration *e = enumeration_of(t, field);

	return e ? enumeration_name(e, value) : NULL;
}

const char *tcptape_enum_at(const struct tcptape *t, uint64_t field, size_t n, uint64_t *value)
{
	const struct enumeration *e = enumeration_of(t, field);

	if (!e || n >= e->count)
		return NULL;
	*value = e->values[n].value;
	return e->values[n].name;
}

const char *tcptape_fact(const struct tcptape *t, const char *key)
{
	return t->section ? fact_list_find(&t->section->facts, key) : NULL;
}

bool tcptape_fact_at(const struct tcptape *t, size_t n, const char **key, const char **value)
{
	if (!t->section || n >= t->section->facts.count)
		return false;
	*key = t->section->facts.facts[n].key;
	*value = t->section->facts.facts[n].value;
	return true;
}
