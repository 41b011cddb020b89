/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cmd_recover.h -- `tcptape recover`: a whole tape of what survives of a damaged one.
 */
#ifndef ANALYZE_CMD_RECOVER_H
#define ANALYZE_CMD_RECOVER_H

#include "analyze/command.h"

/* Copies a->tapes[0] to a->output, and says what is missing there. */
enum exit_status cmd_recover(const struct arguments *a, FILE *remarks, struct error *err);

#endif
