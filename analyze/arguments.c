/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* arguments.c -- words become options and tapes. */
#include "analyze/arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/memory_limit.h"
#include "analyze/nearest.h"
#include "analyze/option.h"

enum { INTERVAL_DEFAULT_NS = 1000000000 };

static int unknown_option(unsigned groups, const char *arg, struct error *err)
{
	size_t len = strcspn(arg, "=");
	size_t count;
	const struct option *options = option_all(&count);
	struct nearest n;
	char name[48];

	snprintf(name, sizeof(name), "%.*s", len < sizeof(name) ? (int)len : 40, arg);
	if (strncmp(name, "--", 2) != 0)
		return error_set(err, ERR_USAGE, "unknown option %s", name);
	n = nearest_to(name + 2);
	for (size_t i = 0; i < count; i++) {
		if (options[i].groups & groups)
			nearest_offer(&n, options[i].name);
		else if (strcmp(options[i].name, name + 2) == 0)
			return error_set(err, ERR_USAGE, "%s is an option of other commands", name);
	}
	if (n.best)
		return error_set(err, ERR_USAGE, "unknown option %s; did you mean --%s?", name,
				 n.best);
	return error_set(err, ERR_USAGE, "unknown option %s", name);
}

/* The option `arg` names, and the value written in the same word, or NULL. */
static const struct option *find_option(unsigned groups, const char *arg, const char **value)
{
	size_t len = strcspn(arg, "="), count;
	const struct option *options = option_all(&count);

	for (size_t i = 0; i < count; i++) {
		const struct option *o = &options[i];

		if (!(o->groups & groups))
			continue;
		*value = NULL;
		if (arg[1] == '-' && strlen(o->name) == len - 2 &&
		    strncmp(arg + 2, o->name, len - 2) == 0) {
			if (arg[len] == '=')
				*value = arg + len + 1;
			return o;
		}
		if (arg[1] != '-' && o->letter && arg[1] == o->letter) {
			if (arg[2])
				*value = arg + 2;
			return o;
		}
	}
	return NULL;
}

/* Take argv[*at], an option, and move *at to its last word. */
static int parse_option(struct arguments *a, unsigned groups, int *at, int argc, char **argv,
			struct error *err)
{
	const char *value;
	const struct option *o = find_option(groups, argv[*at], &value);

	if (!o)
		return unknown_option(groups, argv[*at], err);
	if (!o->argument && value)
		return error_set(err, ERR_USAGE, "--%s takes no value", o->name);
	if (o->argument && o->argument[0] != '[' && !value) {
		if (++*at >= argc)
			return error_set(err, ERR_USAGE, "--%s needs a value: --%s %s", o->name,
					 o->name, o->argument);
		value = argv[*at];
	}
	return o->take(a, value, err);
}

static int add_tape(struct arguments *a, const char *tape, struct error *err)
{
	if (!tape[0])
		return error_set(err, ERR_USAGE,
				 "the name of a tape is empty (\"-\" is standard input)");
	if (!array_grow((void **)&a->tapes, &a->tape_cap, a->tape_count + 1, sizeof(*a->tapes)))
		return error_nomem(err);
	a->tapes[a->tape_count++] = tape;
	return 0;
}

/* Is what was given all that is needed, and does it go together? */
static int check(const struct arguments *a, unsigned groups, struct error *err)
{
	if (a->format == RENDER_CANONICAL && !(groups & OPTIONS_REPLAY))
		return option_refuse(err, "format", "canonical", "only replay has this format");
	if (a->has_since && a->has_until && a->until_ns < a->since_ns)
		return error_set(err, ERR_USAGE,
				 "--until is before --since: nothing lies between them");
	if (a->is_unnumbered && a->conn_count)
		return error_set(err, ERR_USAGE,
				 "--conn needs the numbers that --no-conn leaves out");
	if (groups & OPTIONS_WRITE && !a->output)
		return error_set(err, ERR_USAGE,
				 "no output given: -o FILE (\"-\" is standard output)");
	if (a->tape_count == 0)
		return error_set(err, ERR_USAGE, "no tape given (\"-\" is standard input)");
	if (a->is_following && a->format == RENDER_CANONICAL)
		return error_set(err, ERR_USAGE, "--follow: not with -f canonical");
	if (a->is_following && (a->query.sort_count || a->query.group_count))
		return error_set(err, ERR_USAGE,
				 "--follow: rows cannot be sorted or counted before the last");
	if (a->is_following && a->tape_count > 1)
		return error_set(err, ERR_USAGE, "--follow: one tape at a time");
	return 0;
}

int arguments_parse(struct arguments *a, unsigned groups, int argc, char **argv, struct error *err)
{
	bool has_ended = false;

	*a = (struct arguments){.max_memory_bytes = MEMORY_LIMIT_DEFAULT,
				.interval_ns = INTERVAL_DEFAULT_NS};
	for (int i = 0; i < argc; i++) {
		bool is_option = !has_ended && argv[i][0] == '-' && argv[i][1];

		if (is_option && strcmp(argv[i], "--") == 0)
			has_ended = true;
		else if (is_option)
			TRY(parse_option(a, groups, &i, argc, argv, err));
		else
			TRY(add_tape(a, argv[i], err));
		if (a->wants_help)
			return 0;
	}
	return check(a, groups, err);
}

void arguments_release(struct arguments *a)
{
	free(a->tapes);
	free(a->ports);
	free(a->ranges);
	free(a->pids);
	free(a->comms);
	free(a->conns);
	free(a->events);
	query_release(&a->query);
	arena_release(&a->words);
	*a = (struct arguments){0};
}

struct selection arguments_selection(const struct arguments *a)
{
	return (struct selection){
		.ports = a->ports,
		.port_count = a->port_count,
		.ranges = a->ranges,
		.range_count = a->range_count,
		.pids = a->pids,
		.pid_count = a->pid_count,
		.comms = (const char *const *)a->comms,
		.comm_count = a->comm_count,
		.conns = a->conns,
		.conn_count = a->conn_count,
		.events = (const char *const *)a->events,
		.event_count = a->event_count,
		.has_since = a->has_since,
		.has_until = a->has_until,
		.since_ns = a->since_ns,
		.until_ns = a->until_ns,
	};
}
