/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cost.h -- what a recording cost this machine: measured, and written on the tape.
 */
#ifndef RECORD_COST_H
#define RECORD_COST_H

#include "format/error.h"
#include "format/writer.h"
#include "record/status.h"

/* The recorder's CPU time since the program began, user and system. */
uint64_t cost_cpu_ns(void);
/* Fill in that, and its memory. */
void cost_measure(struct status_total *total);
/* The facts run_ns, cpu_ns, start_cpu_ns, max_rss_bytes and ring_peak_percent. */
int cost_facts(const struct status_total *total, struct writer *w, struct error *err);

#endif
