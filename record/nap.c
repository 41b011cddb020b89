/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* nap.c -- by the rate since the last one. */
#include "record/nap.h"

static const uint64_t MS = 1000000;

enum {
	SHORT_MS = 2,
	LONG_MS = 900, /* what came meanwhile is written within a second */
	SILENT_MS = 10000,
	PORTION = 4000, /* records; half a lane has room for 7,000, if one CPU makes them all */
};

void nap_count(struct nap *p, size_t records)
{
	p->records += records;
}

static uint64_t length_ms(const struct nap *p, uint64_t now_ns)
{
	uint64_t ms = (now_ns - p->since_ns) / MS;

	/* A second time: a program that had not seen that it was to wake the recorder is long done. */
	if (!p->records)
		return p->is_silent ? SILENT_MS : LONG_MS;
	if (ms >= LONG_MS)
		ms = LONG_MS;
	ms = ms * PORTION / p->records;
	return ms < SHORT_MS ? SHORT_MS : ms > LONG_MS ? LONG_MS : ms;
}

uint64_t nap_begin(struct nap *p, uint64_t now_ns)
{
	uint64_t until_ns = now_ns + length_ms(p, now_ns) * MS;

	*p = (struct nap){.since_ns = now_ns, .is_silent = !p->records};
	return until_ns;
}
