/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * child.h -- the command that is recorded: started early, held back until recording
 * has begun, and watched until it ends.
 *
 * It runs as the user who runs the recorder, with default signals, in the same
 * process group, so that Ctrl-C reaches both. Not thread-safe.
 */
#ifndef RECORD_CHILD_H
#define RECORD_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "format/error.h"

struct child; /* opaque */

/* Fork a process that waits for child_go(). 0 and *out, ERR_USAGE "cannot run 'x': ..."
 * when there is no such program, ERR_IO, ERR_NOMEM. argv is used until child_go(). */
int child_start(char *const argv[], struct child **out, struct error *err);
/* Before child_go(): the command's standard output goes to standard error, because the
 * tape is on standard output. */
void child_divert_output(struct child *c);
/* Let it run. 0 once the command has taken over, ERR_USAGE when it could not be run,
 * ERR_IO. */
int child_go(struct child *c, struct error *err);
/* A descriptor that becomes readable when it ends, or -1 (kernel before 5.3). */
int child_fd(const struct child *c);
pid_t child_pid(const struct child *c);
/* Does not wait. Once true it stays true; *status is that of waitpid(). */
bool child_has_ended(struct child *c, int *status);
/* Nothing happens when it has ended or never ran. */
void child_signal(struct child *c, int signal);
/* Forget it; one that was never let go ends, one that runs goes on. NULL is fine. */
void child_free(struct child *c);

#endif
