/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * selection.c -- one of each kind of option must fit.
 */
#include "analyze/selection.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MAX_BYTES = 512 + 2 }; /* group, ':', name */

static bool is_barring(const char *pattern)
{
	return pattern[0] == '!';
}

/* A pattern without ':' is about the name alone. */
static bool fits(const char *pattern, const char *full, const char *name)
{
	pattern += is_barring(pattern);
	return fnmatch(pattern, strchr(pattern, ':') ? full : name, 0) == 0;
}

/* One of the patterns that do, or do not, begin with '!' fits. */
static bool fits_one(const struct selection *s, bool bars, const char *group, const char *name)
{
	char full[NAME_MAX_BYTES];

	snprintf(full, sizeof(full), "%s:%s", group, name);
	for (size_t i = 0; i < s->event_count; i++)
		if (is_barring(s->events[i]) == bars && fits(s->events[i], full, name))
			return true;
	return false;
}

bool selection_pattern_fits(const struct selection *s, size_t i, const char *group,
			    const char *name)
{
	char full[NAME_MAX_BYTES];

	snprintf(full, sizeof(full), "%s:%s", group, name);
	return fits(s->events[i], full, name);
}

bool selection_bars_event(const struct selection *s, const char *group, const char *name)
{
	return s->event_count && fits_one(s, true, group, name);
}

bool selection_names_event(const struct selection *s)
{
	for (size_t i = 0; i < s->event_count; i++)
		if (!is_barring(s->events[i]))
			return true;
	return false;
}

bool selection_has_event(const struct selection *s, const char *group, const char *name)
{
	if (s->event_count == 0)
		return true;
	return !fits_one(s, true, group, name) &&
	       (!selection_names_event(s) || fits_one(s, false, group, name));
}

bool selection_is_open(const struct selection *s)
{
	return s->port_count + s->range_count + s->pid_count + s->comm_count + s->conn_count == 0;
}

bool selection_is_by_conn(const struct selection *s)
{
	return s->conn_count && s->port_count + s->range_count + s->pid_count + s->comm_count == 0;
}

bool selection_has_span(const struct selection *s)
{
	return s->has_since || s->has_until;
}

static uint64_t moved(uint64_t origin_ns, int64_t by_ns)
{
	uint64_t by = by_ns < 0 ? 0 - (uint64_t)by_ns : (uint64_t)by_ns;

	if (by_ns < 0)
		return by < origin_ns ? origin_ns - by : 0;
	return by < UINT64_MAX - origin_ns ? origin_ns + by : UINT64_MAX;
}

void selection_span(const struct selection *s, uint64_t origin_ns, uint64_t *from_ns,
		    uint64_t *to_ns)
{
	*from_ns = s->has_since ? moved(origin_ns, s->since_ns) : 0;
	*to_ns = s->has_until ? moved(origin_ns, s->until_ns) : UINT64_MAX;
}

bool selection_has_time(const struct selection *s, uint64_t ts_ns, uint64_t origin_ns)
{
	uint64_t from_ns, to_ns;

	selection_span(s, origin_ns, &from_ns, &to_ns);
	return ts_ns >= from_ns && ts_ns < to_ns;
}

static bool has_port(const struct selection *s, const struct selection_subject *subject)
{
	for (size_t i = 0; i < s->port_count; i++)
		if (subject->lport == s->ports[i] || subject->rport == s->ports[i])
			return true;
	return s->port_count == 0;
}

static bool is_inside(const struct address_range *range, const uint8_t *addr)
{
	return addr && address_range_has(range, addr);
}

static bool has_address(const struct selection *s, const struct selection_subject *subject)
{
	for (size_t i = 0; i < s->range_count; i++)
		if (is_inside(&s->ranges[i], subject->laddr) ||
		    is_inside(&s->ranges[i], subject->raddr))
			return true;
	return s->range_count == 0;
}

static bool has_pid(const struct selection *s, const struct selection_subject *subject)
{
	for (size_t i = 0; i < s->pid_count; i++)
		if (subject->pid && subject->pid == s->pids[i])
			return true;
	return s->pid_count == 0;
}

static bool has_comm(const struct selection *s, const struct selection_subject *subject)
{
	for (size_t i = 0; i < s->comm_count; i++)
		if (subject->comm && subject->comm[0] &&
		    fnmatch(s->comms[i], subject->comm, 0) == 0)
			return true;
	return s->comm_count == 0;
}

static bool has_conn(const struct selection *s, const struct selection_subject *subject)
{
	for (size_t i = 0; i < s->conn_count; i++)
		if (subject->conn == s->conns[i])
			return true;
	return s->conn_count == 0;
}

bool selection_has(const struct selection *s, const struct selection_subject *subject)
{
	return has_port(s, subject) && has_address(s, subject) && has_pid(s, subject) &&
	       has_comm(s, subject) && has_conn(s, subject);
}
