/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* census.c -- the tracker first: it knows where the run ends. */
#include "analyze/census.h"

#include "format/run.h"

int census_take(struct tracker *t, struct run *run, struct summary *s, struct error *err)
{
	uint32_t first = run->at;
	struct sighting seen;
	struct event ev;
	int rc;

	while ((rc = tracker_feed_run(t, run, &ev, &seen, err)) == 0)
		;
	if (rc != END)
		return rc;
	summary_take_rows(s, run, first);
	return 0;
}
