/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * units.c -- integer arithmetic only: the same tape prints the same bytes everywhere.
 */
#include "analyze/units.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyze/digits.h"

#define NS_PER_SECOND UINT64_C(1000000000)

struct step {
	uint64_t size;
	const char *name;
};

/* A sign or the name of a unit; returns the end. */
static char *put_word(char *out, const char *word)
{
	while (*word)
		*out++ = *word++;
	return out;
}

static uint64_t magnitude(int64_t v)
{
	return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

/* v / size with three significant digits, trailing zeros cut. False when it rounds up
 * to 1000, which the next larger step shows better. */
static bool print_scaled(uint64_t v, struct step step, const char *sign, char out[UNITS_MAX])
{
	unsigned decimals = v / step.size >= 100 ? 0 : v / step.size >= 10 ? 1 : 2;
	uint64_t scale = decimals == 2 ? 100 : decimals == 1 ? 10 : 1;
	/* The remainder is below 10^18, so that times 100 may pass 2^64: divide first. */
	uint64_t grain = step.size / scale ? step.size / scale : 1;
	uint64_t scaled = step.size == 1 ? v * scale : v / grain + (v % grain >= grain - grain / 2);

	if (step.size > 1 && scaled >= 1000 && decimals == 0)
		return false;
	while (decimals && scaled % 10 == 0) {
		scaled /= 10;
		scale /= 10;
		decimals--;
	}
	out = digits_decimal(put_word(out, sign), scaled / scale);
	if (decimals) {
		*out++ = '.';
		out = digits_padded(out, scaled % scale, decimals);
	}
	*out++ = ' ';
	*put_word(out, step.name) = '\0';
	return true;
}

/* Steps ascend; the last takes whatever the others do not. */
static char *print_steps(uint64_t v, const struct step *steps, size_t count, const char *sign,
			 char out[UNITS_MAX])
{
	for (size_t i = 0; i + 1 < count; i++)
		if (v < steps[i + 1].size && print_scaled(v, steps[i], sign, out))
			return out;
	if (!print_scaled(v, steps[count - 1], sign, out))
		snprintf(out, UNITS_MAX, "%s%" PRIu64 " %s", sign, v / steps[count - 1].size,
			 steps[count - 1].name);
	return out;
}

/* Above two minutes a duration is read as two whole numbers. */
static char *print_long(uint64_t seconds, const char *sign, char out[UNITS_MAX])
{
	uint64_t minutes = seconds / 60, hours = minutes / 60;

	if (hours >= 48)
		snprintf(out, UNITS_MAX, "%s%" PRIu64 " d %" PRIu64 " h", sign, hours / 24,
			 hours % 24);
	else if (hours)
		snprintf(out, UNITS_MAX, "%s%" PRIu64 " h %" PRIu64 " min", sign, hours,
			 minutes % 60);
	else
		snprintf(out, UNITS_MAX, "%s%" PRIu64 " min %" PRIu64 " s", sign, minutes,
			 seconds % 60);
	return out;
}

char *units_duration(int64_t ns, char out[UNITS_MAX])
{
	static const struct step steps[] = {{1, "ns"},
					    {1000, "µs"},
					    {1000000, "ms"},
					    {NS_PER_SECOND, "s"}};
	const char *sign = ns < 0 ? "-" : "";
	uint64_t v = magnitude(ns);

	if (v >= 120 * NS_PER_SECOND)
		return print_long(v / NS_PER_SECOND, sign, out);
	return print_steps(v, steps, sizeof(steps) / sizeof(steps[0]), sign, out);
}

char *units_count(uint64_t count, char out[UNITS_MAX])
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, count);
	char *p = out;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*p++ = ',';
		*p++ = digits[i];
	}
	*p = '\0';
	return out;
}

char *units_bytes(uint64_t bytes, char out[UNITS_MAX])
{
	static const struct step steps[] = {{1, "B"},
					    {1000, "kB"},
					    {1000000, "MB"},
					    {1000000000, "GB"},
					    {1000000000000, "TB"}};

	return print_steps(bytes, steps, sizeof(steps) / sizeof(steps[0]), "", out);
}

char *units_seconds(int64_t ns, char out[UNITS_MAX])
{
	uint64_t v = magnitude(ns);

	char *p = digits_decimal(put_word(out, ns < 0 ? "-" : ""), v / NS_PER_SECOND);

	*p++ = '.';
	*digits_padded(p, v % NS_PER_SECOND / 1000, 6) = '\0';
	return out;
}

char *units_rate(uint64_t count, uint64_t ns, char out[UNITS_MAX])
{
	static const struct step steps[] = {{1, "/s"}, {1000, "k/s"}, {1000000, "M/s"}};
	uint64_t per_second;

	if (ns == 0) {
		snprintf(out, UNITS_MAX, "-");
		return out;
	}
	/* Whole seconds are exact enough once count times 10^9 would not fit. */
	if (count <= UINT64_MAX / NS_PER_SECOND)
		per_second = count * NS_PER_SECOND / ns;
	else
		per_second = count / (ns / NS_PER_SECOND ? ns / NS_PER_SECOND : 1);
	if (per_second == 0 && count > 0) {
		snprintf(out, UNITS_MAX, "%.1g /s", (double)count * NS_PER_SECOND / (double)ns);
		return out;
	}
	return print_steps(per_second, steps, sizeof(steps) / sizeof(steps[0]), "", out);
}

char *units_at_least(bool is_least, char *out)
{
	return put_word(out, is_least ? "≥ " : "");
}

static bool is_leap(uint64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* 64 bits of nanoseconds end in the year 2554: a loop over years is short. */
static void date_of(uint64_t days, uint64_t *year, unsigned *month, unsigned *day)
{
	static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	unsigned m = 0;

	for (*year = 1970; days >= 365u + is_leap(*year); (*year)++)
		days -= 365u + is_leap(*year);
	while (days >= lengths[m] + (unsigned)(m == 1 && is_leap(*year))) {
		days -= lengths[m] + (unsigned)(m == 1 && is_leap(*year));
		m++;
	}
	*month = m + 1;
	*day = (unsigned)days + 1;
}

char *units_utc(uint64_t realtime_ns, char out[UNITS_MAX])
{
	uint64_t seconds = realtime_ns / NS_PER_SECOND, year;
	unsigned month, day, of_day = (unsigned)(seconds % 86400);

	date_of(seconds / 86400, &year, &month, &day);
	snprintf(out, UNITS_MAX, "%04" PRIu64 "-%02u-%02uT%02u:%02u:%02u.%09" PRIu64 "Z", year,
		 month, day, of_day / 3600, of_day / 60 % 60, of_day % 60,
		 realtime_ns % NS_PER_SECOND);
	return out;
}

/* Digits with an optional fraction, in billionths. */
static const char *parse_decimal(const char *p, uint64_t *whole, uint64_t *billionths)
{
	const char *start = p;
	uint64_t place = NS_PER_SECOND / 10;

	for (*whole = 0; *p >= '0' && *p <= '9'; p++) {
		if (*whole > INT64_MAX / 10 - 10)
			return NULL;
		*whole = *whole * 10 + (uint64_t)(*p - '0');
	}
	*billionths = 0;
	if (*p == '.' && p[1] >= '0' && p[1] <= '9')
		for (p++; *p >= '0' && *p <= '9'; p++, place /= 10)
			*billionths += place * (uint64_t)(*p - '0');
	return p == start ? NULL : p;
}

const char *units_plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

bool units_parse_duration(const char *text, int64_t *ns)
{
	static const struct step suffixes[] = {{NS_PER_SECOND, ""},
					       {1, "ns"},
					       {1000, "us"},
					       {1000, "µs"},
					       {1000000, "ms"},
					       {NS_PER_SECOND, "s"},
					       {60 * NS_PER_SECOND, "m"},
					       {60 * NS_PER_SECOND, "min"},
					       {3600 * NS_PER_SECOND, "h"}};
	uint64_t whole, billionths, total;
	bool is_negative = *text == '-';

	text = parse_decimal(text + is_negative, &whole, &billionths);
	for (size_t i = 0; text && i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (strcmp(text, suffixes[i].name) != 0)
			continue;
		if (whole > (INT64_MAX - suffixes[i].size) / suffixes[i].size)
			return false;
		/* A unit is a multiple of 10^9 ns, or divides it. */
		total = whole * suffixes[i].size;
		if (suffixes[i].size >= NS_PER_SECOND)
			total += billionths * (suffixes[i].size / NS_PER_SECOND);
		else
			total += billionths / (NS_PER_SECOND / suffixes[i].size);
		*ns = is_negative ? -(int64_t)total : (int64_t)total;
		return true;
	}
	return false;
}
