/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pager.h -- what goes to a terminal goes through $PAGER, by default less -FRX, which
 * shows a short answer and ends. Remarks go the same way, so that they stand behind it.
 */
#ifndef ANALYZE_PAGER_H
#define ANALYZE_PAGER_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/* Start with {0}: none. */
struct pager {
	pid_t pid;    /* 0 = not running */
	int out, err; /* where the streams led before; -1 = they were left alone */
};

/* Put a pager behind out and err, if they are terminals and there is one. What follows goes
 * there until pager_finish(), also when that is interrupted. False when none is started. */
bool pager_start(struct pager *p, FILE *out, FILE *err);
/* Flush, and wait until its user is done. */
void pager_finish(struct pager *p, FILE *out, FILE *err);

#endif
