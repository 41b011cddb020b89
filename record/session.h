/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * session.h -- one recording, from the first check to the last block.
 */
#ifndef RECORD_SESSION_H
#define RECORD_SESSION_H

#include "format/error.h"
#include "record/options.h"

/* Record as `opt` says until something ends it. `argv` is what goes on the tape as the
 * command line. 0, or the error that ended it; what was recorded until then is kept. */
int session_run(const struct record_options *opt, char *const argv[], struct error *err);
/* Print the names of the events that `opt` chooses, one a line. */
int session_list_events(const struct record_options *opt, struct error *err);

#endif
