/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * check_memory.h -- checks of the memory for events on their way.
 */
#ifndef RECORD_CHECK_MEMORY_H
#define RECORD_CHECK_MEMORY_H

#include "record/check.h"

void check_memlock(struct checkup *u, struct check *c);
/* Limits of control groups; then the kernel is asked for the buffer, and it is given back. */
void check_buffer(struct checkup *u, struct check *c);

#endif
