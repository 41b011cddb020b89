/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * escape.c -- one UTF-8 reader, and three ways to write what it yields.
 */
#include "analyze/escape.h"

#include <stdio.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct range {
	uint32_t first, last;
};

/* Characters that are invisible or change the order of what follows. */
static const struct range unseen[] = {
	{0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},
	{0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
	{0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xfff0, 0xfffb}, {0xe0000, 0xe0fff},
};

/* Characters that are drawn over the one before. */
static const struct range combining[] = {
	{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},   {0x64b, 0x65f},
	{0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe20, 0xfe2f},
};

/* Characters that terminals draw two columns wide. */
static const struct range wide[] = {
	{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xac00, 0xd7a3},
	{0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
	{0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

static bool is_in(const struct range *ranges, size_t count, uint32_t c)
{
	for (size_t i = 0; i < count; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static bool is_unseen(uint32_t c)
{
	return is_in(unseen, ARRAY_SIZE(unseen), c);
}

/* Bytes of the sequence that `lead` begins; 0 if it begins none. */
static unsigned sequence_length(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead < 0xe0)
		return 2;
	if (lead >= 0xe0 && lead < 0xf0)
		return 3;
	return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

/* Overlong forms, surrogates and numbers beyond Unicode are as bad as stray bytes. */
static bool is_character(uint32_t c, unsigned length)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

	return c >= least[length] && c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff);
}

bool escape_take(struct view *in, uint32_t *character)
{
	unsigned length;
	uint32_t c;

	if (in->p == in->end)
		return false;
	length = sequence_length(in->p[0]);
	*character = ESCAPE_BAD_BYTE + in->p[0];
	if (length == 0 || length > view_len(*in)) {
		in->p++;
		return true;
	}
	c = length == 1 ? in->p[0] : in->p[0] & (0x7fu >> length);
	for (unsigned i = 1; i < length; i++) {
		if ((in->p[i] & 0xc0) != 0x80) {
			in->p++;
			return true;
		}
		c = c << 6 | (in->p[i] & 0x3fu);
	}
	if (!is_character(c, length)) {
		in->p++;
		return true;
	}
	*character = c;
	in->p += length;
	return true;
}

static void put_format(struct buf *out, const char *fmt, uint32_t value)
{
	char text[24];
	int len = snprintf(text, sizeof(text), fmt, (unsigned)value);

	put_bytes(out, text, (size_t)len);
}

/* True for the most of all text, which needs no second look. */
static bool is_plain(uint8_t byte)
{
	return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

static uint64_t load_word(const uint8_t *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/* The same for eight bytes at once: sets the highest bit of those that are not, and of some that
 * are: below 0x20; '"'; '\\'; 0x7f; beyond. */
static uint64_t not_plain(uint64_t w)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);

	return (w - 0x20 * ones) | ((w ^ 0x22 * ones) - ones) | ((w ^ 0x5c * ones) - ones) |
	       (w + ones) | w;
}

static bool are_plain(uint64_t bits)
{
	return (bits & UINT64_C(0x8080808080808080)) == 0;
}

/* Less than eight bytes; returns them with others that are plain. */
static uint64_t copy_few(const uint8_t *p, size_t len, char *out)
{
	uint32_t first, last;
	uint64_t w = UINT64_C(0x6161616161616161);

	if (len >= 4) {
		memcpy(&first, p, 4);
		memcpy(&last, p + len - 4, 4);
		memcpy(out, &first, 4);
		memcpy(out + len - 4, &last, 4);
		return (uint64_t)first << 32 | last;
	}
	for (size_t i = 0; i < len; i++) {
		out[i] = (char)p[i];
		w = w << 8 | p[i];
	}
	return w;
}

bool escape_copy(struct view in, char *out)
{
	size_t len = view_len(in), last = len - 8;
	uint64_t bits = 0, w;

	if (len < 8)
		return are_plain(not_plain(copy_few(in.p, len, out)));
	for (size_t i = 0; i < last; i += 8) {
		w = load_word(in.p + i);
		memcpy(out + i, &w, 8);
		bits |= not_plain(w);
	}
	w = load_word(in.p + last);
	memcpy(out + last, &w, 8);
	return are_plain(bits | not_plain(w));
}

/* Append all of `in` as it is, or nothing if some of it may not be plain. */
static bool put_if_plain(struct view in, struct buf *out)
{
	size_t len = view_len(in);

	if (!len)
		return true;
	if (!buf_reserve(out, len) || !escape_copy(in, (char *)out->data + out->len))
		return false;
	out->len += len;
	return true;
}

/* Append the leading plain bytes of *in and take them. */
static void put_plain(struct view *in, struct buf *out)
{
	const uint8_t *start = in->p;

	while (in->p < in->end && is_plain(*in->p))
		in->p++;
	put_bytes(out, start, (size_t)(in->p - start));
}

static void put_text_character(struct buf *out, uint32_t c)
{
	static const char named[] = "\t\n\r\\", letters[] = "tnr\\";
	const char *at = c && c < 0x80 ? strchr(named, (int)c) : NULL;

	if (at)
		put_format(out, "\\%c", (uint32_t)letters[at - named]);
	else if (c >= ESCAPE_BAD_BYTE)
		put_format(out, "\\x%02x", c - ESCAPE_BAD_BYTE);
	else
		put_format(out, c < 0x80 ? "\\x%02x" : "\\u{%x}", c);
}

void escape_text(struct view in, struct buf *out)
{
	const uint8_t *start;
	uint32_t c;

	if (put_if_plain(in, out))
		return;
	for (put_plain(&in, out); start = in.p, escape_take(&in, &c); put_plain(&in, out)) {
		if (c == '\\' || c >= ESCAPE_BAD_BYTE || is_unseen(c))
			put_text_character(out, c);
		else
			put_bytes(out, start, (size_t)(in.p - start));
	}
}

static void put_json_character(struct buf *out, uint32_t c)
{
	static const char named[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";
	const char *at = c && c < 0x80 ? strchr(named, (int)c) : NULL;

	if (at)
		put_format(out, "\\%c", (uint32_t)letters[at - named]);
	else if (c >= ESCAPE_BAD_BYTE)
		put_bytes(out, "\xef\xbf\xbd", 3);
	else if (c < 0x10000)
		put_format(out, "\\u%04x", c);
	else {
		put_format(out, "\\u%04x", 0xd800 + ((c - 0x10000) >> 10));
		put_format(out, "\\u%04x", 0xdc00 + ((c - 0x10000) & 0x3ff));
	}
}

void escape_json(struct view in, struct buf *out)
{
	const uint8_t *start;
	uint32_t c;

	put_u8(out, '"');
	if (put_if_plain(in, out)) {
		put_u8(out, '"');
		return;
	}
	for (put_plain(&in, out); start = in.p, escape_take(&in, &c); put_plain(&in, out)) {
		if (c == '"' || c == '\\' || c >= ESCAPE_BAD_BYTE || is_unseen(c))
			put_json_character(out, c);
		else
			put_bytes(out, start, (size_t)(in.p - start));
	}
	put_u8(out, '"');
}

static bool needs_quotes(const uint8_t *p, size_t len)
{
	if (len && (p[0] == ' ' || p[len - 1] == ' '))
		return true;
	return len && (memchr(p, ',', len) || memchr(p, '"', len));
}

void escape_csv(struct view in, struct buf *out)
{
	struct buf plain = {0};

	if (!needs_quotes(in.p, view_len(in)) && put_if_plain(in, out))
		return;
	escape_text(in, &plain);
	if (plain.is_failed)
		out->is_failed = true;
	else if (!needs_quotes(plain.data, plain.len))
		put_bytes(out, plain.data, plain.len);
	else {
		put_u8(out, '"');
		for (size_t i = 0; i < plain.len; i++) {
			if (plain.data[i] == '"')
				put_u8(out, '"');
			put_u8(out, plain.data[i]);
		}
		put_u8(out, '"');
	}
	buf_release(&plain);
}

/* Each byte is a character. */
static bool is_ascii(const uint8_t *p, size_t len)
{
	uint64_t bits = 0;

	if (len < 8) {
		for (size_t i = 0; i < len; i++)
			bits |= p[i];
		return are_plain(bits);
	}
	for (size_t i = 0; i < len - 8; i += 8)
		bits |= load_word(p + i);
	return are_plain(bits | load_word(p + len - 8));
}

size_t escape_width(struct view in)
{
	size_t width = 0;
	uint32_t c;

	if (is_ascii(in.p, view_len(in)))
		return view_len(in);
	while (view_len(in)) {
		if (*in.p < 0x80) {
			in.p++;
			width++;
			continue;
		}
		escape_take(&in, &c);
		if (c < 0x300)
			width++;
		else if (!is_in(combining, ARRAY_SIZE(combining), c))
			width += is_in(wide, ARRAY_SIZE(wide), c) ? 2 : 1;
	}
	return width;
}
