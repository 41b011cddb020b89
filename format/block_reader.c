/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* block_reader.c -- from a block to what one of its parts holds (docs/FORMAT.md section 3.2). */
#include "format/block_reader.h"

void block_reader_init(struct block_reader *r, struct unpacker *unpacker, struct source *source)
{
	*r = (struct block_reader){.unpacker = unpacker, .source = source};
}

void block_reader_release(struct block_reader *r)
{
	buf_release(&r->raw);
}

int block_reader_open(struct block_reader *r, const struct scan_item *block, unsigned index,
		      struct view *out, struct error *err)
{
	struct part parts[BLOCK_MAX_PARTS];
	int rc;

	TRY(parts_decode(block->body, &block->header, parts, err));
	if (index >= block->header.part_count)
		return error_set(err, ERR_CORRUPT, "a block without content");
	if (r->source)
		TRY(part_read(&parts[index], r->source, block->offset + block->header.header_len,
			      err));
	buf_clear(&r->raw);
	if (!buf_reserve(&r->raw, parts[index].raw_len + 1u))
		return error_nomem(err);
	rc = unpacker_run(r->unpacker, &parts[index], r->raw.data, err);
	if (rc)
		return rc == ERR_UNSUPPORTED ? ERR_CORRUPT : rc;
	r->raw.len = parts[index].raw_len;
	*out = view_of(r->raw.data, r->raw.len);
	return 0;
}

unsigned block_reader_find(const struct scan_item *block, uint8_t tag)
{
	struct part parts[BLOCK_MAX_PARTS];

	if (parts_decode(block->body, &block->header, parts, NULL))
		return block->header.part_count;
	for (unsigned i = 1; i < block->header.part_count; i++)
		if (parts[i].tag == tag)
			return i;
	return block->header.part_count;
}
