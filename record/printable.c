/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* printable.c -- byte by byte; what is beyond ASCII and no control character stays as it is. */
#include "record/printable.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* U+0080 to U+009F, which terminals obey like ESC and the character 64 below. */
static bool is_c1(const char *p, size_t len)
{
	return len > 1 && (uint8_t)p[0] == 0xc2 && (uint8_t)p[1] >= 0x80 && (uint8_t)p[1] < 0xa0;
}

static bool is_control(uint8_t c)
{
	return c < 0x20 || c == 0x7f;
}

size_t printable_put_part(FILE *to, const char *text, size_t len)
{
	size_t put = 0, escaped = 0;

	for (size_t i = 0; i < len && text[i]; i++) {
		uint8_t c = (uint8_t)text[i];

		if (is_c1(text + i, len - i))
			escaped = 2;
		else if (!escaped && is_control(c))
			escaped = 1;
		if (escaped) {
			put += (size_t)fprintf(to, "\\x%02x", c);
			escaped--;
		} else {
			fputc(c, to);
			put++;
		}
	}
	return put;
}

size_t printable_put(FILE *to, const char *text)
{
	return printable_put_part(to, text, strlen(text));
}

void printable_say(FILE *to, const char *text, const char *rest)
{
	fputs("tcptape-record: ", to);
	printable_put(to, text);
	fprintf(to, "%s\n", rest);
}
