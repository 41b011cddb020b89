/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * span.h -- a stretch of text with two ends, lent by whoever holds the text. Nothing
 * here reads outside it or changes it.
 */
#ifndef RECORD_SPAN_H
#define RECORD_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const char *p;   /* next character */
	const char *end; /* one past the last */
};

static inline struct span span_of(const char *text, size_t len)
{
	return (struct span){.p = text, .end = text ? text + len : text};
}

static inline size_t span_len(struct span s)
{
	return (size_t)(s.end - s.p);
}

/* A character of a C identifier. */
static inline bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Without white space at either end. */
struct span span_trim(struct span s);
bool span_equals(struct span s, const char *word);
/* Skip `prefix` if *s starts with it. */
bool span_skip(struct span *s, const char *prefix);
/* Where `word` first occurs, or NULL. */
const char *span_find(struct span s, const char *word);
/* Take what comes before the first `stop`, and that too; everything if there is none. */
struct span span_take(struct span *s, char stop);
/* Take the identifier or number at the start; may be empty. */
struct span span_take_word(struct span *s);
/* Skip "(unsigned long)", "( gfp_t)", "(void *)": words and stars in parentheses. */
bool span_skip_cast(struct span *s);
/* A whole decimal number up to `max`, and nothing else. */
bool span_number(struct span s, uint32_t max, uint32_t *out);
/* Heap copy, NUL-terminated, or NULL without memory. */
char *span_copy(struct span s);

#endif
