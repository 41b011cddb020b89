/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * status.h -- what a recording tells on a terminal: a live line that is rewritten in
 * place, and a closing paragraph. Knows numbers only.
 */
#ifndef RECORD_STATUS_H
#define RECORD_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "format/error.h"

struct status_line; /* opaque; the line and what it showed last */

/* Since the recording began. */
struct status_now {
	uint64_t elapsed_ns;
	uint64_t events;
	uint64_t lost;
	uint64_t bytes; /* of the tape */
};

struct status_type {
	const char *name; /* "tcp:tcp_probe"; lent */
	uint64_t events;
};

struct status_total {
	const char *output; /* file name, the last one's; "-" = standard output; lent */
	uint32_t finished;  /* files before that one */
	uint32_t deleted;   /* of these */
	uint64_t run_ns;
	uint64_t events;
	uint64_t lost;
	uint64_t unwritten; /* of these: they came, but not to the tape */
	uint64_t shed;      /* left out on purpose */
	uint64_t bytes;
	uint64_t cpu_ns;                 /* the recorder's own, user and system */
	uint64_t start_cpu_ns;           /* of it, until recording began: loading, attaching */
	uint64_t max_rss_bytes;          /* 0 = not known */
	unsigned ring_peak_percent;      /* 0 = not known */
	const struct status_type *types; /* any order; lent; with what is unwritten */
	size_t type_count;
};

/* `out` is lent until status_free(). The line is shown only when `out` is a terminal
 * and `is_quiet` is false; all calls are harmless otherwise. 0 or ERR_NOMEM. */
int status_new(FILE *out, bool is_quiet, struct status_line **s, struct error *err);
/* Erases the line. NULL is fine. */
void status_free(struct status_line *s);
bool status_is_live(const struct status_line *s);
/* Rewrite the line; the rate is over the time since the previous call. */
void status_show(struct status_line *s, const struct status_now *now);
/* Take the line away, for another output. */
void status_erase(struct status_line *s);

/* Without a line break: "12.3 s  48,120 events/s ...", cut to `width` - 1 columns. */
void status_line_text(char *out, size_t size, unsigned width, const struct status_now *now,
		      const struct status_now *before);
/* One paragraph. */
void status_summary(FILE *out, const struct status_total *total);

#endif
