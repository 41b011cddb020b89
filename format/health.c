/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* health.c -- the first problem is told, all are counted. */
#include "format/health.h"

#include <inttypes.h>
#include <stdio.h>

void health_note_gap(struct health *h, const struct gap *g)
{
	h->damaged_blocks += g->blocks;
	h->skipped_bytes += g->bytes;
	if (!h->first_problem[0])
		snprintf(h->first_problem, sizeof(h->first_problem), "at byte %" PRIu64 ": %.150s",
			 g->offset, g->reason);
}

void health_note_parts(struct health *h, unsigned blocks)
{
	h->damaged_blocks += blocks;
	if (blocks && !h->first_problem[0])
		snprintf(h->first_problem, sizeof(h->first_problem),
			 "part of a DATA block: checksum does not match");
}

void health_note_cut(struct health *h, const char *reason)
{
	h->is_cut = true;
	if (!h->first_problem[0])
		snprintf(h->first_problem, sizeof(h->first_problem), "%s", reason);
}

void health_settle(struct health *h)
{
	h->is_complete = !h->is_cut && h->damaged_blocks == 0 && h->skipped_bytes == 0 &&
			 h->sections > 0;
}
