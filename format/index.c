/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* index.c -- the list of blocks in an End block (docs/FORMAT.md section 9). */
#include "format/index.h"

#include <stdlib.h>

void index_release(struct index *ix)
{
	free(ix->entries);
	*ix = (struct index){0};
}

static struct index_entry entry_of(uint64_t offset, const struct block_header *h)
{
	return (struct index_entry){
		.offset = offset,
		.min_ts = h->min_ts,
		.max_ts = h->max_ts,
		.len = h->header_len + h->body_len,
		.rows = h->rows,
		.epoch = h->epoch,
		.type = h->type,
	};
}

static bool push(struct index *ix, struct index_entry entry)
{
	void *entries = ix->entries;

	if (ix->count >= INDEX_MAX_ENTRIES ||
	    !array_grow(&entries, &ix->cap, ix->count + 1, sizeof(*ix->entries)))
		return false;
	ix->entries = entries;
	ix->entries[ix->count++] = entry;
	return true;
}

void index_add(struct index *ix, uint64_t offset, const struct block_header *h)
{
	if (!push(ix, entry_of(offset, h)))
		ix->is_overfull = true;
}

void index_encode(const struct index *ix, struct buf *out)
{
	uint64_t offset = 0, ts = 0;

	put_varint(out, ix->is_overfull ? 0 : ix->count);
	for (size_t i = 0; i < ix->count && !ix->is_overfull; i++) {
		const struct index_entry *e = &ix->entries[i];

		put_u8(out, e->type);
		put_varint(out, e->offset - offset);
		put_varint(out, e->len);
		put_varint(out, e->rows);
		put_varint(out, e->epoch);
		put_varint(out, zigzag((int64_t)(e->min_ts - ts)));
		put_varint(out, zigzag((int64_t)(e->max_ts - e->min_ts)));
		offset = e->offset + e->len;
		ts = e->min_ts;
	}
}

static bool entry_take(struct view *in, uint64_t *offset, uint64_t *ts, struct index_entry *e)
{
	uint64_t gap, len, rows, epoch, first, span;

	if (!take_u8(in, &e->type) || !take_varint(in, &gap) || !take_varint(in, &len) ||
	    !take_varint(in, &rows) || !take_varint(in, &epoch) || !take_varint(in, &first) ||
	    !take_varint(in, &span))
		return false;
	if (len < BLOCK_HEADER_LEN || len > BLOCK_HEADER_MAX + BLOCK_MAX_BODY ||
	    rows > BLOCK_MAX_ROWS || epoch > UINT32_MAX || gap > UINT64_MAX - *offset ||
	    len > UINT64_MAX - *offset - gap)
		return false;
	e->offset = *offset + gap;
	e->len = (uint32_t)len;
	e->rows = (uint32_t)rows;
	e->epoch = (uint32_t)epoch;
	e->min_ts = *ts + (uint64_t)unzigzag(first);
	e->max_ts = e->min_ts + (uint64_t)unzigzag(span);
	*offset = e->offset + len;
	*ts = e->min_ts;
	return true;
}

int index_decode(struct view *in, struct index *ix, struct error *err)
{
	uint64_t count, offset = 0, ts = 0;
	struct index_entry e = {0};

	index_release(ix);
	if (!take_varint(in, &count) || count > INDEX_MAX_ENTRIES || count > view_len(*in))
		return error_set(err, ERR_CORRUPT, "the index is cut short or too long");
	for (uint64_t i = 0; i < count; i++) {
		if (!entry_take(in, &offset, &ts, &e))
			return error_set(err, ERR_CORRUPT, "the index is cut short at entry %llu",
					 (unsigned long long)i);
		if (!push(ix, e))
			return error_nomem(err);
	}
	return 0;
}

bool index_has(const struct index *ix, uint64_t offset, const struct block_header *h)
{
	struct index_entry want = entry_of(offset, h);
	size_t lo = 0, hi = ix->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (ix->entries[mid].offset < offset)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == ix->count)
		return false;
	const struct index_entry *e = &ix->entries[lo];

	return e->offset == want.offset && e->len == want.len && e->type == want.type &&
	       e->rows == want.rows && e->epoch == want.epoch && e->min_ts == want.min_ts &&
	       e->max_ts == want.max_ts;
}
