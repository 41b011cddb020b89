/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* block_list.c -- takes blocks apart without a scan. */
#include "tests/format/block_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* The block at the beginning of `in`. */
static struct listed_block take(struct view in, struct unpacker *u)
{
	struct part parts[BLOCK_MAX_PARTS];
	struct listed_block b = {0};
	struct view body, head;

	assert_int_equal(block_header_decode(in, &b.header, NULL), 0);
	assert_true(view_len(in) >= (size_t)b.header.header_len + b.header.body_len);
	body = view_of(in.p + b.header.header_len, b.header.body_len);
	head = (struct view){in.p + BLOCK_HEADER_LEN,
			     body.p + (size_t)b.header.part_count * PART_ENTRY_LEN};
	assert_true(table_is_sound(&b.header, head));
	assert_int_equal(parts_decode(body, &b.header, parts, NULL), 0);
	for (unsigned i = 0; i < b.header.part_count; i++)
		assert_true(part_is_sound(&parts[i]));
	b.raw_len = parts[0].raw_len;
	b.raw = malloc(b.raw_len + 1);
	assert_non_null(b.raw);
	assert_int_equal(unpacker_run(u, &parts[0], b.raw, NULL), 0);
	return b;
}

struct block_list block_list_of(const void *data, size_t len)
{
	struct unpacker *u = unpacker_new();
	struct view in = view_of(data, len);
	struct block_list l = {0};
	void *all = NULL;
	size_t cap = 0;

	while (view_len(in) > 0) {
		struct listed_block b = take(in, u);

		b.offset = len - view_len(in);
		assert_true(array_grow(&all, &cap, l.count + 1, sizeof(b)));
		l.all = all;
		l.all[l.count++] = b;
		in.p += b.header.header_len + b.header.body_len;
	}
	unpacker_free(u);
	return l;
}

void block_list_free(struct block_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->all[i].raw);
	free(l->all);
	*l = (struct block_list){0};
}

struct view block_list_raw(const struct block_list *l, size_t n)
{
	assert_true(n < l->count);
	return view_of(l->all[n].raw, l->all[n].raw_len);
}
