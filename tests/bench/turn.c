/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* turn.c -- what differs when a reel is played again. */
#include "tests/bench/turn.h"

#include <string.h>

enum { PAUSE_NS = 1000000 }; /* between the last event and the first of the next time */

/* Numbers that the kernel or the recorder hand out. */
static bool is_handed_out(const struct schema *s, int f)
{
	const struct field *field = &s->fields[f];

	return field->kind == FIELD_INT && s->offsets[f] >= 0 &&
	       (field->flags & FIELD_ID || strcmp(field->name, "cookie") == 0);
}

static uint64_t most_handed_out(const struct reel *r)
{
	uint64_t most = 0;

	for (size_t i = 0; i < r->entry_count; i++) {
		const struct schema *s = section_schema(&r->names, r->entries[i].dict);

		for (int f = 0; f < s->field_count; f++) {
			uint64_t n;

			if (!is_handed_out(s, f))
				continue;
			n = load_le(r->entries[i].packed + s->offsets[f], s->fields[f].elem_size);
			most = n > most ? n : most;
		}
	}
	return most;
}

void turn_begin(struct turn *t, const struct reel *r)
{
	*t = (struct turn){
		/* even: the lowest bit of a stream number is its direction */
		.stride = (most_handed_out(r) + 2) & ~UINT64_C(1),
		.span_ns = r->rows[r->row_count - 1].ts_ns - r->rows[0].ts_ns + PAUSE_NS,
	};
}

void turn_entry(const struct turn *t, const struct reel *r, const struct reel_entry *entry,
		struct buf *out)
{
	const struct schema *s = section_schema(&r->names, entry->dict);
	size_t before = out->len;

	put_bytes(out, entry->packed, entry->len);
	if (out->is_failed)
		return;
	for (int f = 0; f < s->field_count; f++) {
		uint8_t *at = out->data + before + s->offsets[f];
		uint64_t n;

		if (!is_handed_out(s, f))
			continue;
		n = load_le(at, s->fields[f].elem_size);
		if (n)
			store_le(at, s->fields[f].elem_size, n + t->times * t->stride);
	}
}
