/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * interrupt.h -- SIGINT or SIGTERM as an ordinary end, at any time. While the program waits, all
 * that came is printed: it says its last words on standard error and ends at once. Otherwise
 * the next wait is refused.
 */
#ifndef ANALYZE_INTERRUPT_H
#define ANALYZE_INTERRUPT_H

#include <stdbool.h>
#include <stddef.h>

struct last_words {
	const char *text; /* lent for the wait */
	size_t len;
	int status; /* to exit with */
};

/* Signals that are ignored stay so. */
void interrupt_catch(void);
/* False when there must be no waiting any more. */
bool interrupt_begin_wait(const struct last_words *words);
void interrupt_end_wait(void);

#endif
