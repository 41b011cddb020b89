/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* cost.c -- getrusage(), and facts. */
#include "record/cost.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>

static uint64_t time_ns(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_usec * 1000;
}

static uint64_t cpu_ns(const struct rusage *use)
{
	return time_ns(use->ru_utime) + time_ns(use->ru_stime);
}

uint64_t cost_cpu_ns(void)
{
	struct rusage use = {0};

	getrusage(RUSAGE_SELF, &use);
	return cpu_ns(&use);
}

void cost_measure(struct status_total *total)
{
	struct rusage use = {0};

	getrusage(RUSAGE_SELF, &use);
	total->cpu_ns = cpu_ns(&use);
	total->max_rss_bytes = (uint64_t)use.ru_maxrss * 1024;
}

static int write_number(struct writer *w, const char *key, uint64_t value, struct error *err)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return writer_fact(w, key, text, err);
}

int cost_facts(const struct status_total *total, struct writer *w, struct error *err)
{
	TRY(write_number(w, "run_ns", total->run_ns, err));
	TRY(write_number(w, "cpu_ns", total->cpu_ns, err));
	TRY(write_number(w, "start_cpu_ns", total->start_cpu_ns, err));
	TRY(write_number(w, "max_rss_bytes", total->max_rss_bytes, err));
	return write_number(w, "ring_peak_percent", total->ring_peak_percent, err);
}
