/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lane.c -- padding, wrapping and drawing, in characters rather than bytes.
 */
#include "analyze/lane.h"

#include <string.h>

enum { ARROW_COLUMNS = 2 * LANE_COLUMNS + LANE_GAP };

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Bytes of the first `columns` characters of text. */
static size_t prefix_bytes(const char *text, size_t columns)
{
	size_t i = 0;

	for (; text[i]; i++)
		if (!is_continuation(text[i]) && columns-- == 0)
			break;
	return i;
}

static size_t columns_of(const char *text, size_t bytes)
{
	size_t n = 0;

	for (size_t i = 0; i < bytes; i++)
		n += !is_continuation(text[i]);
	return n;
}

static void append(char line[LANE_LINE_BYTES], const char *text, size_t bytes)
{
	size_t len = strlen(line);

	if (bytes > LANE_LINE_BYTES - 1 - len)
		bytes = LANE_LINE_BYTES - 1 - len;
	memcpy(line + len, text, bytes);
	line[len + bytes] = '\0';
}

static void append_times(char line[LANE_LINE_BYTES], const char *text, size_t count)
{
	while (count--)
		append(line, text, strlen(text));
}

static char *new_line(struct lane_lines *out)
{
	char *line = out->lines[out->count++];

	line[0] = '\0';
	return line;
}

/* Bytes of `text` for one line: up to the last space that fits, or all that fits. */
static size_t line_bytes(const char *text, size_t columns)
{
	size_t most = prefix_bytes(text, columns), at = most;

	if (!text[most])
		return most;
	while (at > 0 && text[at] != ' ')
		at--;
	return at ? at : most;
}

void lane_put(struct lane_lines *out, enum lane lane, const char *text)
{
	size_t columns = LANE_COLUMNS;
	bool is_first = true;

	out->count = 0;
	do {
		size_t bytes = line_bytes(text, columns);
		char *line = new_line(out);

		if (lane == LANE_RIGHT)
			append_times(line, " ", LANE_COLUMNS + LANE_GAP);
		append_times(line, " ", is_first ? 0 : 2);
		append(line, text, bytes);
		text += bytes;
		text += strspn(text, " ");
		columns = LANE_COLUMNS - 2;
		is_first = false;
	} while (*text && out->count < LANE_LINES);
}

void lane_arrow(struct lane_lines *out, enum lane to, const char *label)
{
	size_t bytes = prefix_bytes(label, ARROW_COLUMNS - 8);
	size_t dashes = ARROW_COLUMNS - 5 - columns_of(label, bytes);
	char *line;

	out->count = 0;
	line = new_line(out);
	if (to == LANE_LEFT) {
		append_times(line, "◀", 1);
		append_times(line, "─", dashes);
	} else {
		append_times(line, "──", 1);
	}
	append_times(line, " ", 1);
	append(line, label, bytes);
	append_times(line, " ", 1);
	if (to == LANE_LEFT) {
		append_times(line, "──", 1);
	} else {
		append_times(line, "─", dashes);
		append_times(line, "▶", 1);
	}
}

void lane_heads(struct lane_lines *out, const char *left, const char *right)
{
	size_t bytes = prefix_bytes(left, LANE_COLUMNS);
	char *line;

	out->count = 0;
	line = new_line(out);
	append(line, left, bytes);
	append_times(line, " ", LANE_COLUMNS + LANE_GAP - columns_of(left, bytes));
	append(line, right, prefix_bytes(right, LANE_COLUMNS));
}
