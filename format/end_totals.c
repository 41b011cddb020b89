/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* end_totals.c -- reason, two numbers, facts. */
#include "format/end_totals.h"

void end_totals_encode(const struct end_totals *t, struct buf *out)
{
	put_string(out, t->reason.p, view_len(t->reason));
	put_varint(out, t->rows);
	put_varint(out, t->lost);
	put_string(out, t->facts.p, view_len(t->facts));
}

int end_totals_decode(struct view *in, struct end_totals *out, struct error *err)
{
	struct view rest = *in;
	struct end_totals t;

	if (!take_string(&rest, &t.reason) || !take_varint(&rest, &t.rows) ||
	    !take_varint(&rest, &t.lost) || !take_string(&rest, &t.facts))
		return error_set(err, ERR_CORRUPT, "an End block is cut short");
	*in = rest;
	*out = t;
	return 0;
}
