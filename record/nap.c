/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* nap.c -- by the rate since the last sleep. */
#include "record/nap.h"

enum {
	BUSY_MS = 100, /* the buffers are emptied at least that often */
	IDLE_MS = 500, /* once they are empty; what comes then is written within a second, too */
	SHORT_MS = 2,
	PORTION = 4000, /* records; half a lane has room for 7,000, if one CPU makes them all */
};

void nap_count(struct nap *p, size_t records)
{
	p->records += records;
}

int nap_begin(struct nap *p, uint64_t now_ns)
{
	size_t records = p->records;
	uint64_t ms = (now_ns - p->since_ns) / 1000000;

	*p = (struct nap){.since_ns = now_ns};
	if (!records)
		return IDLE_MS;
	if (ms >= BUSY_MS)
		return BUSY_MS;
	ms = ms * PORTION / records;
	return ms < SHORT_MS ? SHORT_MS : ms > BUSY_MS ? BUSY_MS : (int)ms;
}
