/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * selection.h -- which events and socket lives the user wants to see: the options that
 * every command shares. Selecting by anything but --event, --since and --until keeps
 * whole socket lives; --event, too, where rows are made of them (eventful.h).
 */
#ifndef ANALYZE_SELECTION_H
#define ANALYZE_SELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyze/address_range.h"

/* Empty lists select everything. Arrays are owned by the option parser. */
struct selection {
	const uint16_t *ports;
	size_t port_count;
	const struct address_range *ranges;
	size_t range_count;
	const uint32_t *pids;
	size_t pid_count;
	const char *const *comms; /* glob patterns */
	size_t comm_count;
	const uint64_t *conns;
	size_t conn_count;
	const char *const *events; /* glob patterns over "group:name" */
	size_t event_count;
	bool has_since, has_until;
	int64_t since_ns; /* relative to the first event of the tape */
	int64_t until_ns;
};

/* True when the event's name passes --event. A pattern without ':' is compared with the
 * name alone; one that begins with '!' leaves events out. */
bool selection_has_event(const struct selection *s, const char *group, const char *name);
/* True when --event leaves the event out by a pattern that begins with '!'. */
bool selection_bars_event(const struct selection *s, const char *group, const char *name);
/* True when pattern i of --event fits the name, whether it begins with '!' or not. */
bool selection_pattern_fits(const struct selection *s, size_t i, const char *group,
			    const char *name);
/* True when --event has a pattern that does not begin with '!'. */
bool selection_names_event(const struct selection *s);
/* True when no per-connection option is given. */
bool selection_is_open(const struct selection *s);
/* True when --conn is the only one: a life is known to be selected as soon as it has its number. */
bool selection_is_by_conn(const struct selection *s);
/* --since or --until is given. */
bool selection_has_span(const struct selection *s);

/* The facts of one socket life a selection looks at. */
struct selection_subject {
	uint64_t conn;
	uint16_t lport, rport;
	const uint8_t *laddr, *raddr; /* 16 bytes each, or NULL when unknown */
	uint32_t pid;                 /* owner, 0 = unknown */
	const char *comm;             /* owner, "" = unknown */
};

/* --since and --until as absolute times, *from_ns <= ts < *to_ns; origin_ns is the tape's first
 * event. */
void selection_span(const struct selection *s, uint64_t origin_ns, uint64_t *from_ns,
		    uint64_t *to_ns);
/* True when ts_ns passes them. */
bool selection_has_time(const struct selection *s, uint64_t ts_ns, uint64_t origin_ns);

/* True when one of each kind of per-connection option given fits. What is unknown
 * about the subject fits no option. */
bool selection_has(const struct selection *s, const struct selection_subject *subject);

#endif
