/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* tracefmt.c -- reads the lines of a format file; printfmt.c reads its last one. */
#include "record/tracefmt.h"

#include <stdlib.h>
#include <string.h>

#include "format/bytes.h"
#include "record/printfmt.h"
#include "record/span.h"

/* Where the parser is. */
struct lines {
	struct span rest;
	unsigned number;  /* of the line taken last */
	bool is_past_gap; /* the empty line after the common fields was seen */
};

void tracefmt_free(struct tracefmt *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->field_count; i++) {
		struct tracefmt_field *field = &f->fields[i];

		for (size_t j = 0; j < field->symbol_count; j++) {
			free(field->symbols[j].value_text);
			free(field->symbols[j].name);
		}
		free(field->symbols);
		free(field->name);
		free(field->type);
	}
	free(f->fields);
	free(f->print_fmt);
	free(f->name);
	free(f);
}

const struct tracefmt_field *tracefmt_find(const struct tracefmt *f, const char *name)
{
	for (size_t i = 0; i < f->field_count; i++)
		if (strcmp(f->fields[i].name, name) == 0)
			return &f->fields[i];
	return NULL;
}

static bool has_word(struct span type, const char *word)
{
	return span_find(type, word) != NULL;
}

/* Not empty, and nothing but visible ASCII and spaces. */
static bool is_visible(struct span s)
{
	for (const char *p = s.p; p < s.end; p++)
		if (*p < ' ' || *p > '~')
			return false;
	return s.p < s.end;
}

/* Bytes of one element, from the spelling of its type alone. */
static uint32_t guess_size(struct span type)
{
	if (has_word(type, "*") || has_word(type, "64") || has_word(type, "long"))
		return 8;
	if (has_word(type, "32") || has_word(type, "enum"))
		return 4;
	if (has_word(type, "16") || has_word(type, "short"))
		return 2;
	if (has_word(type, "8") || has_word(type, "char") || has_word(type, "bool"))
		return 1;
	return has_word(type, "int") || has_word(type, "unsigned") ? 4 : 1;
}

/* `char`, not `unsigned char`: text, not bytes. */
static bool is_char(struct span type)
{
	type = span_trim(type);
	if (span_skip(&type, "const "))
		type = span_trim(type);
	return span_equals(type, "char");
}

/* Take "[n]" off the end of a declaration as often as there is one. *count becomes the
 * product, or 0 when some n is no number. False when there is none. */
static bool take_dimensions(struct span *decl, uint32_t *count)
{
	uint64_t product = 1;
	bool is_array = false;

	while (decl->p < decl->end && decl->end[-1] == ']') {
		const char *open = memrchr(decl->p, '[', span_len(*decl));
		uint32_t n = 0;

		if (!open)
			break;
		if (!span_number(span_of(open + 1, (size_t)(decl->end - open) - 2),
				 TRACEFMT_MAX_ENTRY, &n))
			n = 0;
		product = product * n > TRACEFMT_MAX_ENTRY ? 0 : product * n;
		decl->end = open;
		*decl = span_trim(*decl);
		is_array = true;
	}
	*count = (uint32_t)product;
	return is_array;
}

static struct span take_last_word(struct span *decl)
{
	struct span name = {.p = decl->end, .end = decl->end};

	while (name.p > decl->p && is_word(name.p[-1]))
		name.p--;
	decl->end = name.p;
	*decl = span_trim(*decl);
	return name;
}

/* Elements of `field->size` bytes in all, `count` of them if that divides. */
static void set_elements(struct tracefmt_field *field, struct span type, uint32_t count)
{
	uint32_t elem = guess_size(type);

	if (count > 0 && field->size % count == 0)
		elem = field->size / count;
	else if (field->size % elem != 0)
		elem = 1;
	field->elem_size = elem > 0 ? elem : 1;
	field->count = field->size / field->elem_size;
}

/* "__data_loc char[]": the type of what lies elsewhere. */
static struct span pointed_type(struct span type)
{
	span_take(&type, ' ');
	return span_trim(span_take(&type, '['));
}

/* "const void * skaddr", "__u8 saddr[28]", "__data_loc char[] name". */
static bool parse_declaration(struct span decl, struct tracefmt_field *field)
{
	struct span type = span_trim(decl), name, prefix;
	uint32_t count;
	bool is_array = take_dimensions(&type, &count);

	name = take_last_word(&type);
	if (name.p == name.end || !is_visible(type))
		return false;
	prefix = type;
	field->is_data_loc = span_skip(&prefix, "__data_loc ");
	field->is_rel_loc = span_skip(&prefix, "__rel_loc ");
	if (field->is_data_loc || field->is_rel_loc) {
		field->elem_size = guess_size(pointed_type(type));
		field->is_string = is_char(pointed_type(type));
	} else if (is_array) {
		set_elements(field, type, count);
		field->is_string = is_char(type) && field->elem_size == 1;
	} else {
		field->count = 1;
		field->elem_size = field->size;
	}
	field->name = span_copy(name);
	field->type = span_copy(type);
	return true;
}

/* "offset:8; size:4; signed:0;"; false unless the first two are there. */
static bool parse_attributes(struct span s, struct tracefmt_field *field)
{
	bool has_offset = false, has_size = false;

	while (s.p < s.end) {
		struct span value = span_trim(span_take(&s, ';'));
		struct span key = span_take(&value, ':');
		uint32_t number;

		if (!span_number(span_trim(value), TRACEFMT_MAX_ENTRY, &number))
			continue;
		if (span_equals(key, "offset")) {
			field->offset = number;
			has_offset = true;
		} else if (span_equals(key, "size")) {
			field->size = number;
			has_size = true;
		} else if (span_equals(key, "signed")) {
			field->is_signed = number != 0;
		}
	}
	return has_offset && has_size && field->offset + field->size <= TRACEFMT_MAX_ENTRY;
}

static int bad_line(const struct lines *l, const char *what, struct error *err)
{
	return error_set(err, ERR_CORRUPT, "format file, line %u: %s", l->number, what);
}

/* `line` is what follows "field:". */
static int parse_field(struct tracefmt *f, const struct lines *l, struct span line,
		       struct error *err)
{
	struct span decl = span_take(&line, ';');
	struct tracefmt_field field = {0};
	void *fields = f->fields;

	if (f->field_count >= TRACEFMT_MAX_FIELDS)
		return error_set(err, ERR_CORRUPT, "format file, line %u: more than %d fields",
				 l->number, TRACEFMT_MAX_FIELDS);
	if (!array_grow(&fields, &f->field_cap, f->field_count + 1, sizeof(field)))
		return error_nomem(err);
	f->fields = fields;
	if (!parse_attributes(line, &field))
		return bad_line(l, "a field without usable offset and size", err);
	if (!parse_declaration(decl, &field))
		return bad_line(l, "a field without type or name", err);
	field.is_common = !l->is_past_gap &&
			  strncmp(field.name ? field.name : "", "common_", 7) == 0;
	f->fields[f->field_count++] = field;
	if (!field.name || !field.type)
		return error_nomem(err);
	if (f->size < field.offset + field.size)
		f->size = field.offset + field.size;
	return OK;
}

static int set_text(char **text, struct span s, struct error *err)
{
	free(*text);
	*text = span_copy(span_trim(s));
	return *text ? OK : error_nomem(err);
}

static int parse_line(struct tracefmt *f, struct lines *l, struct span line, struct error *err)
{
	line = span_trim(line);
	if (span_skip(&line, "field:"))
		return parse_field(f, l, line, err);
	if (line.p == line.end)
		l->is_past_gap = f->field_count > 0;
	if (span_skip(&line, "name:"))
		return is_visible(span_trim(line)) ? set_text(&f->name, line, err)
						   : bad_line(l, "no name of an event", err);
	if (span_skip(&line, "ID:") && !span_number(span_trim(line), UINT32_MAX, &f->id))
		return bad_line(l, "an ID that is no number", err);
	return OK;
}

static int parse_lines(struct tracefmt *f, struct lines *l, struct error *err)
{
	while (l->rest.p < l->rest.end) {
		struct span line = l->rest;

		l->number++;
		if (span_skip(&line, "print fmt:"))
			return set_text(&f->print_fmt, line, err);
		TRY(parse_line(f, l, span_take(&l->rest, '\n'), err));
	}
	return OK;
}

static int parse(struct tracefmt *f, struct span text, struct error *err)
{
	struct lines l = {.rest = text};

	TRY(parse_lines(f, &l, err));
	if (!f->name)
		return error_set(err, ERR_CORRUPT, "format file without the name of an event");
	if (!f->print_fmt)
		TRY(set_text(&f->print_fmt, span_of("", 0), err));
	return printfmt_apply(f, err);
}

int tracefmt_parse(const char *text, size_t len, struct tracefmt **out, struct error *err)
{
	struct tracefmt *f;
	int rc;

	if (len > TRACEFMT_MAX_TEXT)
		return error_set(err, ERR_CORRUPT, "format file of %zu bytes, limit is %d", len,
				 TRACEFMT_MAX_TEXT);
	f = calloc(1, sizeof(*f));
	if (!f)
		return error_nomem(err);
	rc = parse(f, span_of(text, len), err);
	if (rc == OK)
		*out = f;
	else
		tracefmt_free(f);
	return rc;
}
