/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * check_events.h -- checks of the kernel's types and tracepoints, and of the events asked for.
 */
#ifndef RECORD_CHECK_EVENTS_H
#define RECORD_CHECK_EVENTS_H

#include "record/check.h"

/* Sets btf. */
void check_btf(struct checkup *u, struct check *c);
/* Sets tracefs; if it is not mounted, from a mount that nobody else sees. */
void check_tracefs(struct checkup *u, struct check *c);
/* Sets catalog. */
void check_events(struct checkup *u, struct check *c);
void check_descriptors(struct checkup *u, struct check *c);
/* In a trial the programs are loaded and attached for a moment; the catalog then knows which are refused. */
void check_programs(struct checkup *u, struct check *c);

#endif
