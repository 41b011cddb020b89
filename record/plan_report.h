/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * plan_report.h -- what a recording would do, in words: for `doctor` and --dry-run.
 */
#ifndef RECORD_PLAN_REPORT_H
#define RECORD_PLAN_REPORT_H

#include <stdio.h>

#include "format/error.h"
#include "record/catalog.h"
#include "record/options.h"

/* Check the host, try the programs, and print a row for each check, what is recorded and what
 * is not. 0 when a recording would work; else the status and sentence it would end with. */
int plan_doctor(const struct record_options *opt, FILE *to, struct error *err);
/* Print what the recording would do; no event's program is loaded. The same results. */
int plan_dry_run(const struct record_options *opt, FILE *to, struct error *err);

/* A sentence for each event that is not recorded although asked for, and for what the lack of
 * types costs. */
void plan_tell_unavailable(const struct catalog *c, const struct btf_enums *btf, FILE *to);

#endif
