/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * arguments.c -- one table of options, one function for each that takes its value.
 */
#include "analyze/arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/memory_limit.h"
#include "analyze/nearest.h"
#include "analyze/units.h"

enum { INTERVAL_DEFAULT_NS = 1000000000 };

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

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

static int refuse(struct error *err, const char *option, const char *value, const char *want)
{
	return error_set(err, ERR_USAGE, "--%s %s: %s", option, value, want);
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
static int take_port(struct arguments *a, const char *value, struct error *err)
{
	const char *p = value, *want = "a port is 1 to 65535, as 443 or 80,443 or 8000-8010";
	uint64_t first, last;

	for (;; p++) {
		if (!parse_number(p, 65535, &first, &p))
			return refuse(err, "port", value, want);
		last = first;
		if (*p == '-' && !parse_number(p + 1, 65535, &last, &p))
			return refuse(err, "port", value, want);
		if (first == 0 || last < first || (*p && *p != ','))
			return refuse(err, "port", value, want);
		TRY(add_ports(a, first, last, err));
		if (!*p)
			return 0;
	}
}

static int take_addr(struct arguments *a, const char *value, struct error *err)
{
	struct address_range range;

	if (!address_range_parse(value, strlen(value), &range))
		return refuse(err, "addr", value,
			      "an address is 10.0.0.1, 10.0.0.0/8, ::1 or fd00::/8");
	if (!GROW(a->ranges, a->range_cap, a->range_count))
		return error_nomem(err);
	a->ranges[a->range_count++] = range;
	return 0;
}

static int take_pid(struct arguments *a, const char *value, struct error *err)
{
	const char *p = value;
	uint64_t pid;

	for (;; p++) {
		if (!parse_number(p, UINT32_MAX, &pid, &p) || pid == 0 || (*p && *p != ','))
			return refuse(err, "pid", value, "a process id is a number above 0");
		if (!GROW(a->pids, a->pid_cap, a->pid_count))
			return error_nomem(err);
		a->pids[a->pid_count++] = (uint32_t)pid;
		if (!*p)
			return 0;
	}
}

static int take_conn(struct arguments *a, const char *value, struct error *err)
{
	const char *p = value;
	uint64_t conn;

	for (;; p++) {
		if (!parse_number(p, UINT64_MAX, &conn, &p) || (*p && *p != ','))
			return refuse(err, "conn", value,
				      "a connection is its number in `tcptape conns`");
		if (!GROW(a->conns, a->conn_cap, a->conn_count))
			return error_nomem(err);
		a->conns[a->conn_count++] = conn;
		if (!*p)
			return 0;
	}
}

static int take_comm(struct arguments *a, const char *value, struct error *err)
{
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
static int take_event(struct arguments *a, const char *value, struct error *err)
{
	char *word = arena_copy(&a->words, value), *comma;

	if (!word)
		return error_nomem(err);
	for (; (comma = strchr(word, ',')) != NULL; word = comma + 1) {
		*comma = 0;
		TRY(add_event(a, word, err));
	}
	return add_event(a, word, err);
}

static int take_since(struct arguments *a, const char *value, struct error *err)
{
	if (!units_parse_duration(value, &a->since_ns))
		return refuse(err, "since", value, "a time is 1.5, 5ms, 2s or 1m");
	a->has_since = true;
	return 0;
}

static int take_until(struct arguments *a, const char *value, struct error *err)
{
	if (!units_parse_duration(value, &a->until_ns))
		return refuse(err, "until", value, "a time is 1.5, 5ms, 2s or 1m");
	a->has_until = true;
	return 0;
}

static const char format_words[] = "text json csv";
static const char colour_words[] = "auto always never";
static const char role_words[] = "client server listener unknown";

/* Which of the words the value is, from 0. */
static int find_word(const char *option, const char *words, const char *value, size_t *index,
		     struct error *err)
{
	struct nearest n = nearest_to(value);
	char word[32], best[32] = "";

	for (size_t i = 0; *words; i++) {
		size_t len = strcspn(words, " ");

		snprintf(word, sizeof(word), "%.*s", (int)len, words);
		words += len + (words[len] == ' ');
		if (strcmp(word, value) == 0) {
			*index = i;
			return 0;
		}
		nearest_offer(&n, word);
		if (n.best == word)
			n.best = memcpy(best, word, sizeof(best));
	}
	return error_set(err, ERR_USAGE, "--%s %.60s: %s%s%s", option, value,
			 n.best ? "did you mean " : "", best, n.best ? "? " : "");
}

/* The same, and the sentence ends with all that it may be. */
static int take_word(const char *option, const char *words, const char *value, size_t *index,
		     const char *all, struct error *err)
{
	int rc = find_word(option, words, value, index, err);
	size_t len = rc ? strlen(err->text) : 0;

	if (rc)
		snprintf(err->text + len, sizeof(err->text) - len, "%s", all);
	return rc;
}

static int take_format(struct arguments *a, const char *value, struct error *err)
{
	static const enum render_format formats[] = {RENDER_TEXT, RENDER_JSON, RENDER_CSV};
	size_t i;

	if (strcmp(value, "canonical") == 0) {
		a->format = RENDER_CANONICAL;
		return 0;
	}
	TRY(take_word("format", format_words, value, &i,
		      "the formats are text, json and csv, and of replay canonical", err));
	a->format = formats[i];
	return 0;
}

static int take_colour(struct arguments *a, const char *value, struct error *err)
{
	static const enum colour_choice choices[] = {COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER};
	size_t i;

	TRY(take_word("color", colour_words, value ? value : "always", &i,
		      "the choices are auto, always and never", err));
	a->colour = choices[i];
	return 0;
}

static int take_no_colour(struct arguments *a, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	a->colour = COLOUR_NEVER;
	return 0;
}

static int take_no_pager(struct arguments *a, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	a->is_unpaged = true;
	return 0;
}

static int take_fail_on_loss(struct arguments *a, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	a->fail_on_loss = true;
	return 0;
}

/* "1", "0.5", "10": never localised, hence not strtod(). */
static int take_speed(struct arguments *a, const char *value, struct error *err)
{
	int64_t billionths;
	size_t len = strlen(value);

	if (strspn(value, "0123456789.") != len || !units_parse_duration(value, &billionths) ||
	    billionths <= 0)
		return refuse(err, "speed", value, "a speed is a number above 0, as 1, 0.1 or 10");
	a->speed = (double)billionths / 1e9;
	return 0;
}

static int take_by(struct arguments *a, const char *value, struct error *err)
{
	(void)err;
	a->by = value;
	return 0;
}

static int take_where(struct arguments *a, const char *value, struct error *err)
{
	return query_take_where(&a->query, value, err);
}

static int take_count_by(struct arguments *a, const char *value, struct error *err)
{
	return query_take_count_by(&a->query, value, err);
}

static int take_sort(struct arguments *a, const char *value, struct error *err)
{
	return query_take_sort(&a->query, value, err);
}

static int take_limit(struct arguments *a, const char *value, struct error *err)
{
	return query_take_limit(&a->query, value, err);
}

static int take_fields(struct arguments *a, const char *value, struct error *err)
{
	return query_take_fields(&a->query, value, err);
}

static int take_all(struct arguments *a, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	a->shows_all = true;
	return 0;
}

static int take_interval(struct arguments *a, const char *value, struct error *err)
{
	int64_t ns;

	if (!units_parse_duration(value, &ns) || ns <= 0)
		return refuse(err, "interval", value, "an interval is 1s, 100ms or 0.5");
	a->interval_ns = (uint64_t)ns;
	return 0;
}

static int take_role(struct arguments *a, const char *value, struct error *err)
{
	static const char *const roles[] = {"client", "server", "listener", "unknown"};
	size_t i;

	TRY(take_word("role", role_words, value, &i,
		      "the roles are client, server, listener and unknown", err));
	a->role = roles[i];
	return 0;
}

static int take_budget(struct arguments *a, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	a->has_budget = true;
	return 0;
}

static int take_output(struct arguments *a, const char *value, struct error *err)
{
	(void)err;
	a->output = value;
	return 0;
}

static int take_force(struct arguments *a, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	a->is_forced = true;
	return 0;
}

static int take_no_conn(struct arguments *a, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	a->is_unnumbered = true;
	return 0;
}

static int take_max_memory(struct arguments *a, const char *value, struct error *err)
{
	if (!memory_limit_parse(value, &a->max_memory_bytes))
		return refuse(err, "max-memory", value, "a size is 256M or 1G, at least 1M");
	return 0;
}

static int take_events(struct arguments *a, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	a->lists_events = true;
	return 0;
}

static int take_follow(struct arguments *a, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	a->is_following = true;
	return 0;
}

static int take_help(struct arguments *a, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	a->wants_help = true;
	return 0;
}

static const struct option options[] = {
	{"port", 0, "PORT", "local or remote port: 443, 80,443 or 8000-8010", OPTIONS_SELECTION,
	 take_port},
	{"addr", 0, "CIDR", "local or remote address: 10.0.0.1, 10.0.0.0/8, fd00::/8",
	 OPTIONS_SELECTION, take_addr},
	{"pid", 0, "PID", "process that owns the socket", OPTIONS_SELECTION, take_pid},
	{"comm", 0, "GLOB", "name of the process that owns the socket: 'nginx*'", OPTIONS_SELECTION,
	 take_comm},
	{"conn", 0, "N", "connection by its number in `tcptape conns`", OPTIONS_SELECTION,
	 take_conn},
	{"event", 'e', "GLOB",
	 "events by name: 'tcp:*', kfree_skb,sk_data_ready; '!GLOB' leaves out", OPTIONS_SELECTION,
	 take_event},
	{"since", 0, "TIME", "from this time after the first event on: 1.5, 5ms, 2s, 1m",
	 OPTIONS_SELECTION, take_since},
	{"until", 0, "TIME", "up to this time after the first event", OPTIONS_SELECTION,
	 take_until},
	{"where", 0, "EXPR", "rows that fit: 'dport==443 && newstate==TCP_ESTABLISHED'",
	 OPTIONS_QUERY, take_where},
	{"count-by", 0, "COLUMNS", "how many rows have the same values: event,reason",
	 OPTIONS_QUERY, take_count_by},
	{"sort", 0, "COLUMNS", "in this order; -COLUMN puts the greatest first", OPTIONS_QUERY,
	 take_sort},
	{"limit", 0, "N", "the first N rows", OPTIONS_QUERY, take_limit},
	{"fields", 0, "COLUMNS", "these columns, in this order: conn,raddr,duration", OPTIONS_QUERY,
	 take_fields},
	{"role", 0, "ROLE", "only clients, servers, listeners, or of role unknown", OPTIONS_CONNS,
	 take_role},
	{"budget", 0, NULL, "where the time of each connection went", OPTIONS_CONNS, take_budget},
	{"by", 0, "WORD", "a row for each of one of the command's words", OPTIONS_BY, take_by},
	{"all", 0, NULL, "also what is freed the same way with nothing lost", OPTIONS_ALL,
	 take_all},
	{"interval", 0, "TIME", "how long each interval is: 100ms, 10s, 1m; default 1s",
	 OPTIONS_TOP, take_interval},
	{"speed", 0, "N", "pace the events as they happened, N times as fast", OPTIONS_REPLAY,
	 take_speed},
	{"follow", 0, NULL, "wait for more until the recording ends, or Ctrl-C", OPTIONS_REPLAY,
	 take_follow},
	{"events", 0, NULL, "the events on the tape and their fields, as the kernel described them",
	 OPTIONS_INFO, take_events},
	{"max-memory", 0, "SIZE", "give up rather than use more memory: 256M, 2G; default 1G",
	 OPTIONS_READ, take_max_memory},
	{"format", 'f', "FORMAT", "text, json (one object a line), csv; replay also canonical",
	 OPTIONS_OUTPUT, take_format},
	{"color", 0, "[=WHEN]", "auto, always or never; alone: always", OPTIONS_OUTPUT,
	 take_colour},
	{"no-color", 0, NULL, "the same as --color=never", OPTIONS_OUTPUT, take_no_colour},
	{"no-pager", 0, NULL, "print to a terminal without $PAGER", OPTIONS_OUTPUT, take_no_pager},
	{"no-conn", 0, NULL, "leave conn and peer empty: less of a long tape is read",
	 OPTIONS_OUTPUT, take_no_conn},
	{"fail-on-loss", 0, NULL, "exit with 3 when the recorder lost events", OPTIONS_OUTPUT,
	 take_fail_on_loss},
	{"output", 'o', "FILE", "write the tape there; \"-\" is standard output", OPTIONS_WRITE,
	 take_output},
	{"force", 0, NULL, "overwrite FILE if it exists", OPTIONS_WRITE, take_force},
	{"help", 'h', NULL, "show this help", OPTIONS_OUTPUT | OPTIONS_WRITE, take_help},
};

const char *option_words(const struct option *o)
{
	static const struct {
		const char *name, *words;
	} lists[] = {{"format", format_words}, {"color", colour_words}, {"role", role_words}};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (strcmp(o->name, lists[i].name) == 0)
			return lists[i].words;
	return NULL;
}

const struct option *arguments_options(size_t *count)
{
	*count = ARRAY_SIZE(options);
	return options;
}

static int unknown_option(unsigned groups, const char *arg, struct error *err)
{
	size_t len = strcspn(arg, "=");
	struct nearest n;
	char name[48];

	snprintf(name, sizeof(name), "%.*s", len < sizeof(name) ? (int)len : 40, arg);
	if (strncmp(name, "--", 2) != 0)
		return error_set(err, ERR_USAGE, "unknown option %s", name);
	n = nearest_to(name + 2);
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
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
	size_t len = strcspn(arg, "=");

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
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
	if (!GROW(a->tapes, a->tape_cap, a->tape_count))
		return error_nomem(err);
	a->tapes[a->tape_count++] = tape;
	return 0;
}

/* Is what was given all that is needed, and does it go together? */
static int check(const struct arguments *a, unsigned groups, struct error *err)
{
	if (a->format == RENDER_CANONICAL && !(groups & OPTIONS_REPLAY))
		return refuse(err, "format", "canonical", "only replay has this format");
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
