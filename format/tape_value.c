/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tape_value.c -- the public interface over event: values of the current event, and their
 * text. Kind, role and enumeration of the field decide how a value looks.
 */
#include "format/tape_data.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* A text that counts what did not fit. */
struct text {
	char *buf; /* the caller's */
	size_t size;
	size_t len; /* of the whole text */
};

bool tcptape_value_exists(struct tcptape *t, uint64_t field)
{
	struct view bytes;
	uint64_t value;
	int index;

	if (!tape_event_field(t, field, &index))
		return false;
	return event_int(&t->item.event, index, &value) ||
	       event_bytes(&t->item.event, index, &bytes);
}

bool tcptape_value_u64(struct tcptape *t, uint64_t field, uint64_t *out)
{
	int index;

	return tape_event_field(t, field, &index) && event_int(&t->item.event, index, out);
}

bool tcptape_value_i64(struct tcptape *t, uint64_t field, int64_t *out)
{
	uint64_t value;

	if (!tcptape_value_u64(t, field, &value))
		return false;
	*out = sign_extend(value, sizeof(value));
	return true;
}

bool tcptape_value_bytes(struct tcptape *t, uint64_t field, const void **data, size_t *len)
{
	struct view bytes;
	int index;

	if (!tape_event_field(t, field, &index) || !event_bytes(&t->item.event, index, &bytes))
		return false;
	*data = bytes.p;
	*len = view_len(bytes);
	return true;
}

static void text_put(struct text *to, const char *from, size_t len)
{
	if (to->len < to->size) {
		size_t room = to->size - to->len;

		memcpy(to->buf + to->len, from, len < room ? len : room);
	}
	to->len += len;
}

static void text_string(struct text *to, const char *from)
{
	text_put(to, from, strlen(from));
}

static void text_hex(struct text *to, uint64_t value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "0x%" PRIx64, value);
	text_string(to, digits);
}

static void text_decimal(struct text *to, uint64_t value, bool is_signed)
{
	char digits[24];

	if (is_signed)
		snprintf(digits, sizeof(digits), "%" PRId64, sign_extend(value, sizeof(value)));
	else
		snprintf(digits, sizeof(digits), "%" PRIu64, value);
	text_string(to, digits);
}

/* "SYN|ACK"; bits without a name as one number: "SYN|0x100". */
static void text_bits(struct text *to, const struct enumeration *e, uint64_t value)
{
	const char *separator = "";

	for (size_t i = 0; i < e->count && value; i++) {
		uint64_t bits = e->values[i].value;

		if (!bits || (value & bits) != bits)
			continue;
		text_string(to, separator);
		text_string(to, e->values[i].name);
		separator = "|";
		value &= ~bits;
	}
	if (value) {
		text_string(to, separator);
		text_hex(to, value);
	}
}

/* Sign-extended if signed. */
static void text_int(struct text *to, const struct section *s, const struct field *f,
		     uint64_t value)
{
	const struct enumeration *e = section_enum(s, f->enum_id);
	const char *name = e ? enumeration_name(e, value) : NULL;

	if (e && f->flags & FIELD_BITS)
		text_bits(to, e, value);
	else if (name)
		text_string(to, name);
	else if (f->role == ROLE_POINTER)
		text_hex(to, value);
	else if (f->role == ROLE_BOOL)
		text_string(to, value ? "true" : "false");
	else
		text_decimal(to, value, f->flags & FIELD_SIGNED);
}

static uint64_t load_be(const uint8_t *p, unsigned size)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value = value << 8 | p[i];
	return value;
}

/* Inside arrays the recording machine's order is kept. */
static bool text_array(struct text *to, const struct section *s, const struct field *f,
		       struct view v)
{
	const char *order = fact_list_find(&s->facts, "byte_order");
	bool is_big = order && strcmp(order, "big") == 0;

	text_string(to, "[");
	for (const uint8_t *p = v.p; p < v.end; p += f->elem_size) {
		uint64_t value = is_big ? load_be(p, f->elem_size) : load_le(p, f->elem_size);

		if (f->flags & FIELD_SIGNED)
			value = (uint64_t)sign_extend(value, f->elem_size);
		text_string(to, p > v.p ? "," : "");
		text_int(to, s, f, value);
	}
	text_string(to, "]");
	return true;
}

static bool text_hex_bytes(struct text *to, struct view v)
{
	static const char digits[] = "0123456789abcdef";

	for (const uint8_t *p = v.p; p < v.end; p++) {
		char pair[2] = {digits[*p >> 4], digits[*p & 15]};

		text_put(to, pair, sizeof(pair));
	}
	return true;
}

static bool text_address(struct text *to, int family, const uint8_t *p)
{
	char name[INET6_ADDRSTRLEN] = "";

	inet_ntop(family, p, name, sizeof(name));
	text_string(to, name);
	return true;
}

static bool text_any_address(struct text *to, const uint8_t addr[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	bool is_ipv4 = memcmp(addr, mapped, sizeof(mapped)) == 0;

	return text_address(to, is_ipv4 ? AF_INET : AF_INET6, is_ipv4 ? addr + 12 : addr);
}

/* A struct sockaddr_in or sockaddr_in6 of Linux. False for others. */
static bool text_sockaddr(struct text *to, struct view v)
{
	enum { LINUX_AF_INET = 2, LINUX_AF_INET6 = 10 };
	size_t len = view_len(v);
	unsigned family = len < 8 ? 0 : v.p[0] | v.p[1]; /* in either byte order */

	if (family == LINUX_AF_INET) {
		text_address(to, AF_INET, v.p + 4);
		text_string(to, ":");
	} else if (family == LINUX_AF_INET6 && len >= 24) {
		text_string(to, "[");
		text_address(to, AF_INET6, v.p + 8);
		text_string(to, "]:");
	} else {
		return false;
	}
	text_decimal(to, load_be(v.p + 2, 2), false);
	return true;
}

static bool text_characters(struct text *to, struct view v)
{
	size_t len = view_len(v);
	const uint8_t *nul = len ? memchr(v.p, 0, len) : NULL;

	if (len)
		text_put(to, (const char *)v.p, nul ? (size_t)(nul - v.p) : len);
	return true;
}

/* False when the bytes cannot be what the role says. */
static bool text_bytes(struct text *to, const struct section *s, const struct field *f,
		       struct view v)
{
	size_t len = view_len(v);

	switch (f->role) {
	case ROLE_IPV4:
		return len == 4 && text_address(to, AF_INET, v.p);
	case ROLE_IPV6:
		return len == 16 && text_address(to, AF_INET6, v.p);
	case ROLE_ADDR:
		return len == 16 && text_any_address(to, v.p);
	case ROLE_SOCKADDR:
		return text_sockaddr(to, v);
	case ROLE_TEXT:
		return text_characters(to, v);
	}
	if (f->kind == FIELD_STRING)
		return text_characters(to, v);
	if (f->kind == FIELD_ARRAY)
		return text_array(to, s, f, v);
	return text_hex_bytes(to, v);
}

static bool text_value(struct text *to, struct tcptape *t, uint64_t field)
{
	struct view bytes;
	uint64_t value;
	int index;
	const struct field *f = tape_event_field(t, field, &index);

	if (f && event_int(&t->item.event, index, &value)) {
		text_int(to, t->section, f, value);
		return true;
	}
	return f && event_bytes(&t->item.event, index, &bytes) &&
	       text_bytes(to, t->section, f, bytes);
}

int tcptape_value_text(struct tcptape *t, uint64_t field, char *buf, size_t size)
{
	struct text text = {.buf = buf, .size = size ? size - 1 : 0};
	bool exists = text_value(&text, t, field);

	if (!exists)
		text.len = 0;
	if (size)
		buf[text.len < text.size ? text.len : text.size] = '\0';
	return exists ? (int)text.len : -1;
}
