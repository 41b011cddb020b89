/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * narration.h -- what is said about one moment, and where it stands on the page.
 */
#ifndef ANALYZE_NARRATION_H
#define ANALYZE_NARRATION_H

#include <stdbool.h>
#include <stdint.h>

#include "analyze/lane.h"

enum { NARRATION_MAX = 240 };

struct narration {
	enum lane lane;   /* whose moment it is; of a packet, who receives it */
	bool is_arrow;    /* a packet has arrived: it came from the other lane */
	bool is_noise;    /* housekeeping, or said by another event already */
	const char *side; /* "client", "server", "listener", "unknown", "other side" */
	char text[NARRATION_MAX];
};

/* Append to out->text; what does not fit is cut. */
void narration_say(struct narration *out, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* "byte" or "bytes" */
const char *bytes_word(uint64_t bytes);

#endif
