// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_column.c -- u8 codec, u16 count, u8 fixed length, then any bytes as a column. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/column.h"
#include "format/nearby.h"

static void check(bool is_kept)
{
	if (!is_kept)
		abort();
}

/* What was decoded is encoded, decoded again and the same. */
static void check_ints(const uint64_t *values, size_t n)
{
	uint64_t *again = malloc((n + 1) * sizeof(*again));
	struct buf b = {0};

	for (int as_ids = 0; as_ids < 2; as_ids++) {
		uint8_t codec;

		buf_clear(&b);
		codec = as_ids ? column_encode_ids(values, n, &b)
			       : column_encode_ints(values, n, &b);
		check(column_decode_ints(codec, view_of(b.data, b.len), n, again, NULL) == 0);
		check(n == 0 || memcmp(values, again, n * sizeof(*again)) == 0);
	}
	buf_clear(&b);
	if (nearby_encode(values, n, &b)) {
		check(column_decode_ints(CODEC_NEARBY, view_of(b.data, b.len), n, again, NULL) ==
		      0);
		check(n == 0 || memcmp(values, again, n * sizeof(*again)) == 0);
	}
	buf_release(&b);
	free(again);
}

/* The other forms of the same integers. */
static void check_forms(uint8_t codec, struct view in, const uint64_t *values, size_t n, int rc)
{
	uint32_t *shorts = malloc((n + 1) * sizeof(*shorts)), *ids = malloc((n + 1) * sizeof(*ids));

	check(shorts && ids);
	check(column_decode_shorts(codec, in, n, shorts, NULL) == rc);
	check(column_decode_ids(codec, in, n, ids, NULL) == rc);
	for (size_t i = 0; !rc && i < n; i++) {
		check(shorts[i] == (uint32_t)values[i]);
		check(ids[i] == (values[i] < UINT32_MAX ? values[i] : UINT32_MAX));
	}
	free(shorts);
	free(ids);
}

static void check_bytes(const struct view *values, size_t n, size_t fixed)
{
	struct view *again = malloc((n + 1) * sizeof(*again));
	struct byte_table *t = byte_table_new();
	struct buf b = {0}, scratch = {0};
	uint8_t codec = column_encode_bytes(t, values, n, &b);

	check(column_decode_bytes(codec, view_of(b.data, b.len), n, fixed, &scratch, again, NULL) ==
	      0);
	for (size_t i = 0; i < n; i++) {
		size_t len = view_len(values[i]);

		check(view_len(again[i]) == len && (!fixed || len == fixed));
		check(len == 0 || memcmp(again[i].p, values[i].p, len) == 0);
	}
	buf_release(&b);
	buf_release(&scratch);
	byte_table_free(t);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view in = view_of(data, size), *views;
	struct buf scratch = {0};
	struct error err = {0};
	uint64_t *ints;
	uint8_t codec, fixed;
	uint16_t n;
	int rc;

	if (!take_u8(&in, &codec) || !take_u16(&in, &n) || !take_u8(&in, &fixed))
		return 0;
	ints = malloc((n + 1u) * sizeof(*ints));
	views = malloc((n + 1u) * sizeof(*views));
	if (!ints || !views)
		abort();
	rc = column_decode_ints(codec, in, n, ints, &err);
	check(rc == err.status);
	check_forms(codec, in, ints, n, rc);
	if (!rc)
		check_ints(ints, n);
	err.status = 0;
	rc = column_decode_bytes(codec, in, n, fixed, &scratch, views, &err);
	check(rc == err.status);
	if (!rc)
		check_bytes(views, n, fixed);
	buf_release(&scratch);
	free(ints);
	free(views);
	return 0;
}
