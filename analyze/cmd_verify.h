/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cmd_verify.h -- `tcptape verify`: every block is checked, and where the tape can be
 * read twice, decoded. One row for each run of sound blocks, and one for each place
 * where something is damaged or missing.
 */
#ifndef ANALYZE_CMD_VERIFY_H
#define ANALYZE_CMD_VERIFY_H

#include "analyze/view.h"

extern const struct table verify_table;

/* Reads in->source; in->cursor is not used. Fills in->remarks->health, which must not be
 * NULL. 0, or a negative status: ERR_NOT_A_TAPE when there is not one sound block. */
int cmd_verify(const struct view_input *in, struct error *err);

#endif
