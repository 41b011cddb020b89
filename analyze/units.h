/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * units.h -- quantities as people read them: 61 µs, 14.2 µs, 1.37 ms, 11 B, 1.4 MB.
 * Three significant digits, SI steps of 1000, never localised, no floating point.
 *
 * Each writes a terminated string to `out` (the caller's, UNITS_MAX bytes suffice) and
 * returns it.
 */
#ifndef ANALYZE_UNITS_H
#define ANALYZE_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UNITS_MAX = 48 };

/* "850 ns", "14.2 µs", "1.37 ms", "2.5 s", "3 min 12 s", "2 h 5 min", "4 d 3 h". */
char *units_duration(int64_t ns, char out[UNITS_MAX]);
/* "1,204" */
char *units_count(uint64_t count, char out[UNITS_MAX]);
/* "11 B", "1.4 kB", "1.4 MB". */
char *units_bytes(uint64_t bytes, char out[UNITS_MAX]);
/* Seconds with six decimals: "-0.000012", "12.345678". */
char *units_seconds(int64_t ns, char out[UNITS_MAX]);
/* count per ns as "1.2 k/s", less than one a second as "0.3 /s"; "-" when ns is 0. */
char *units_rate(uint64_t count, uint64_t ns, char out[UNITS_MAX]);
/* "2026-11-21T01:13:57.123456789Z" from nanoseconds since 1970-01-01 UTC. */
char *units_utc(uint64_t realtime_ns, char out[UNITS_MAX]);

/* What makes a word mean `count` of it: "s", or "" for one. */
const char *units_plural(uint64_t count);

/* Before a quantity that is no more than a lower limit: "≥ ", else "". Returns where the
 * quantity goes: out[UNITS_LEAST + UNITS_MAX] holds both. */
enum { UNITS_LEAST = 4 };
char *units_at_least(bool is_least, char *out);

/* The way back, for options: "5ms", "2s", "1m", "1h", "0.25", "-3" (no unit: seconds).
 * False when the text is no duration or does not fit. */
bool units_parse_duration(const char *text, int64_t *ns);

#endif
