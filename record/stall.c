/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* stall.c -- two sentences. */
#include "record/stall.h"

#include <inttypes.h>

#include "record/printable.h"

bool stall_is_news(const struct stall *s, const char *reason)
{
	return s->is_told != (reason != NULL);
}

void stall_tell(struct stall *s, const char *reason, uint64_t unwritten, FILE *out)
{
	uint64_t missing = unwritten - s->before;

	s->is_told = reason != NULL;
	if (reason) {
		printable_say(out, reason,
			      "; recording goes on, events are lost until it can be written again");
		return;
	}
	fprintf(out, "tcptape-record: writing goes on; %" PRIu64 " event%s could not be written\n",
		missing, missing == 1 ? "" : "s");
	s->before = unwritten;
}
