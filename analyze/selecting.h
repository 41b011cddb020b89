/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * selecting.h -- the options that select: each adds what its value says to the lists of
 * struct arguments. 0, ERR_USAGE or ERR_NOMEM. For option.c.
 */
#ifndef ANALYZE_SELECTING_H
#define ANALYZE_SELECTING_H

#include "analyze/arguments.h"

int selecting_take_port(struct arguments *a, const char *value, struct error *err);
int selecting_take_addr(struct arguments *a, const char *value, struct error *err);
int selecting_take_pid(struct arguments *a, const char *value, struct error *err);
int selecting_take_conn(struct arguments *a, const char *value, struct error *err);
int selecting_take_comm(struct arguments *a, const char *value, struct error *err);
int selecting_take_event(struct arguments *a, const char *value, struct error *err);
int selecting_take_since(struct arguments *a, const char *value, struct error *err);
int selecting_take_until(struct arguments *a, const char *value, struct error *err);

#endif
