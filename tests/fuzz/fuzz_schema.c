// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_schema.c -- any bytes as a SCHEMA block: what is taken encodes to itself. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/section.h"

static void check(bool is_kept)
{
	if (!is_kept)
		abort();
}

static void check_field(const struct schema *s, const struct field *f)
{
	check(strlen(f->name) <= SCHEMA_MAX_NAME && strlen(f->type) <= SCHEMA_MAX_NAME);
	check(f->ref <= s->ref_count);
	check(!field_is_known(f) || field_bytes(f) <= FIELD_MAX_BYTES);
	check(!field_is_known(f) || (f->kind == FIELD_STRING) == (f->count == 0));
	check(schema_find(s, f->name) >= 0);
}

static void check_schema(const struct schema *s)
{
	struct schema *again = NULL;
	struct buf a = {0}, b = {0};
	struct view in;

	check(s->id >= 1 && s->id <= SCHEMA_MAX && s->own_count <= s->field_count);
	for (unsigned i = 0; i < s->field_count; i++)
		check_field(s, &s->fields[i]);
	schema_encode(s, s->text, &a);
	in = view_of(a.data, a.len);
	check(schema_decode(&in, &again, NULL) == 0 && view_len(in) == 0);
	schema_encode(again, again->text, &b);
	check(a.len == b.len && memcmp(a.data, b.data, a.len) == 0);
	schema_free(again);
	buf_release(&a);
	buf_release(&b);
}

static void check_enum(const struct enumeration *e)
{
	struct enumeration *again = NULL;
	struct buf a = {0}, b = {0};
	struct view in;

	check(e->id >= 1 && e->id <= ENUM_MAX && e->count <= ENUM_MAX_VALUES);
	for (size_t i = 0; i < e->count; i++)
		check(enumeration_name(e, e->values[i].value) == e->values[i].name);
	enumeration_encode(e, &a);
	in = view_of(a.data, a.len);
	check(enumeration_decode(&in, &again, NULL) == 0 && view_len(in) == 0);
	enumeration_encode(again, &b);
	check(a.len == b.len && memcmp(a.data, b.data, a.len) == 0);
	enumeration_free(again);
	buf_release(&a);
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct section s = {0};
	struct error err = {0};

	if (section_take_schemas(&s, view_of(data, size), &err))
		check(err.status < 0 && err.text[0] != '\0');
	for (uint32_t id = 0; id <= s.schema_count + 1; id++)
		if (section_schema(&s, id))
			check_schema(section_schema(&s, id));
	for (uint16_t id = 0; id <= s.enum_count + 1; id++)
		if (section_enum(&s, id))
			check_enum(section_enum(&s, id));
	section_release(&s);
	return 0;
}
