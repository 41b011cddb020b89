/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* crossed.c -- columns of bytes that change sides (docs/FORMAT.md section 6). */
#include "format/crossed.h"

#include <string.h>

enum {
	ITSELF = 0,
	BEFORE = 1,
	BEHIND = 2,
	SHARE = 4 /* of the values that may be none of the two */
};

static bool is_same(struct view a, struct view b)
{
	return view_len(a) == view_len(b) && memcmp(a.p, b.p, view_len(a)) == 0;
}

static uint8_t token_of(const struct view *values, const struct view *before, size_t n, size_t at)
{
	if (at + 1 < n && is_same(values[at], before[at + 1]))
		return BEHIND;
	return at > 0 && is_same(values[at], before[at - 1]) ? BEFORE : ITSELF;
}

bool crossed_encode(const struct view *values, const struct view *before, size_t n, struct buf *out)
{
	size_t own = 0;

	for (size_t i = 0; i < n && own <= n / SHARE; i++)
		own += token_of(values, before, n, i) == ITSELF;
	if (n < 2 || own > n / SHARE)
		return false;
	for (size_t i = 0; i < n; i++)
		put_u8(out, token_of(values, before, n, i));
	for (size_t i = 0; i < n; i++)
		if (token_of(values, before, n, i) == ITSELF)
			put_bytes(out, values[i].p, view_len(values[i]));
	return true;
}

static int bad_column(struct error *err)
{
	return error_set(err, ERR_CORRUPT, "a column that crosses another does not fit it");
}

int crossed_decode(struct view in, size_t n, size_t size, const uint8_t *before, size_t stride,
		   uint8_t *out, struct error *err)
{
	struct view tokens, own;

	if (!take_bytes(&in, n, &tokens))
		return bad_column(err);
	for (size_t i = 0; i < n; i++) {
		if (tokens.p[i] == ITSELF && take_bytes(&in, size, &own))
			memcpy(out + i * size, own.p, size);
		else if (tokens.p[i] == BEFORE && i > 0)
			memcpy(out + i * size, before + (i - 1) * stride, size);
		else if (tokens.p[i] == BEHIND && i + 1 < n)
			memcpy(out + i * size, before + (i + 1) * stride, size);
		else
			return bad_column(err);
	}
	return view_len(in) == 0 ? 0 : bad_column(err);
}
