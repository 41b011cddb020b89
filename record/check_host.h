/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * check_host.h -- checks of the kernel as such: version, lockdown, JIT, clock, names.
 */
#ifndef RECORD_CHECK_HOST_H
#define RECORD_CHECK_HOST_H

#include "record/check.h"

void check_kernel(struct checkup *u, struct check *c);
void check_lockdown(struct checkup *u, struct check *c);
void check_jit(struct checkup *u, struct check *c);
void check_clock(struct checkup *u, struct check *c);
void check_symbols(struct checkup *u, struct check *c);

#endif
