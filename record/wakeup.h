/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * wakeup.h -- waits for whatever a recording has to look after.
 */
#ifndef RECORD_WAKEUP_H
#define RECORD_WAKEUP_H

#include <stdbool.h>

#include "format/error.h"

struct wakeup {
	int fd; /* -1 = not open */
};

int wakeup_open(struct wakeup *w, struct error *err);
void wakeup_close(struct wakeup *w);
/* Wake up when this descriptor can be read; edge-triggered: only when that becomes so. A
 * descriptor below 0 is left out. */
int wakeup_add(struct wakeup *w, int fd, bool is_edge, struct error *err);
/* Until one of them says so, or this time has passed. */
void wakeup_wait(const struct wakeup *w, int timeout_ms);

#endif
