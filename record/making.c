/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* making.c -- a schema and its recipe, field by field. */
#include "record/making.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int making_begin(struct making *m, const char *group, const char *name, const char *text,
		 struct error *err)
{
	if (text && strlen(text) > SCHEMA_MAX_TEXT)
		text = NULL;
	m->schema = schema_new(SCHEMA_EVENT, group, name, text);
	return m->schema ? 0 : error_nomem(err);
}

int making_end(struct making *m, int rc, struct error *err)
{
	if (!rc)
		rc = writer_schema(m->tools->writer, m->schema, &m->recipe->schema, err);
	if (rc)
		schema_free(m->schema);
	else
		rc = writer_lay_out(m->tools->writer, m->recipe->schema, m->recipe->places, err);
	if (rc)
		recipe_release(m->recipe);
	return rc;
}

int making_add_ref(struct making *m, const struct ref_recipe *ref, struct error *err)
{
	int index = schema_add_ref(m->schema, m->tools->dictionaries[ref->dictionary], err);

	if (index < 0)
		return index;
	m->recipe->refs[index - 1] = *ref;
	m->recipe->ref_count = m->schema->ref_count;
	m->ref_of[ref->dictionary] = (uint8_t)index;
	return 0;
}

static int add_field(struct making *m, const struct field *f, struct error *err)
{
	int rc = schema_add_field(m->schema, f, err);

	return rc < 0 ? rc : 0;
}

int making_add_column(struct making *m, const struct field *f, const struct place *place,
		      struct error *err)
{
	void *places = m->recipe->places;

	if (!array_grow(&places, &m->place_cap, m->recipe->place_count + 1u, sizeof(*place)))
		return error_nomem(err);
	m->recipe->places = places;
	TRY(add_field(m, f, err));
	m->recipe->places[m->recipe->place_count++] = *place;
	return 0;
}

int making_add_string(struct making *m, const struct field *f, const struct string_recipe *string,
		      struct error *err)
{
	const struct place apart = {0};
	void *strings = m->recipe->strings;

	if (!array_grow(&strings, &m->string_cap, m->recipe->string_count + 1u, sizeof(*string)))
		return error_nomem(err);
	m->recipe->strings = strings;
	TRY(making_add_column(m, f, &apart, err));
	m->recipe->strings[m->recipe->string_count++] = *string;
	return 0;
}

int making_add_bound(struct making *m, struct field *f, enum dictionary d, unsigned attribute,
		     struct error *err)
{
	const struct dictionary_attribute *a = &dictionary_attributes(d)[attribute];

	f->kind = a->kind;
	f->elem_size = a->kind == FIELD_INT ? a->size : 1;
	f->count = a->kind == FIELD_INT ? 1 : a->size;
	if (!f->role)
		f->role = a->role;
	f->ref = m->ref_of[d];
	f->attribute = (uint8_t)attribute;
	return add_field(m, f, err);
}

bool making_is_integer(uint32_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

static uint8_t role_of(const struct tracefmt_field *f)
{
	size_t len = strlen(f->type);

	if (f->is_string)
		return ROLE_TEXT;
	if (f->print == PRINT_IP4 && f->size == 4)
		return ROLE_IPV4;
	if (f->print == PRINT_IP6 && f->size == 16)
		return ROLE_IPV6;
	if (f->print == PRINT_SOCKADDR && f->size == 28)
		return ROLE_SOCKADDR;
	if (strcmp(f->type, "bool") == 0)
		return ROLE_BOOL;
	if (f->size == 8 && (f->print == PRINT_POINTER || f->print == PRINT_SYMBOL ||
			     (len && f->type[len - 1] == '*')))
		return ROLE_POINTER;
	return ROLE_NONE;
}

/* Numbers of a scalar or of an array, else plain bytes. */
static void shape_of(const struct tracefmt_field *f, struct field *out)
{
	bool is_text = out->role == ROLE_TEXT || out->role == ROLE_IPV4 || out->role == ROLE_IPV6 ||
		       out->role == ROLE_SOCKADDR;

	if (f->is_data_loc || f->is_rel_loc) {
		out->kind = FIELD_STRING;
		out->elem_size = 1;
	} else if (f->count == 1 && making_is_integer(f->size) && !is_text) {
		out->kind = FIELD_INT;
		out->elem_size = (uint8_t)f->size;
		out->count = 1;
	} else if (f->count > 1 && making_is_integer(f->elem_size) && f->elem_size > 1) {
		out->kind = FIELD_ARRAY;
		out->elem_size = (uint8_t)f->elem_size;
		out->count = (uint16_t)f->count;
	} else {
		out->kind = FIELD_BYTES;
		out->elem_size = 1;
		out->count = (uint16_t)f->size;
	}
}

int making_field_of(struct making *m, const struct tracefmt_field *f, char type[MAKING_MAX_TYPE],
		    struct field *out, struct error *err)
{
	if (f->count > 1)
		snprintf(type, MAKING_MAX_TYPE, "%s[%u]", f->type, f->count);
	else
		snprintf(type, MAKING_MAX_TYPE, "%s", f->type);
	*out = (struct field){.name = f->name, .type = type, .role = role_of(f)};
	shape_of(f, out);
	if (f->is_signed && (out->kind == FIELD_INT || out->kind == FIELD_ARRAY))
		out->flags |= FIELD_SIGNED;
	if (f->is_flags)
		out->flags |= FIELD_BITS;
	return legend_field(m->tools->legend, f, &out->enum_id, err);
}

int making_add_symbol_name(struct making *m, struct error *err)
{
	char name[SCHEMA_MAX_NAME + 1];
	struct field f = {.name = name,
			  .type = (char *)"string",
			  .role = ROLE_TEXT,
			  .flags = FIELD_EXTRA};

	if (!m->symbol_field)
		return 0;
	snprintf(name, sizeof(name), "%.200s_symbol", m->symbol_field);
	return making_add_bound(m, &f, DICT_SYMBOL, SYMBOL_NAME, err);
}

int making_add_stack(struct making *m, uint16_t first, struct error *err)
{
	const struct ref_recipe ref = {.dictionary = DICT_STACK, .from = FROM_STACK, .at = first};
	bool is_taken = schema_find(m->schema, "stack") >= 0;
	struct field f = {.name = (char *)(is_taken ? "kernel_stack" : "stack"),
			  .type = (char *)"string",
			  .role = ROLE_TEXT,
			  .flags = FIELD_EXTRA};

	if (!m->tools->has_stack)
		return 0;
	TRY(making_add_ref(m, &ref, err));
	return making_add_bound(m, &f, DICT_STACK, STACK_FRAMES, err);
}

void recipe_release(struct recipe *r)
{
	free(r->places);
	free(r->strings);
	*r = (struct recipe){0};
}
