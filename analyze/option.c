/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* option.c -- one table of options, one function for each that takes its value. */
#include "analyze/option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/memory_limit.h"
#include "analyze/nearest.h"
#include "analyze/selecting.h"
#include "analyze/units.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

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
		return option_refuse(err, "speed", value,
				     "a speed is a number above 0, as 1, 0.1 or 10");
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
		return option_refuse(err, "interval", value, "an interval is 1s, 100ms or 0.5");
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
	if (!*value)
		return option_refuse(err, "output", value, "the name of a file, or \"-\"");
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
		return option_refuse(err, "max-memory", value, "a size is 256M or 1G, at least 1M");
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
	 selecting_take_port},
	{"addr", 0, "CIDR", "local or remote address: 10.0.0.1, 10.0.0.0/8, fd00::/8",
	 OPTIONS_SELECTION, selecting_take_addr},
	{"pid", 0, "PID", "process that owns the socket", OPTIONS_SELECTION, selecting_take_pid},
	{"comm", 0, "GLOB", "name of the process that owns the socket: 'nginx*'", OPTIONS_SELECTION,
	 selecting_take_comm},
	{"conn", 0, "N", "connection by its number in `tcptape conns`", OPTIONS_SELECTION,
	 selecting_take_conn},
	{"event", 'e', "GLOB",
	 "events by name, or connections that have one: 'tcp:*', kfree_skb; '!GLOB' leaves out",
	 OPTIONS_SELECTION, selecting_take_event},
	{"since", 0, "TIME", "from this time after the first event on: 1.5, 5ms, 2s, 1m",
	 OPTIONS_SELECTION, selecting_take_since},
	{"until", 0, "TIME", "up to this time after the first event", OPTIONS_SELECTION,
	 selecting_take_until},
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

const struct option *option_all(size_t *count)
{
	*count = ARRAY_SIZE(options);
	return options;
}

int option_refuse(struct error *err, const char *option, const char *value, const char *want)
{
	return error_set(err, ERR_USAGE, "--%s %s: %s", option, *value ? value : "''", want);
}
