/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * check_rights.h -- checks of what this process may do.
 */
#ifndef RECORD_CHECK_RIGHTS_H
#define RECORD_CHECK_RIGHTS_H

#include "record/check.h"

void check_privileges(struct checkup *u, struct check *c);
void check_sysctl(struct checkup *u, struct check *c);
void check_container(struct checkup *u, struct check *c);
/* Loads a program of two instructions. */
void check_bpf(struct checkup *u, struct check *c);
/* Whether this process may use the capability, by its number; false if /proc does not tell. */
bool check_has_capability(const struct checkup *u, unsigned cap);

#endif
