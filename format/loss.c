/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* loss.c -- six numbers. */
#include "format/loss.h"

void loss_encode(const struct loss *l, struct buf *out)
{
	struct buf record = {0};

	put_varint(&record, l->from_ns);
	put_varint(&record, l->to_ns);
	put_varint(&record, l->cpu);
	put_varint(&record, l->schema);
	put_varint(&record, l->count);
	put_varint(&record, l->cause);
	put_record(out, &record);
	buf_release(&record);
}

int loss_decode(struct view *in, struct loss *out, struct error *err)
{
	uint64_t v[6];
	struct view record;
	bool is_ok = take_string(in, &record);

	for (unsigned i = 0; is_ok && i < 6; i++)
		is_ok = take_varint(&record, &v[i]);
	if (!is_ok || v[2] > UINT32_MAX || v[3] > UINT32_MAX || v[5] > UINT32_MAX)
		return error_set(err, ERR_CORRUPT, "a loss record is cut short or out of range");
	*out = (struct loss){.from_ns = v[0],
			     .to_ns = v[1],
			     .cpu = (uint32_t)v[2],
			     .schema = (uint32_t)v[3],
			     .count = v[4],
			     .cause = (uint32_t)v[5]};
	return 0;
}
