/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stop.h -- requests to end the recording: SIGINT, SIGTERM, SIGHUP, taken through a
 * descriptor instead of handlers. One that was ignored when the program started (nohup)
 * stays ignored. SIGPIPE is ignored, so that a broken pipe is a failed write.
 *
 * Changes the signal mask of the process: open before any thread starts.
 */
#ifndef RECORD_STOP_H
#define RECORD_STOP_H

#include "format/error.h"

struct stop; /* opaque */

/* 0 and *out, ERR_IO, ERR_NOMEM. */
int stop_open(struct stop **out, struct error *err);
/* Restores the former mask and SIGPIPE. NULL is fine. */
void stop_close(struct stop *s);
/* Readable when there is a request; for poll(). */
int stop_fd(const struct stop *s);
/* The first signal that asked, or 0. Does not wait; the answer stays. */
int stop_requested(struct stop *s);

#endif
