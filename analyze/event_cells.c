/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* event_cells.c -- kind, role and enumeration of a field decide how its value looks. */
#include "analyze/event_cells.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyze/ip_text.h"

/* A copy in the arena, as a cell. */
static struct cell copied(struct arena *a, const char *text)
{
	return cell_string(arena_copy(a, text));
}

/* "SYN|ACK"; bits without a name as one number: "SYN|0x100". */
static struct cell bits_cell(const struct enumeration *e, uint64_t value, struct arena *a)
{
	uint64_t bits = value;
	char *text, *p;
	size_t room = 24;

	for (size_t i = 0; i < e->count; i++)
		if (e->values[i].value && (value & e->values[i].value) == e->values[i].value)
			room += strlen(e->values[i].name) + 1;
	text = p = arena_take(a, room);
	if (!text)
		return cell_null();
	for (size_t i = 0; i < e->count; i++) {
		if (!e->values[i].value || (value & e->values[i].value) != e->values[i].value)
			continue;
		p += snprintf(p, room - (size_t)(p - text), "%s%s", p > text ? "|" : "",
			      e->values[i].name);
		value &= ~e->values[i].value;
	}
	if (value)
		snprintf(p, room - (size_t)(p - text), "%s0x%" PRIx64, p > text ? "|" : "", value);
	return cell_name(text, bits);
}

/* One integer, sign-extended if signed. */
static struct cell int_cell(const struct field *f, uint64_t value, const struct section *s,
			    struct arena *a)
{
	const struct enumeration *e = section_enum(s, f->enum_id);
	const char *name = e ? enumeration_name(e, value) : NULL;

	if (e && (f->flags & FIELD_BITS))
		return bits_cell(e, value, a);
	if (name)
		return cell_name(name, value);
	if (f->role == ROLE_POINTER)
		return cell_hex(value);
	if (f->role == ROLE_BOOL)
		return cell_bool(value != 0);
	return f->flags & FIELD_SIGNED ? cell_int((int64_t)value) : cell_uint(value);
}

/* Inside arrays the recording machine's order is kept; integers were converted. */
static uint64_t load_element(const uint8_t *p, unsigned size, bool is_big_endian)
{
	uint64_t value = 0;

	if (!is_big_endian)
		return load_le(p, size);
	for (unsigned i = 0; i < size; i++)
		value = value << 8 | p[i];
	return value;
}

static bool is_big_endian(const struct section *s)
{
	const char *order = fact_list_find(&s->facts, "byte_order");

	return order && strcmp(order, "big") == 0;
}

static struct cell list_cell(const struct field *f, struct view v, const struct section *s,
			     struct arena *a)
{
	bool is_big = is_big_endian(s);
	size_t size = f->elem_size ? f->elem_size : 1, count = view_len(v) / size;
	struct member *items = arena_take_array(a, count, sizeof(*items));

	if (!items)
		return cell_null();
	for (size_t i = 0; i < count; i++) {
		uint64_t value = load_element(v.p + i * size, (unsigned)size, is_big);

		if (f->flags & FIELD_SIGNED)
			value = (uint64_t)sign_extend(value, (unsigned)size);
		items[i].cell = int_cell(f, value, s, a);
	}
	return cell_list(items, count);
}

static struct cell hex_bytes_cell(struct view v, struct arena *a)
{
	static const char digits[] = "0123456789abcdef";
	size_t len = view_len(v);
	char *text = arena_take(a, 2 * len + 1);

	if (!text)
		return cell_null();
	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digits[v.p[i] >> 4];
		text[2 * i + 1] = digits[v.p[i] & 15];
	}
	return cell_string(text);
}

/* An address role: CELL_NULL when the bytes are none. */
static struct cell address_cell(enum field_role role, struct view v, struct arena *a)
{
	char text[IP_TEXT_MAX];

	if (role == ROLE_IPV4 && view_len(v) == 4)
		return copied(a, ip_text_v4(v.p, text));
	if (role == ROLE_IPV6 && view_len(v) == 16)
		return copied(a, ip_text_v6(v.p, text));
	if (role == ROLE_ADDR && view_len(v) == 16)
		return copied(a, ip_text_any(v.p, text));
	if (role == ROLE_SOCKADDR && ip_text_sockaddr(v, text))
		return copied(a, text);
	return cell_null();
}

static struct cell text_cell(struct view v)
{
	const uint8_t *nul = view_len(v) ? memchr(v.p, 0, view_len(v)) : NULL;

	return cell_text(nul ? view_of(v.p, (size_t)(nul - v.p)) : v);
}

static struct cell bytes_cell(const struct field *f, struct view v, const struct section *s,
			      struct arena *a)
{
	switch (f->role) {
	case ROLE_IPV4:
	case ROLE_IPV6:
	case ROLE_ADDR:
	case ROLE_SOCKADDR:
		return address_cell((enum field_role)f->role, v, a);
	case ROLE_TEXT:
		return text_cell(v);
	}
	if (f->kind == FIELD_STRING)
		return text_cell(v);
	return f->kind == FIELD_ARRAY ? list_cell(f, v, s, a) : hex_bytes_cell(v, a);
}

struct cell event_cell(const struct event *ev, int index, const struct section *s, struct arena *a)
{
	const struct field *f = &ev->schema->fields[index];
	struct view bytes;
	uint64_t value;

	if (f->kind == FIELD_INT)
		return event_int(ev, index, &value) ? int_cell(f, value, s, a) : cell_null();
	return event_bytes(ev, index, &bytes) ? bytes_cell(f, bytes, s, a) : cell_null();
}

int event_cells_fill(const struct event *ev, const struct section *s, struct arena *a,
		     struct event_cells *out, struct error *err)
{
	size_t count = ev->schema->field_count, fields = 0, extra = 0, known = 0;
	struct member *items = arena_take_array(a, 3 * count, sizeof(*items));

	if (!items)
		return error_nomem(err);
	for (size_t i = 0; i < count; i++) {
		const struct field *f = &ev->schema->fields[i];
		bool is_extra = f->flags & FIELD_EXTRA;
		bool may_lack = f->flags & (FIELD_EXTRA | FIELD_OPTIONAL);
		struct member m = {.key = f->name, .cell = event_cell(ev, (int)i, s, a)};

		items[is_extra ? count + extra++ : fields++] = m;
		if (!may_lack || m.cell.kind != CELL_NULL)
			items[2 * count + known++] = m;
	}
	out->fields = cell_object(items, fields);
	out->extra = cell_object(items + count, extra);
	out->known = cell_object(items + 2 * count, known);
	return 0;
}
