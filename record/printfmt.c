/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * printfmt.c -- walks the conversions of the format string and the arguments side by
 * side. An argument counts when, without casts and parentheses, it is one field
 * (`(void *)REC->ip`, `__get_str(name)`); calls of __print_symbolic() and
 * __print_flags() count wherever they stand in it. Nothing recurses, and no character is looked
 * at more than a fixed number of times, so hostile text costs linear time.
 */
#include "record/printfmt.h"

#include <stdlib.h>
#include <string.h>

#include "format/bytes.h"
#include "record/constant.h"
#include "record/span.h"

enum { MAX_WRAPS = 32 }; /* casts and parentheses around a field */

/* Skip the string or character literal at the start; false if it has no end. */
static bool skip_literal(struct span *s)
{
	char quote = *s->p++;

	while (s->p < s->end && *s->p != quote)
		s->p += *s->p == '\\' && s->p + 1 < s->end ? 2 : 1;
	if (s->p >= s->end)
		return false;
	s->p++;
	return true;
}

/* Take up to the next comma, or closing bracket, outside all brackets and literals. */
static struct span take_argument(struct span *s)
{
	struct span taken = {.p = s->p, .end = s->end};
	unsigned depth = 0;

	while (s->p < s->end) {
		char c = *s->p;

		if (c == '"' || c == '\'') {
			if (skip_literal(s))
				continue;
			break;
		}
		if (depth == 0 && (c == ',' || c == ')' || c == '}' || c == ']'))
			break;
		if (c == '(' || c == '{' || c == '[')
			depth++;
		else if (c == ')' || c == '}' || c == ']')
			depth--;
		s->p++;
	}
	taken.end = s->p < s->end ? s->p : s->end;
	return span_trim(taken);
}

/* Skip the comma before the next argument; false at the end of the list. */
static bool skip_comma(struct span *s)
{
	*s = span_trim(*s);
	return span_skip(s, ",");
}

/* Append the text of one or more string literals. False if there is none. */
static bool take_text(struct span *s, struct buf *out)
{
	bool is_text = false;

	for (;;) {
		struct span literal;

		*s = span_trim(*s);
		literal = *s;
		if (s->p == s->end || *s->p != '"' || !skip_literal(s))
			return is_text;
		put_bytes(out, literal.p + 1, (size_t)(s->p - literal.p) - 2);
		is_text = true;
	}
}

static enum tracefmt_print pointer_kind(struct span *format)
{
	if (span_skip(format, "S") || span_skip(format, "s") || span_skip(format, "F") ||
	    span_skip(format, "f") || span_skip(format, "B"))
		return PRINT_SYMBOL;
	if (span_skip(format, "I4") || span_skip(format, "i4"))
		return PRINT_IP4;
	if (span_skip(format, "I6") || span_skip(format, "i6"))
		return PRINT_IP6;
	if (span_skip(format, "IS") || span_skip(format, "iS"))
		return PRINT_SOCKADDR;
	if (span_skip(format, "x") || span_skip(format, "K"))
		return PRINT_POINTER;
	return format->p < format->end && is_word(*format->p) ? PRINT_DEFAULT : PRINT_POINTER;
}

static enum tracefmt_print conversion_kind(char letter, struct span *format)
{
	if (letter == 'p')
		return pointer_kind(format);
	if (letter == 's')
		return PRINT_STRING;
	return strchr("diuxXoc", letter) ? PRINT_NUMBER : PRINT_DEFAULT;
}

/* Take the next conversion; *stars arguments go before its own. False at the end. */
static bool take_conversion(struct span *format, enum tracefmt_print *kind, unsigned *stars)
{
	for (;;) {
		char letter;

		span_take(format, '%');
		if (format->p == format->end)
			return false;
		*stars = 0;
		while (format->p < format->end && *format->p &&
		       strchr("-+ #0123456789.*hlLqjzt", *format->p))
			*stars += *format->p++ == '*';
		if (format->p == format->end)
			return false;
		letter = *format->p++;
		if (letter == '%' || letter == '\0')
			continue;
		*kind = conversion_kind(letter, format);
		return true;
	}
}

/* Without the parentheses that enclose all of it. */
static bool unwrap(struct span *s)
{
	struct span inner = *s, argument;

	if (!span_skip(&inner, "("))
		return false;
	argument = take_argument(&inner);
	if (inner.p + 1 != s->end || *inner.p != ')')
		return false;
	*s = argument;
	return true;
}

static struct tracefmt_field *find_field(struct tracefmt *f, struct span name)
{
	for (size_t i = 0; i < f->field_count; i++)
		if (span_equals(name, f->fields[i].name))
			return &f->fields[i];
	return NULL;
}

/* "NAME" in "REC->NAME", "__get_str(NAME)"; empty in anything else. */
static struct span field_name(struct span s)
{
	static const char *const calls[] = {
		"__get_str(",           "__get_rel_str(",
		"__get_dynamic_array(", "__get_rel_dynamic_array(",
		"__get_sockaddr(",      "__get_rel_sockaddr(",
	};
	struct span none = {.p = s.p, .end = s.p}, name;

	if (span_skip(&s, "REC->") || span_skip(&s, "__entry->")) {
		name = span_take_word(&s);
		return s.p == s.end ? name : none;
	}
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (span_skip(&s, calls[i])) {
			name = span_trim(span_take(&s, ')'));
			return s.p == s.end ? name : none;
		}
	return none;
}

/* The field that the expression is, whatever it is cast to; NULL if it is more. */
static struct tracefmt_field *field_of(struct tracefmt *f, struct span s)
{
	for (unsigned i = 0; i < MAX_WRAPS; i++) {
		s = span_trim(s);
		if (!span_skip_cast(&s) && !span_skip(&s, "&") && !unwrap(&s))
			return find_field(f, field_name(s));
	}
	return NULL;
}

static bool is_closer(enum tracefmt_print now, enum tracefmt_print then)
{
	return now == PRINT_DEFAULT || (now == PRINT_NUMBER && then != PRINT_DEFAULT) ||
	       (now == PRINT_POINTER && then == PRINT_SYMBOL);
}

static void apply_kind(struct tracefmt_field *field, enum tracefmt_print kind)
{
	/* %s of a kernel pointer: the entry holds the pointer, not the text. */
	if (kind == PRINT_STRING && !field->is_string)
		return;
	if (is_closer(field->print, kind))
		field->print = kind;
}

static int add_symbol(struct tracefmt_field *field, size_t *cap, struct span value,
		      struct span name, struct error *err)
{
	struct tracefmt_symbol symbol = {0};
	void *symbols = field->symbols;

	if (field->symbol_count >= TRACEFMT_MAX_SYMBOLS)
		return OK;
	if (!array_grow(&symbols, cap, field->symbol_count + 1, sizeof(symbol)))
		return error_nomem(err);
	field->symbols = symbols;
	symbol.is_number = constant_value(value, &symbol.value);
	symbol.value_text = span_copy(value);
	symbol.name = span_copy(name);
	field->symbols[field->symbol_count++] = symbol;
	return symbol.value_text && symbol.name ? OK : error_nomem(err);
}

/* `{ value, "NAME" }, ...` up to the call's closing parenthesis. */
static int add_symbols(struct tracefmt_field *field, struct span s, struct error *err)
{
	struct buf name = {0};
	size_t cap = 0;
	int rc = OK;

	while (rc == OK && skip_comma(&s)) {
		struct span pair = take_argument(&s), value;

		if (!span_skip(&pair, "{"))
			continue;
		value = take_argument(&pair);
		buf_clear(&name);
		if (!skip_comma(&pair) || !take_text(&pair, &name) || name.len == 0)
			continue;
		if (name.is_failed)
			rc = error_nomem(err);
		else
			rc = add_symbol(field, &cap, value,
					span_of((const char *)name.data, name.len), err);
	}
	buf_release(&name);
	return rc;
}

/* `s` is what stands between the call's parentheses. */
static int apply_names(struct tracefmt *f, struct span s, bool is_flags, struct error *err)
{
	struct tracefmt_field *field = field_of(f, take_argument(&s));

	if (!field || field->symbol_count > 0)
		return OK;
	TRY(add_symbols(field, s, err));
	if (field->symbol_count > 0) {
		field->is_flags = is_flags;
		field->print = PRINT_NAMES;
	}
	return OK;
}

/* Skip the name of a function that names values, and its opening parenthesis. */
static bool skip_names_call(struct span *s, bool *is_flags)
{
	*is_flags = span_skip(s, "flags(") || span_skip(s, "flags_u64(");
	return *is_flags || span_skip(s, "symbolic(") || span_skip(s, "symbolic_u64(");
}

/* What is left of the argument list `s` begins in, and move behind it. */
static struct span take_list(struct span *s)
{
	struct span list = *s;

	do
		take_argument(s);
	while (s->p < s->end && *s->p == ',' && s->p++);
	list.end = s->p < s->end ? s->p : s->end;
	return list;
}

static int apply_calls(struct tracefmt *f, struct span s, struct error *err)
{
	const char *at;

	while ((at = span_find(s, "__print_"))) {
		bool is_flags;

		s.p = at + strlen("__print_");
		if (skip_names_call(&s, &is_flags))
			TRY(apply_names(f, take_list(&s), is_flags, err));
	}
	return OK;
}

static int apply_argument(struct tracefmt *f, struct span s, enum tracefmt_print kind,
			  struct error *err)
{
	struct tracefmt_field *field = field_of(f, s);
	const char *at = span_find(s, "__get_str(");

	if (field)
		apply_kind(field, kind);
	else if (at && kind == PRINT_STRING) { /* REC->n ? __get_str(name) : "-" */
		s = (struct span){.p = at + strlen("__get_str("), .end = s.end};
		field = find_field(f, span_trim(span_take(&s, ')')));
		if (field)
			apply_kind(field, kind);
	}
	return field ? OK : apply_calls(f, s, err);
}

static int apply_arguments(struct tracefmt *f, struct span s, struct span format, struct error *err)
{
	enum tracefmt_print kind = PRINT_DEFAULT;
	unsigned stars = 0;
	bool is_due = take_conversion(&format, &kind, &stars);

	for (unsigned i = 0; i < PRINTFMT_MAX_ARGS && skip_comma(&s); i++) {
		struct span argument = take_argument(&s);

		if (stars > 0) {
			stars--;
			continue;
		}
		TRY(apply_argument(f, argument, is_due ? kind : PRINT_DEFAULT, err));
		is_due = is_due && take_conversion(&format, &kind, &stars);
	}
	return OK;
}

int printfmt_apply(struct tracefmt *f, struct error *err)
{
	struct span s = span_of(f->print_fmt, strlen(f->print_fmt));
	struct buf format = {0};
	int rc = OK;

	if (take_text(&s, &format))
		rc = format.is_failed
			     ? error_nomem(err)
			     : apply_arguments(f, s, span_of((char *)format.data, format.len), err);
	buf_release(&format);
	return rc;
}
