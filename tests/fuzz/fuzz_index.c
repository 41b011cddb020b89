// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_index.c -- any bytes as an index: what is taken encodes to itself. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/index.h"

static void check(bool is_kept)
{
	if (!is_kept)
		abort();
}

static void check_index(const struct index *ix)
{
	struct index again = {0};
	struct buf a = {0}, b = {0};
	struct view in;

	for (size_t i = 0; i < ix->count; i++) {
		const struct index_entry *e = &ix->entries[i];
		struct block_header h = {.type = e->type,
					 .body_len = e->len,
					 .rows = e->rows,
					 .epoch = e->epoch,
					 .min_ts = e->min_ts,
					 .max_ts = e->max_ts};

		check(i == 0 || e->offset >= e[-1].offset + e[-1].len);
		check(index_has(ix, e->offset, &h) && !index_has(ix, e->offset + 1, &h));
	}
	index_encode(ix, &a);
	in = view_of(a.data, a.len);
	check(index_decode(&in, &again, NULL) == 0 && view_len(in) == 0);
	index_encode(&again, &b);
	check(again.count == ix->count);
	check(a.len == b.len && memcmp(a.data, b.data, a.len) == 0);
	index_release(&again);
	buf_release(&a);
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view in = view_of(data, size);
	struct index ix = {0};
	struct error err = {0};

	if (index_decode(&in, &ix, &err))
		check(err.status < 0 && err.text[0] != '\0');
	else
		check_index(&ix);
	index_release(&ix);
	return 0;
}
