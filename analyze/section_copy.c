/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* section_copy.c -- copies by way of the encoding, which is complete. */
#include "analyze/section_copy.h"

#include <string.h>

static int copy_schema(struct section *to, const struct schema *s, struct error *err)
{
	struct buf bytes = {0};
	struct schema *copy;
	struct view in;
	int rc;

	schema_encode(s, s->text, &bytes);
	in = view_of(bytes.data, bytes.len);
	rc = bytes.is_failed ? error_nomem(err) : schema_decode(&in, &copy, err);
	buf_release(&bytes);
	TRY(rc);
	return section_add_schema(to, copy, err);
}

static int copy_enum(struct section *to, const struct enumeration *e, struct error *err)
{
	struct buf bytes = {0};
	struct enumeration *copy;
	struct view in;
	int rc;

	enumeration_encode(e, &bytes);
	in = view_of(bytes.data, bytes.len);
	rc = bytes.is_failed ? error_nomem(err) : enumeration_decode(&in, &copy, err);
	buf_release(&bytes);
	TRY(rc);
	return section_add_enum(to, copy, err);
}

static struct view text(const char *s)
{
	return view_of(s, strlen(s));
}

int section_copy_news(struct section *to, const struct section *from, struct error *err)
{
	for (size_t i = 0; i < from->schema_count; i++)
		if (from->schemas[i] && !section_schema(to, (uint32_t)i + 1))
			TRY(copy_schema(to, from->schemas[i], err));
	for (size_t i = 0; i < from->enum_count; i++)
		if (from->enums[i] && !section_enum(to, (uint16_t)(i + 1)))
			TRY(copy_enum(to, from->enums[i], err));
	for (size_t i = to->facts.count; i < from->facts.count; i++)
		TRY(fact_list_add(&to->facts, text(from->facts.facts[i].key),
				  text(from->facts.facts[i].value), err));
	return 0;
}
