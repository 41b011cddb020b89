/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stop.h -- requests to end the recording: SIGINT, SIGTERM, SIGHUP, and to begin the next piece
 * of the tape: SIGUSR1, taken through a descriptor instead of handlers. One that was ignored when
 * the program started (nohup) stays ignored. SIGPIPE and SIGXFSZ are ignored, so that a broken
 * pipe and a file as large as allowed are failed writes.
 *
 * Changes the signal mask of the process: open before any thread starts.
 */
#ifndef RECORD_STOP_H
#define RECORD_STOP_H

#include <stdbool.h>

#include "format/error.h"

struct stop; /* opaque */

/* 0 and *out, ERR_IO, ERR_NOMEM. */
int stop_open(struct stop **out, struct error *err);
/* Restores SIGPIPE and SIGXFSZ. The mask stays: the program ends, and who asks for that again does
 * not change how. NULL is fine. */
void stop_close(struct stop *s);
/* Readable when there is a request; for poll(). */
int stop_fd(const struct stop *s);
/* The first signal that asked, or 0. Does not wait; the answer stays. */
int stop_requested(struct stop *s);
/* From now on SIGHUP asks for the next piece if there is no controlling terminal that could
 * have gone away. */
void stop_turn_on_hangup(struct stop *s);
/* Whether the next piece was asked for since the last call. Does not wait. */
bool stop_take_turn(struct stop *s);

#endif
