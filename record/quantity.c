/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* quantity.c -- numbers with a unit behind them. */
#include "record/quantity.h"

#include <string.h>

enum { MAX_SECONDS = 315360000 }; /* ten years */

static const uint64_t SECOND_NS = 1000000000;

bool quantity_bytes(struct span s, uint64_t *bytes)
{
	static const char units[] = "KkMmGgTt";
	unsigned shift = 0;
	uint32_t number;

	if (s.p < s.end) {
		const char *unit = strchr(units, s.end[-1]);

		if (unit && *unit) {
			shift = 10 * (1 + (unsigned)(unit - units) / 2);
			s.end--;
		}
	}
	if (!span_number(s, shift == 40 ? 1 << 20 : UINT32_MAX, &number))
		return false;
	*bytes = (uint64_t)number << shift;
	return true;
}

static bool take_seconds(struct span s, uint64_t *ns)
{
	struct span whole = span_take(&s, '.');
	uint64_t fraction = 0, unit = SECOND_NS;
	uint32_t seconds = 0;

	if (whole.p < whole.end ? !span_number(whole, MAX_SECONDS, &seconds) : s.p == s.end)
		return false;
	for (; s.p < s.end; s.p++) {
		if (*s.p < '0' || *s.p > '9')
			return false;
		unit /= 10;
		fraction += unit * (uint64_t)(*s.p - '0');
	}
	if (seconds == 0 && fraction == 0)
		return false;
	*ns = seconds * SECOND_NS + fraction;
	return true;
}

bool quantity_time(struct span s, uint64_t *ns)
{
	static const struct {
		char letter;
		uint32_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	uint32_t scale = 1;
	uint64_t value;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (s.p < s.end && s.end[-1] == units[i].letter) {
			scale = units[i].seconds;
			s.end--;
			break;
		}
	if (!take_seconds(s, &value) || value > MAX_SECONDS * SECOND_NS / scale)
		return false;
	*ns = value * scale;
	return true;
}

bool quantity_percent(struct span s, uint32_t max, uint32_t *percent)
{
	uint32_t value;

	if (s.p < s.end && s.end[-1] == '%')
		s.end--;
	if (!span_number(s, max, &value) || value == 0)
		return false;
	*percent = value;
	return true;
}
