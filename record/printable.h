/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * printable.h -- arguments, file names and names of commands, as sentences repeat them: no character of
 * theirs does anything to a terminal or begins another line.
 */
#ifndef RECORD_PRINTABLE_H
#define RECORD_PRINTABLE_H

#include <stddef.h>
#include <stdio.h>

/* Print text; control characters, those of UTF-8 (C1) too, as \x1b. Returns the number of bytes. */
size_t printable_put(FILE *to, const char *text);
/* A sentence of the recorder's, a line: its name, text so printed, `rest` as it is. */
void printable_say(FILE *to, const char *text, const char *rest);
/* No more than `len` bytes of it. */
size_t printable_put_part(FILE *to, const char *text, size_t len);

#endif
