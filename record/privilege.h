/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * privilege.h -- whether this process may record at all.
 */
#ifndef RECORD_PRIVILEGE_H
#define RECORD_PRIVILEGE_H

#include "format/error.h"

/* 0, or ERR_KERNEL with what to do when this process may not load BPF programs. */
int privilege_check(struct error *err);

#endif
