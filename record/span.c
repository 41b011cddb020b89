/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* span.c -- taking text apart without copying it. */
#include "record/span.h"

#include <string.h>

struct span span_trim(struct span s)
{
	while (s.p < s.end && is_blank(*s.p))
		s.p++;
	while (s.end > s.p && is_blank(s.end[-1]))
		s.end--;
	return s;
}

bool span_equals(struct span s, const char *word)
{
	return span_len(s) == strlen(word) && memcmp(s.p, word, span_len(s)) == 0;
}

bool span_skip(struct span *s, const char *prefix)
{
	size_t len = strlen(prefix);

	if (span_len(*s) < len || memcmp(s->p, prefix, len) != 0)
		return false;
	s->p += len;
	return true;
}

const char *span_find(struct span s, const char *word)
{
	return span_len(s) ? memmem(s.p, span_len(s), word, strlen(word)) : NULL;
}

struct span span_take(struct span *s, char stop)
{
	const char *at = span_len(*s) ? memchr(s->p, stop, span_len(*s)) : NULL;
	struct span taken = {.p = s->p, .end = at ? at : s->end};

	s->p = at ? at + 1 : s->end;
	return taken;
}

struct span span_take_word(struct span *s)
{
	struct span taken = {.p = s->p, .end = s->p};

	while (s->p < s->end && is_word(*s->p))
		s->p++;
	taken.end = s->p;
	return taken;
}

static bool is_type(struct span s)
{
	if (s.p == s.end || !is_word(*s.p) || (*s.p >= '0' && *s.p <= '9'))
		return false;
	for (; s.p < s.end; s.p++)
		if (!is_word(*s.p) && !is_blank(*s.p) && *s.p != '*')
			return false;
	return true;
}

bool span_skip_cast(struct span *s)
{
	struct span rest = *s;

	if (!span_skip(&rest, "(") || !is_type(span_trim(span_take(&rest, ')'))))
		return false;
	*s = rest;
	return true;
}

bool span_number(struct span s, uint32_t max, uint32_t *out)
{
	uint64_t value = 0;

	if (s.p == s.end)
		return false;
	for (; s.p < s.end; s.p++) {
		if (*s.p < '0' || *s.p > '9')
			return false;
		value = value * 10 + (uint64_t)(*s.p - '0');
		if (value > max)
			return false;
	}
	*out = (uint32_t)value;
	return true;
}

char *span_copy(struct span s)
{
	return strndup(s.p, span_len(s));
}
