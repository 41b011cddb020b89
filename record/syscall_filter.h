/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * syscall_filter.h -- the system calls that a recorder under way may make; all others fail with
 * EPERM. Not one of them reaches a network, another process or another program.
 *
 * EPERM, not the end of the process: a C library that one day takes another way to the same end
 * costs a feature then, not the recording. Calls of a foreign architecture do end it.
 */
#ifndef RECORD_SYSCALL_FILTER_H
#define RECORD_SYSCALL_FILTER_H

#include <stdbool.h>

#include "format/error.h"

/* For this thread and all it starts, for good; `opens_files` lets files be opened, created, renamed and
 * deleted. no_new_privs has to be set. 0, or ERR_KERNEL, ERR_UNSUPPORTED on an architecture
 * without a table. */
int syscall_filter_begin(bool opens_files, struct error *err);

#endif
