/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* options.c -- one table of options, for getopt_long() and for --help. */
#include "record/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "format/version.h"
#include "record/memory.h"
#include "record/quantity.h"
#include "record/span.h"

enum {
	OPTION_BUFFER = 256, /* without a letter */
	OPTION_LIST_EVENTS,
	OPTION_DRY_RUN,
	OPTION_INCLUDE_OWN,
	OPTION_STACKS,
	OPTION_LIMIT = 512,   /* and enum limit */
	OPTION_FILTER = 1024, /* and enum filter_kind */
	MIN_BUFFER = 64 << 10,
	MAX_BUFFER = 1 << 30,
};

static const struct option_row rows[] = {
	{'o', "output", "FILE",
	 "write the tape to FILE, \"-\" for standard output\n"
	 "(default: tcptape-YYYYmmdd-HHMMSS.tape)"},
	{'d', "duration", "TIME", "stop after 0.5, 90s, 10m, 1h"},
	{'e', "event", "GLOB",
	 "record these events instead of the default ones;\n"
	 "'!GLOB' leaves events out; may be repeated"},
	{OPTION_FILTER + FILTER_PORT, "port", "N[,N...]",
	 "only connections with one of these ports at\n"
	 "either end; N-M is a range"},
	{OPTION_FILTER + FILTER_ADDR, "addr", "CIDR[,...]",
	 "with either end in one of these networks, or at\n"
	 "an address"},
	{OPTION_FILTER + FILTER_PID, "pid", "N[,N...]",
	 "opened by these processes, or to their listeners"},
	{OPTION_FILTER + FILTER_COMM, "comm", "NAME[,...]", "the same, by the name of the process"},
	{OPTION_FILTER + FILTER_NETNS, "netns", "NAME[,...]",
	 "in these network namespaces: name, path, inode\n"
	 "number, or self"},
	{OPTION_FILTER + FILTER_CGROUP, "cgroup", "PATH[,...]",
	 "of these cgroups and all below them"},
	{OPTION_FILTER + FILTER_SAMPLE, "sample", "1/N",
	 "one of N connections, the same on every host"},
	{OPTION_STACKS, "stacks", "GLOB",
	 "with the kernel's stack of each of these events;\n"
	 "may be repeated"},
	{OPTION_BUFFER, "buffer", "SIZE", "room for events not yet written (default: 32M)"},
	{OPTION_LIMIT + LIMIT_MAX_SIZE, "max-size", "SIZE",
	 "end before the tape is larger than this"},
	{OPTION_LIMIT + LIMIT_ROTATE_SIZE, "rotate-size", "SIZE",
	 "begin a new file, FILE-000002.tape, when one is\n"
	 "that large; each can be read alone"},
	{OPTION_LIMIT + LIMIT_ROTATE_TIME, "rotate-time", "TIME",
	 "begin a new file after 90s, 10m, 1h, 1d"},
	{OPTION_LIMIT + LIMIT_MAX_MEMORY, "max-memory", "SIZE",
	 "for the buffer and the recorder itself"},
	{OPTION_LIMIT + LIMIT_MIN_FREE, "min-free-disk", "SIZE",
	 "or PERCENT%: write nothing, or delete the oldest\n"
	 "files of --keep, while less is free"},
	{OPTION_LIMIT + LIMIT_MAX_CPU, "max-cpu", "PERCENT",
	 "of one core for the recorder: over it, frequent\n"
	 "types of events are left out, and counted"},
	{OPTION_LIMIT + LIMIT_KEEP, "keep", "N", "delete the oldest files; N stay"},
	{'f', "force", NULL, "overwrite FILE if it exists"},
	{OPTION_INCLUDE_OWN, "include-own", NULL,
	 "with -o - over ssh: record that connection, too"},
	{'q', "quiet", NULL, "print nothing but errors"},
	{OPTION_LIST_EVENTS, "list-events", NULL,
	 "print the events that would be recorded, and end;\n"
	 "with -e '*' all that this kernel has"},
	{OPTION_DRY_RUN, "dry-run", NULL, "print what would be recorded and how, and end"},
	{'h', "help", NULL, "print this text"},
	{'V', "version", NULL, "print the version"},
};

enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

const struct option_row *options_rows(size_t *count)
{
	*count = ROW_COUNT;
	return rows;
}

static const char *const default_globs[] = {"tcp:*", "sock:*", "skb:*", "net:netif_receive_skb",
					    "tcptape:*"};

static const char examples[] =
	"Record TCP, socket and skb events of this host to a tape, for tcptape to read.\n"
	"\n"
	"  sudo tcptape-record -d 10                       ten seconds of everything\n"
	"  sudo tcptape-record -o bug.tape                 until Ctrl-C\n"
	"  sudo tcptape-record -- curl localhost           until the command ends\n"
	"  sudo tcptape-record --port 443,8000-8010        these ports, whole connections\n"
	"  sudo tcptape-record -e 'tcp:*' -e '!tcp_probe'  some events only\n"
	"  sudo tcptape-record -o - | zstd > far.tape.zst  to another program\n"
	"  sudo tcptape-record doctor                      would it work here? why not?\n"
	"\n"
	"Recording needs root. No payload is ever recorded. Then: tcptape conns bug.tape\n"
	"\n"
	"usage: tcptape-record [doctor] [-o FILE] [options] [-- COMMAND ARG...]\n"
	"\n";

static void print_row(FILE *to, const struct option_row *row)
{
	char left[40];
	const char *line = row->help;

	snprintf(left, sizeof(left), "--%s%s%s", row->name, row->argument ? " " : "",
		 row->argument ? row->argument : "");
	if (row->key < 256)
		fprintf(to, "  -%c, %-19s ", row->key, left);
	else
		fprintf(to, "      %-19s ", left);
	for (;;) {
		size_t len = strcspn(line, "\n");

		fprintf(to, "%.*s\n", (int)len, line);
		if (line[len] == '\0')
			return;
		line += len + 1;
		fprintf(to, "%26s", "");
	}
}

void options_print_help(FILE *to)
{
	fputs(examples, to);
	for (int i = 0; i < ROW_COUNT; i++)
		print_row(to, &rows[i]);
}

void options_print_version(FILE *to)
{
	fputs("tcptape-record " TCPTAPE_VERSION "\n", to);
}

static int set_duration(struct record_options *o, const char *arg, struct error *err)
{
	if (quantity_time(span_of(arg, strlen(arg)), &o->duration_ns))
		return OK;
	return error_set(err, ERR_USAGE, "--duration '%.40s': not a time such as 0.5, 30s or 10m",
			 arg);
}

static int set_buffer(struct record_options *o, const char *arg, struct error *err)
{
	uint64_t wanted, size = MIN_BUFFER;

	if (!quantity_bytes(span_of(arg, strlen(arg)), &wanted))
		return error_set(err, ERR_USAGE, "--buffer '%.40s': not a size such as 8M", arg);
	if (wanted < MIN_BUFFER || wanted > MAX_BUFFER)
		return error_set(err, ERR_USAGE, "--buffer '%.40s': must be from 64K to 1G", arg);
	while (size < wanted)
		size *= 2;
	o->buffer_bytes = size;
	return OK;
}

static int add_globs(struct name_list *globs, const char *option, const char *arg,
		     struct error *err)
{
	struct span s = span_of(arg, strlen(arg));

	do {
		struct span one = span_take(&s, ',');
		char *glob = span_copy(one);
		int rc;

		if (!glob)
			return error_nomem(err);
		if (glob[glob[0] == '!'] == '\0')
			rc = error_set(err, ERR_USAGE, "--%s '%.80s': empty name of an event",
				       option, arg);
		else
			rc = name_list_add(globs, glob, err);
		free(glob);
		TRY(rc);
	} while (s.p < s.end);
	return OK;
}

static int set_output(struct record_options *o, const char *arg, struct error *err)
{
	if (arg[0] == '\0')
		return error_set(err, ERR_USAGE, "--output: empty file name");
	if (arg[0] == '-' && arg[1] != '\0') /* most likely the next option */
		return error_set(err, ERR_USAGE,
				 "--output '%.40s': looks like an option; write ./%.40s for a file",
				 arg, arg);
	free(o->output);
	o->output = strdup(arg);
	return o->output ? OK : error_nomem(err);
}

static int apply(struct record_options *o, int key, const char *arg, struct error *err)
{
	switch (key) {
	case 'o':
		return set_output(o, arg, err);
	case 'd':
		return set_duration(o, arg, err);
	case 'e':
		return add_globs(&o->globs, "event", arg, err);
	case OPTION_STACKS:
		return add_globs(&o->stacks, "stacks", arg, err);
	case OPTION_BUFFER:
		return set_buffer(o, arg, err);
	case 'f':
		o->is_forced = true;
		return OK;
	case 'q':
		o->is_quiet = true;
		return OK;
	case OPTION_INCLUDE_OWN:
		o->includes_own = true;
		return OK;
	case OPTION_LIST_EVENTS:
		o->action = ACTION_LIST_EVENTS;
		return OK;
	case OPTION_DRY_RUN:
		o->action = ACTION_DRY_RUN;
		return OK;
	case 'h':
		o->action = ACTION_HELP;
		return OK;
	case 'V':
		o->action = ACTION_VERSION;
		return OK;
	default:
		if (key >= OPTION_FILTER)
			return filter_add(&o->filter, (enum filter_kind)(key - OPTION_FILTER), arg,
					  err);
		return limits_set(&o->limits, (enum limit)(key - OPTION_LIMIT), arg, err);
	}
}

static const struct option_row *find_row(int key)
{
	for (int i = 0; i < ROW_COUNT; i++)
		if (rows[i].key == key)
			return &rows[i];
	return NULL;
}

/* `word` as it was typed, perhaps with "=value". */
static int unknown_option(const char *word, struct error *err)
{
	int len = (int)strcspn(word, "=");
	struct name_list names = {0};
	const char *nearest;
	char typed[64];

	snprintf(typed, sizeof(typed), "%.*s", len > 60 ? 60 : len, word);
	for (int i = 0; i < ROW_COUNT; i++) {
		char name[64];

		snprintf(name, sizeof(name), "--%s", rows[i].name);
		if (name_list_add(&names, name, NULL) != OK)
			break;
	}
	nearest = name_list_nearest(&names, typed);
	if (nearest)
		error_set(err, ERR_USAGE, "unknown option '%s'; did you mean '%s'?", typed,
			  nearest);
	else
		error_set(err, ERR_USAGE, "unknown option '%s'; --help lists them all", typed);
	name_list_release(&names);
	return ERR_USAGE;
}

/* What getopt_long() did not like; `word` is the argument it stood at. */
static int refuse(int answer, const char *word, struct error *err)
{
	const struct option_row *row = optopt ? find_row(optopt) : NULL;
	char letter[] = {'-', (char)optopt, '\0'};

	if (row && answer == ':')
		return error_set(err, ERR_USAGE, "--%s needs a value: --%s %s", row->name,
				 row->name, row->argument);
	if (row)
		return error_set(err, ERR_USAGE, "--%s takes no value", row->name);
	return unknown_option(optopt ? letter : word, err);
}

/* The rows as getopt_long() wants them. */
static void fill_tables(struct option *longs, char *letters)
{
	*letters++ = '+'; /* stop at the first word that is no option */
	*letters++ = ':'; /* tell a missing value from an unknown option */
	for (int i = 0; i < ROW_COUNT; i++) {
		longs[i] = (struct option){.name = rows[i].name,
					   .has_arg = rows[i].argument != NULL,
					   .val = rows[i].key};
		if (rows[i].key < 256) {
			*letters++ = (char)rows[i].key;
			if (rows[i].argument)
				*letters++ = ':';
		}
	}
	longs[ROW_COUNT] = (struct option){0};
	*letters = '\0';
}

static int parse_words(int argc, char **argv, struct record_options *o, struct error *err)
{
	struct option longs[ROW_COUNT + 1];
	char letters[2 * ROW_COUNT + 3];
	int key;

	fill_tables(longs, letters);
	opterr = 0;
	optind = 0; /* begin anew, whatever was parsed before */
	while ((key = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (key == '?' || key == ':')
			return refuse(key, argv[optind - 1], err);
		TRY(apply(o, key, optarg, err));
		if (o->action == ACTION_HELP || o->action == ACTION_VERSION)
			return OK;
	}
	if (optind == argc)
		return strcmp(argv[optind - 1], "--") == 0 && optind > 1
			       ? error_set(err, ERR_USAGE, "no command after '--'")
			       : OK;
	if (strcmp(argv[optind - 1], "--") != 0)
		return error_set(err, ERR_USAGE,
				 "unexpected '%.60s': a command to record goes after '--', "
				 "a file name after -o",
				 argv[optind]);
	o->command = argv + optind;
	return OK;
}

/* -e with nothing but '!GLOB' leaves out some of the default events. */
static int complete_globs(struct record_options *o, struct error *err)
{
	for (size_t i = 0; i < o->globs.count; i++)
		if (o->globs.names[i][0] != '!')
			return OK;
	for (size_t i = 0; i < sizeof(default_globs) / sizeof(default_globs[0]); i++)
		TRY(name_list_add(&o->globs, default_globs[i], err));
	return OK;
}

static int complete_output(struct record_options *o, struct error *err)
{
	char name[64] = "tcptape.tape";
	time_t now = time(NULL);
	struct tm tm;

	if (o->output)
		return OK;
	if (localtime_r(&now, &tm))
		strftime(name, sizeof(name), "tcptape-%Y%m%d-%H%M%S.tape", &tm);
	return set_output(o, name, err);
}

int options_parse(int argc, char **argv, struct record_options *out, struct error *err)
{
	*out = (struct record_options){0};
	if (argc > 1 && strcmp(argv[1], "doctor") == 0) {
		out->action = ACTION_DOCTOR;
		argc--;
		argv++;
	} else if (argc > 1 && strcmp(argv[1], "completion") == 0) {
		out->action = ACTION_COMPLETION;
		out->shell = argc > 2 ? argv[2] : "";
		return argc > 3 ? error_set(err, ERR_USAGE,
					    "completion takes one word: '%.60s' is one too many",
					    argv[3])
				: OK;
	}
	TRY(parse_words(argc, argv, out, err));
	TRY(complete_globs(out, err));
	TRY(complete_output(out, err));
	TRY(limits_check(&out->limits, out->output, out->buffer_bytes, err));
	if (!out->buffer_bytes)
		out->buffer_bytes = memory_default_buffer(out->limits.max_memory_bytes);
	return OK;
}

void options_release(struct record_options *o)
{
	free(o->output);
	name_list_release(&o->globs);
	name_list_release(&o->stacks);
	*o = (struct record_options){0};
}
