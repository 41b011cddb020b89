/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * check_output.h -- checks of where the tape goes, and of the command to record.
 */
#ifndef RECORD_CHECK_OUTPUT_H
#define RECORD_CHECK_OUTPUT_H

#include "record/check.h"

void check_command(struct checkup *u, struct check *c);
/* At most an unnamed file is made, and is gone at once. */
void check_output(struct checkup *u, struct check *c);
void check_disk(struct checkup *u, struct check *c);

#endif
