/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stall.h -- says once that the output takes nothing any more (a full disk), and once that
 * it does again. Recording goes on meanwhile.
 */
#ifndef RECORD_STALL_H
#define RECORD_STALL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Start with {0}. */
struct stall {
	bool is_told;
	uint64_t before; /* events that earlier outages took */
};

/* `reason` is why nothing can be written, NULL while it can; `unwritten` the events that were
 * not, in all. True when something new is to be said: stall_tell() with the same. */
bool stall_is_news(const struct stall *s, const char *reason);
void stall_tell(struct stall *s, const char *reason, uint64_t unwritten, FILE *out);

#endif
