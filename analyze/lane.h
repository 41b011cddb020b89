/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lane.h -- two lanes of text beside each other, the client's left and the server's
 * right, with arrows across them:
 *
 *	connects: SYN_SENT
 *	── SYN ──────────────────────────────────────────▶
 *	                          new connection: SYN_RECV
 */
#ifndef ANALYZE_LANE_H
#define ANALYZE_LANE_H

#include <stdbool.h>
#include <stddef.h>

enum lane { LANE_LEFT = 0, LANE_RIGHT = 1 };

enum {
	LANE_COLUMNS = 38,
	LANE_GAP = 2,
	LANE_LINES = 10,       /* a longer text is cut */
	LANE_LINE_BYTES = 400, /* 2 lanes of characters of up to 4 bytes */
};

struct lane_lines {
	char lines[LANE_LINES][LANE_LINE_BYTES]; /* terminated */
	size_t count;
};

/* Text in a lane, wrapped at spaces. */
void lane_put(struct lane_lines *out, enum lane lane, const char *text);
/* An arrow into `to`, with a label near its tail. */
void lane_arrow(struct lane_lines *out, enum lane to, const char *label);
/* Both lanes at once, one line: their names. */
void lane_heads(struct lane_lines *out, const char *left, const char *right);

#endif
