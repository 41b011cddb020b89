/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* literal.c -- spelling to meaning, and meaning against a cell. */
#include "analyze/literal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyze/units.h"

enum { DEPTH_MAX = 8 };

int number_compare(struct number a, struct number b)
{
	int order = a.size < b.size ? -1 : a.size > b.size;

	if (a.is_negative != b.is_negative)
		return a.is_negative ? -1 : 1;
	return a.is_negative ? -order : order;
}

/* ---- spelling ---- */

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

/* Digits, and where they end; NULL when there are none, or too many. */
static const char *take_digits(const char *p, unsigned base, uint64_t *out)
{
	const char *start = p;
	uint64_t v = 0;

	for (; (unsigned)digit_of(*p) < base; p++) {
		if (v > (UINT64_MAX - (unsigned)digit_of(*p)) / base)
			return NULL;
		v = v * base + (unsigned)digit_of(*p);
	}
	*out = v;
	return p == start ? NULL : p;
}

static bool is_integer(const char *text, struct number *out)
{
	bool is_negative = *text == '-';
	bool is_hex;
	const char *end;
	uint64_t size;

	text += is_negative;
	is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	end = take_digits(is_hex ? text + 2 : text, is_hex ? 16 : 10, &size);
	if (!end || *end)
		return false;
	*out = (struct number){is_negative && size, size};
	return true;
}

/* 64K, 1MiB, 10MB: letters alone are powers of 1024, as in --max-memory. */
static bool is_size(const char *text, struct number *out)
{
	static const struct {
		const char *name;
		uint64_t size;
	} units[] = {
		{"B", 1},         {"K", 1 << 10},     {"KiB", 1 << 10}, {"kB", 1000},
		{"M", 1 << 20},   {"MiB", 1 << 20},   {"MB", 1000000},  {"G", 1 << 30},
		{"GiB", 1 << 30}, {"GB", 1000000000},
	};
	uint64_t v;
	const char *end = take_digits(text, 10, &v);

	for (size_t i = 0; end && i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].name) != 0 || v > UINT64_MAX / units[i].size)
			continue;
		*out = (struct number){false, v * units[i].size};
		return true;
	}
	return false;
}

/* 5ms, 1.5s: without a unit it would be a plain number. */
static bool is_duration(const char *text, struct number *out)
{
	size_t len = strlen(text);
	int64_t ns;

	if (!len || digit_of(text[len - 1]) < 10 || text[len - 1] == '.')
		return false;
	if (!units_parse_duration(text, &ns))
		return false;
	*out = (struct number){ns < 0, ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns};
	return true;
}

struct literal literal_of(const char *text, bool is_quoted)
{
	struct literal l = {.text = text};

	if (is_quoted)
		return l;
	l.is_null = strcmp(text, "null") == 0;
	l.has_range = address_range_parse(text, strlen(text), &l.range);
	l.has_number = is_integer(text, &l.number);
	if (!l.has_number && is_duration(text, &l.number)) {
		l.has_number = true;
		l.unit = UNIT_NS;
	} else if (!l.has_number && is_size(text, &l.number)) {
		l.has_number = true;
		l.unit = UNIT_BYTES;
	}
	return l;
}

/* ---- meaning ---- */

bool comparison_has(enum comparison op, int order)
{
	switch (op) {
	case COMPARE_EQUAL:
		return order == 0;
	case COMPARE_UNEQUAL:
		return order != 0;
	case COMPARE_LESS:
		return order < 0;
	case COMPARE_LESS_EQUAL:
		return order <= 0;
	case COMPARE_GREATER:
		return order > 0;
	case COMPARE_GREATER_EQUAL:
		return order >= 0;
	case COMPARE_NONE:
	case COMPARE_LIKE:
	case COMPARE_UNLIKE:
	case COMPARE_BITS:
		break;
	}
	return false;
}

bool cell_number(const struct cell *cell, struct number *out)
{
	bool is_signed = cell->kind == CELL_INT && cell->num < 0;

	switch (cell->kind) {
	case CELL_INT:
	case CELL_UINT:
	case CELL_HEX:
	case CELL_BOOL:
	case CELL_NAME:
		*out = (struct number){is_signed,
				       is_signed ? 0 - (uint64_t)cell->num : (uint64_t)cell->num};
		return true;
	case CELL_NULL:
	case CELL_TEXT:
	case CELL_OBJECT:
	case CELL_LIST:
		break;
	}
	return false;
}

/* Only '*' goes back, and only to the last one: time is bounded by the product of both. */
static bool is_like(const char *glob, struct view text)
{
	const char *star = NULL;
	const uint8_t *mark = NULL;

	while (text.p < text.end) {
		if (*glob == '*') {
			star = ++glob;
			mark = text.p;
		} else if (*glob && (*glob == '?' || (uint8_t)*glob == *text.p)) {
			glob++;
			text.p++;
		} else if (star) {
			glob = star;
			text.p = ++mark;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return *glob == '\0';
}

static bool is_text(const char *want, struct view text)
{
	size_t len = strlen(want);

	return view_len(text) == len && (!len || memcmp(text.p, want, len) == 0);
}

/* Of "10.0.0.1:443" and "[::1]:443" the address. */
static bool address_of(struct view text, struct address_range *out)
{
	const char *p = (const char *)text.p;
	size_t len = view_len(text);
	const char *end = len ? memchr(p, p[0] == '[' ? ']' : ':', len) : NULL;

	if (address_range_parse(p, len, out))
		return out->prefix_bits == 128;
	if (!end)
		return false;
	p += p[0] == '[';
	return address_range_parse(p, (size_t)(end - p), out) && out->prefix_bits == 128;
}

/* "SYN|ACK" has SYN. */
static bool has_bit(const char *want, struct view text)
{
	while (text.p < text.end) {
		const uint8_t *bar = memchr(text.p, '|', view_len(text));
		struct view one = {text.p, bar ? bar : text.end};

		if (is_text(want, one))
			return true;
		text.p = bar ? bar + 1 : text.end;
	}
	return false;
}

static bool text_fits(const struct literal *l, enum comparison op, struct view text)
{
	struct address_range addr;

	switch (op) {
	case COMPARE_EQUAL:
	case COMPARE_UNEQUAL:
		if (l->has_range && address_of(text, &addr))
			return (op == COMPARE_EQUAL) == address_range_has(&l->range, addr.addr);
		return (op == COMPARE_EQUAL) == is_text(l->text, text);
	case COMPARE_LIKE:
	case COMPARE_UNLIKE:
		return (op == COMPARE_LIKE) == is_like(l->text, text);
	case COMPARE_BITS:
		return has_bit(l->text, text);
	default:
		return false;
	}
}

/* A number as text, for globs; a truth value as the words for it. */
static struct view number_text(const struct cell *cell, struct number n, char out[32])
{
	if (cell->kind == CELL_BOOL)
		snprintf(out, 32, "%s", cell->num ? "true" : "false");
	else if (cell->kind == CELL_HEX)
		snprintf(out, 32, "0x%" PRIx64, n.size);
	else
		snprintf(out, 32, "%s%" PRIu64, n.is_negative ? "-" : "", n.size);
	return view_of(out, strlen(out));
}

static bool number_fits(const struct literal *l, enum comparison op, const struct cell *cell,
			struct number n)
{
	bool is_pattern = op == COMPARE_LIKE || op == COMPARE_UNLIKE;
	char text[32];

	if (l->has_number && op == COMPARE_BITS)
		return (n.size & l->number.size) != 0;
	if (l->has_number && !is_pattern)
		return comparison_has(op, number_compare(n, l->number));
	return text_fits(l, op, cell->kind == CELL_NAME ? cell->text : number_text(cell, n, text));
}

static bool is_something(const struct cell *cell)
{
	struct number n;

	if (cell->kind == CELL_TEXT)
		return view_len(cell->text) != 0;
	if (cell->kind == CELL_OBJECT || cell->kind == CELL_LIST)
		return cell->item_count != 0;
	return cell_number(cell, &n) && n.size != 0;
}

static bool fits_at(const struct literal *l, enum comparison op, const struct cell *cell, int depth)
{
	struct number n;

	if (op == COMPARE_NONE)
		return is_something(cell);
	if (l->is_null)
		return comparison_has(op, cell->kind == CELL_NULL ? 0 : 1) &&
		       (op == COMPARE_EQUAL || op == COMPARE_UNEQUAL);
	if (cell->kind == CELL_TEXT)
		return text_fits(l, op, cell->text);
	if (cell_number(cell, &n))
		return number_fits(l, op, cell, n);
	for (size_t i = 0; i < cell->item_count && depth < DEPTH_MAX; i++)
		if (fits_at(l, op, &cell->items[i].cell, depth + 1))
			return true;
	return false;
}

bool literal_fits(const struct literal *l, enum comparison op, const struct cell *cell)
{
	return fits_at(l, op, cell, 0);
}
