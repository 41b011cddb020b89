/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* shell_words.c -- quotes where POSIX (XCU 2.2) needs them, and nowhere else. */
#include "record/shell_words.h"

#include <string.h>

/* Bytes that mean themselves anywhere in a word. '~' and '=' do not at its beginning
 * or before a command, and bytes beyond ASCII depend on the locale. */
static bool is_plain(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789%+,-./:@^_";

	return *word && word[strspn(word, plain)] == '\0';
}

/* Only a quote cannot stand between quotes: 'it'"'"'s'. No backslash: what prints the text
 * may have to show one as two. */
static void put_quoted(struct buf *out, const char *word)
{
	put_u8(out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			put_bytes(out, "'\"'\"'", 5);
		else
			put_u8(out, (uint8_t)*word);
	}
	put_u8(out, '\'');
}

void shell_words_put(struct buf *out, const char *const *argv)
{
	for (const char *const *a = argv; *a; a++) {
		if (a != argv)
			put_u8(out, ' ');
		if (is_plain(*a))
			put_bytes(out, *a, strlen(*a));
		else
			put_quoted(out, *a);
	}
}
