/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* clock_reading.c -- four numbers. */
#include "format/clock_reading.h"

void clock_encode(const struct clock_reading *c, struct buf *out)
{
	struct buf record = {0};

	put_varint(&record, c->ts_ns);
	put_varint(&record, c->monotonic_ns);
	put_varint(&record, c->boottime_ns);
	put_varint(&record, c->realtime_ns);
	put_record(out, &record);
	buf_release(&record);
}

int clock_decode(struct view *in, struct clock_reading *out, struct error *err)
{
	struct clock_reading c;
	struct view record;

	if (!take_string(in, &record) || !take_varint(&record, &c.ts_ns) ||
	    !take_varint(&record, &c.monotonic_ns) || !take_varint(&record, &c.boottime_ns) ||
	    !take_varint(&record, &c.realtime_ns))
		return error_set(err, ERR_CORRUPT, "a clock record is cut short");
	*out = c;
	return 0;
}
