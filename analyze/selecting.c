/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* selecting.c -- what --port, --addr and their like take: lists that grow. */
#include "analyze/selecting.h"

#include <string.h>

#include "analyze/option.h"
#include "analyze/units.h"

/* Room for one more element in an owned array of *a. */
#define GROW(array, cap, count) array_grow((void **)&(array), &(cap), (count) + 1, sizeof(*(array)))

/* Digits only, at most `most`; *rest is what follows. */
static bool parse_number(const char *text, uint64_t most, uint64_t *out, const char **rest)
{
	uint64_t v = 0;

	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		unsigned digit = (unsigned)(*text - '0');

		if (v > (most - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*out = v;
	*rest = text;
	return true;
}

static int add_ports(struct arguments *a, uint64_t first, uint64_t last, struct error *err)
{
	for (uint64_t port = first; port <= last; port++) {
		if (!GROW(a->ports, a->port_cap, a->port_count))
			return error_nomem(err);
		a->ports[a->port_count++] = (uint16_t)port;
	}
	return 0;
}

/* "443", "80,443", "8000-8010" */
int selecting_take_port(struct arguments *a, const char *value, struct error *err)
{
	const char *p = value, *want = "a port is 1 to 65535, as 443 or 80,443 or 8000-8010";
	uint64_t first, last;

	for (;; p++) {
		if (!parse_number(p, 65535, &first, &p))
			return option_refuse(err, "port", value, want);
		last = first;
		if (*p == '-' && !parse_number(p + 1, 65535, &last, &p))
			return option_refuse(err, "port", value, want);
		if (first == 0 || last < first || (*p && *p != ','))
			return option_refuse(err, "port", value, want);
		TRY(add_ports(a, first, last, err));
		if (!*p)
			return 0;
	}
}

int selecting_take_addr(struct arguments *a, const char *value, struct error *err)
{
	struct address_range range;

	if (!address_range_parse(value, strlen(value), &range))
		return option_refuse(err, "addr", value,
				     "an address is 10.0.0.1, 10.0.0.0/8, ::1 or fd00::/8");
	if (!GROW(a->ranges, a->range_cap, a->range_count))
		return error_nomem(err);
	a->ranges[a->range_count++] = range;
	return 0;
}

int selecting_take_pid(struct arguments *a, const char *value, struct error *err)
{
	const char *p = value;
	uint64_t pid;

	for (;; p++) {
		if (!parse_number(p, UINT32_MAX, &pid, &p) || pid == 0 || (*p && *p != ','))
			return option_refuse(err, "pid", value, "a process id is a number above 0");
		if (!GROW(a->pids, a->pid_cap, a->pid_count))
			return error_nomem(err);
		a->pids[a->pid_count++] = (uint32_t)pid;
		if (!*p)
			return 0;
	}
}

int selecting_take_conn(struct arguments *a, const char *value, struct error *err)
{
	const char *p = value;
	uint64_t conn;

	for (;; p++) {
		if (!parse_number(p, UINT64_MAX, &conn, &p) || conn == 0 || (*p && *p != ','))
			return option_refuse(err, "conn", value,
					     "a connection is its number in `tcptape conns`, "
					     "from 1");
		if (!GROW(a->conns, a->conn_cap, a->conn_count))
			return error_nomem(err);
		a->conns[a->conn_count++] = conn;
		if (!*p)
			return 0;
	}
}

int selecting_take_comm(struct arguments *a, const char *value, struct error *err)
{
	if (!*value)
		return option_refuse(err, "comm", value, "a name is nginx, or 'nginx*'");
	if (!GROW(a->comms, a->comm_cap, a->comm_count))
		return error_nomem(err);
	a->comms[a->comm_count++] = value;
	return 0;
}

static int add_event(struct arguments *a, const char *glob, struct error *err)
{
	if (!GROW(a->events, a->event_cap, a->event_count))
		return error_nomem(err);
	a->events[a->event_count++] = glob;
	return 0;
}

/* "tcp:*,sock_send_length" */
int selecting_take_event(struct arguments *a, const char *value, struct error *err)
{
	char *word = arena_copy(&a->words, value), *comma;

	if (!word)
		return error_nomem(err);
	for (;; word = comma + 1) {
		comma = strchr(word, ',');
		if (comma)
			*comma = 0;
		if (!*word)
			return option_refuse(err, "event", value,
					     "an event is tcp_probe, 'tcp:*' or '!skb:*'");
		TRY(add_event(a, word, err));
		if (!comma)
			return 0;
	}
}

int selecting_take_since(struct arguments *a, const char *value, struct error *err)
{
	if (!units_parse_duration(value, &a->since_ns))
		return option_refuse(err, "since", value, "a time is 1.5, 5ms, 2s or 1m");
	a->has_since = true;
	return 0;
}

int selecting_take_until(struct arguments *a, const char *value, struct error *err)
{
	if (!units_parse_duration(value, &a->until_ns))
		return option_refuse(err, "until", value, "a time is 1.5, 5ms, 2s or 1m");
	a->has_until = true;
	return 0;
}
