/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* schema_rows.c -- schemas are copied by way of their encoding, and told field by field. */
#include "analyze/schema_rows.h"

#include <stdio.h>
#include <string.h>

#include "analyze/arena.h"

enum {
	COL_SECTION,
	COL_EVENT,
	COL_COUNT_KEY,
	COL_EVENT_ONCE,
	COL_COUNT_ONCE,
	COL_FIELD,
	COL_TYPE,
	COL_BYTES,
	COL_SIGNED,
	COL_SHOWN_AS,
	COL_FROM,
	COL_VALUES,
	COL_OWN,
	COL_GENERIC,
	COL_FORMAT,
	COL_COUNT
};

/* clang-format off */
static const struct column columns[COL_COUNT] = {
	[COL_SECTION] = {.key = "section", .doc = "recording on this tape, from 1"},
	[COL_EVENT] = {.key = "event", .doc = "group:name"},
	[COL_COUNT_KEY] = {.key = "count", .doc = "how many of them are on the tape, of those selected"},
	[COL_EVENT_ONCE] = {.title = "event", .made_of = "event", .doc = "its name, once"},
	[COL_COUNT_ONCE] = {.title = "count", .made_of = "count", .align = ALIGN_RIGHT, .doc = "likewise"},
	[COL_FIELD] = {.key = "field", .title = "field", .doc = "name of the field"},
	[COL_TYPE] = {.key = "type", .title = "type", .doc = "its type, as the kernel spells it"},
	[COL_BYTES] = {.key = "bytes", .title = "bytes", .align = ALIGN_RIGHT, .doc = "its size; null when that varies"},
	[COL_SIGNED] = {.key = "signed", .doc = "it may be negative"},
	[COL_SHOWN_AS] = {.key = "shown_as", .title = "shown as", .doc = "number, name, bits, pointer, address, text, bool, list or bytes"},
	[COL_FROM] = {.key = "from", .title = "from", .doc = "kernel: of its format file; recorder: added"},
	[COL_VALUES] = {.key = "values", .doc = "names and numbers of its enumeration; an object"},
	[COL_OWN] = {.key = "own", .doc = "true when the kernel describes no such event"},
	[COL_GENERIC] = {.key = "generic", .doc = "true when copied as the classic tracepoint gives it"},
	[COL_FORMAT] = {.key = "format", .is_hidden = true, .doc = "the kernel's format file, word by word; only when asked for by --fields"},
};
/* clang-format on */

const struct table events_table = {"info --events", columns, COL_COUNT};

void schema_rows_release(struct schema_rows *rows)
{
	section_release(&rows->kept);
	*rows = (struct schema_rows){0};
}

static int keep_schema(struct schema_rows *rows, const struct schema *s, struct error *err)
{
	struct buf bytes = {0};
	struct schema *copy = NULL;
	struct view in;
	int rc;

	schema_encode(s, s->text, &bytes);
	in = view_of(bytes.data, bytes.len);
	rc = bytes.is_failed ? error_nomem(err) : schema_decode(&in, &copy, err);
	buf_release(&bytes);
	return rc ? rc : section_add_schema(&rows->kept, copy, err);
}

static int keep_enum(struct schema_rows *rows, const struct enumeration *e, struct error *err)
{
	struct buf bytes = {0};
	struct enumeration *copy = NULL;
	struct view in;
	int rc;

	enumeration_encode(e, &bytes);
	in = view_of(bytes.data, bytes.len);
	rc = bytes.is_failed ? error_nomem(err) : enumeration_decode(&in, &copy, err);
	buf_release(&bytes);
	return rc ? rc : section_add_enum(&rows->kept, copy, err);
}

int schema_rows_keep(struct schema_rows *rows, const struct section *s, struct error *err)
{
	for (size_t i = 0; i < s->enum_count; i++)
		if (s->enums[i] && !section_enum(&rows->kept, s->enums[i]->id))
			TRY(keep_enum(rows, s->enums[i], err));
	for (size_t i = 0; i < s->schema_count; i++)
		if (s->schemas[i] && !section_schema(&rows->kept, s->schemas[i]->id))
			TRY(keep_schema(rows, s->schemas[i], err));
	return 0;
}

static const char *role_name(const struct field *f)
{
	switch (f->role) {
	case ROLE_POINTER:
		return "pointer";
	case ROLE_TEXT:
		return "text";
	case ROLE_IPV4:
	case ROLE_IPV6:
	case ROLE_ADDR:
	case ROLE_SOCKADDR:
		return "address";
	case ROLE_BOOL:
		return "bool";
	}
	return NULL;
}

static const char *shown_as(const struct field *f)
{
	const char *role = role_name(f);

	if (f->enum_id)
		return f->flags & FIELD_BITS ? "bits" : "name";
	if (role)
		return role;
	switch (f->kind) {
	case FIELD_INT:
		return "number";
	case FIELD_ARRAY:
		return "list";
	case FIELD_STRING:
		return "text";
	default:
		return "bytes";
	}
}

static struct cell values_cell(const struct enumeration *e, struct arena *a)
{
	struct member *items = e ? arena_take_array(a, e->count, sizeof(*items)) : NULL;

	if (!items)
		return cell_null();
	for (size_t i = 0; i < e->count; i++)
		items[i] = (struct member){e->values[i].name, cell_uint(e->values[i].value)};
	return cell_object(items, e->count);
}

static void fill_event(struct cell *cells, const struct schema *s, const char *name, uint64_t count,
		       uint64_t section)
{
	cells[COL_SECTION] = cell_uint(section);
	cells[COL_EVENT] = cells[COL_EVENT_ONCE] = cell_string(name);
	cells[COL_COUNT_KEY] = cells[COL_COUNT_ONCE] = cell_uint(count);
	cells[COL_OWN] = cell_bool(s->flags & SCHEMA_OWN);
	cells[COL_GENERIC] = cell_bool(s->flags & SCHEMA_GENERIC);
	cells[COL_FORMAT] = s->text[0] ? cell_string(s->text) : cell_null();
}

static void fill_field(struct cell *cells, const struct field *f, const struct enumeration *e,
		       struct arena *a)
{
	cells[COL_FIELD] = cell_string(f->name);
	cells[COL_TYPE] = cell_string(f->type);
	cells[COL_BYTES] = f->kind == FIELD_STRING ? cell_null() : cell_uint(field_bytes(f));
	cells[COL_SIGNED] = cell_bool(f->flags & FIELD_SIGNED);
	cells[COL_SHOWN_AS] = cell_string(shown_as(f));
	cells[COL_VALUES] = values_cell(e, a);
}

static bool is_added(const struct schema *s, const struct field *f)
{
	return s->flags & SCHEMA_OWN || f->flags & FIELD_EXTRA;
}

static int print_schema(const struct schema_rows *rows, const struct schema *s, struct cell *cells,
			bool is_page, struct renderer *r, struct error *err)
{
	struct arena arena = {0};
	int rc;

	for (unsigned i = 0; i < s->field_count; i++) {
		fill_field(cells, &s->fields[i], section_enum(&rows->kept, s->fields[i].enum_id),
			   &arena);
		cells[COL_FROM] = cell_string(is_added(s, &s->fields[i]) ? "recorder" : "kernel");
		if (arena.is_failed)
			break;
		render_row(r, cells);
		if (is_page)
			cells[COL_EVENT_ONCE] = cells[COL_COUNT_ONCE] = cell_string("");
		arena_reset(&arena);
	}
	if (!s->field_count)
		render_row(r, cells);
	rc = arena.is_failed ? error_nomem(err) : 0;
	arena_release(&arena);
	return rc;
}

static uint64_t count_of(const struct summary *summary, uint32_t schema)
{
	return schema <= summary->event_count ? summary->events[schema - 1].count : 0;
}

int schema_rows_print(const struct schema_rows *rows, const struct summary *summary,
		      uint64_t section, bool is_page, struct renderer *r, struct error *err)
{
	char name[2 * SCHEMA_MAX_NAME + 2];

	for (size_t i = 0; i < rows->kept.schema_count; i++) {
		const struct schema *s = rows->kept.schemas[i];
		struct cell cells[COL_COUNT] = {{0}};

		if (!s || s->kind != SCHEMA_EVENT)
			continue;
		snprintf(name, sizeof(name), "%s:%s", s->group, s->name);
		fill_event(cells, s, name, count_of(summary, s->id), section);
		TRY(print_schema(rows, s, cells, is_page, r, err));
	}
	return 0;
}
