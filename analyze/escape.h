/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * escape.h -- makes text from a tape harmless for the output it goes to: a terminal, a
 * JSON string, a CSV field. Control characters (C0, DEL, C1), bytes that are not valid
 * UTF-8, and the invisible characters that reorder or hide text never pass as they are.
 *
 * All of these append to *out, which the caller owns; out->is_failed tells of missing
 * memory.
 */
#ifndef ANALYZE_ESCAPE_H
#define ANALYZE_ESCAPE_H

#include <stddef.h>
#include <stdint.h>

#include "format/bytes.h"

/* Take one character. False at the end. A byte that does not begin a valid sequence is
 * taken alone and yields ESCAPE_BAD_BYTE + its value. */
enum { ESCAPE_BAD_BYTE = 0x110000 };
bool escape_take(struct view *in, uint32_t *character);

/* Copy `in` to `out`, which has room, where all of it stays as it is in text and JSON. May be
 * false where that is so, too; out[] may then have changed. */
bool escape_copy(struct view in, char *out);
/* For people: \n \t \r \\ \x1b for bytes, \u{202e} for characters. */
void escape_text(struct view in, struct buf *out);
/* A JSON string with its quotes. A bad byte becomes U+FFFD. */
void escape_json(struct view in, struct buf *out);
/* A CSV field: as escape_text(), then quoted where RFC 4180 asks for it. */
void escape_csv(struct view in, struct buf *out);
/* Columns that text takes on a terminal; `in` is already escaped. */
size_t escape_width(struct view in);

#endif
