/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cmd_record.h -- `tcptape record ...` becomes tcptape-record, which is another program:
 * the one beside this one, else the one on PATH.
 */
#ifndef ANALYZE_CMD_RECORD_H
#define ANALYZE_CMD_RECORD_H

#include "format/error.h"

/* `self` is the name this program was called by; argv[0] is "record". Returns only when
 * no recorder could be started. */
int cmd_record(const char *self, char **argv, struct error *err);

#endif
