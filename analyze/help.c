/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* help.c -- what can be done, from the tables that do it. */
#include "analyze/help.h"

#include <string.h>

#include "analyze/option.h"

enum { LINE_COLUMNS = 100 };

static const char *const exits[] = {
	"0  fine",
	"1  input, output or the program itself failed",
	"2  the command line is wrong",
	"3  answered, but the tape is damaged or was cut short",
	"4  not a tape, or one that needs a newer tcptape",
};

void help_words(const struct command *c, char out[HELP_WORDS_MAX])
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < COMMAND_WORDS && c->by[i]; i++) {
		bool is_last = i + 1 == COMMAND_WORDS || !c->by[i + 1];
		const char *before = is_last ? " or " : ", ";
		int n = snprintf(out + len, HELP_WORDS_MAX - len, "%s%s", i ? before : "",
				 c->by[i]);

		len += (size_t)n;
		if (len >= HELP_WORDS_MAX)
			return;
	}
}

static void print_options(unsigned groups, unsigned group, const char *title, FILE *out)
{
	size_t count;
	const struct option *options = option_all(&count);
	char left[40], letter[8];

	if (!(groups & group))
		return;
	fprintf(out, "\n%s:\n", title);
	for (size_t i = 0; i < count; i++) {
		const struct option *o = &options[i];
		const char *argument = o->argument ? o->argument : "";

		if (!(o->groups & groups & group))
			continue;
		snprintf(letter, sizeof(letter), o->letter ? "-%c, " : "    ", o->letter);
		snprintf(left, sizeof(left), "%s--%s%s%s", letter, o->name,
			 *argument && *argument != '[' ? " " : "", argument);
		fprintf(out, "  %-24s  %s\n", left, o->doc);
	}
}

static void print_by(const struct command *c, FILE *out)
{
	char words[HELP_WORDS_MAX];

	help_words(c, words);
	if (c->options & OPTIONS_BY)
		fprintf(out, "\nGroups:\n  %-24s  a row for each %s\n", "    --by WORD", words);
}

static const char *usage_of(const struct command *c)
{
	if (c->run)
		return "ARGUMENT...";
	return c->write ? "TAPE -o FILE [options]     \"-\" is standard input"
			: "TAPE... [options]     \"-\" is standard input";
}

static bool is_in_earlier(const struct command *c, size_t table, const char *key)
{
	for (size_t t = 0; t < table; t++)
		for (size_t i = 0; i < c->tables[t]->column_count; i++)
			if (c->tables[t]->columns[i].key &&
			    strcmp(c->tables[t]->columns[i].key, key) == 0)
				return true;
	return false;
}

/* A word of a list, on the next line if this one is full. */
static void print_word(const char *word, size_t *at, FILE *out)
{
	if (*at + strlen(word) + 2 > LINE_COLUMNS) {
		fprintf(out, "\n ");
		*at = 1;
	}
	*at += (size_t)fprintf(out, " %s", word);
}

void help_columns(const struct command *c, FILE *out)
{
	size_t at = (size_t)fprintf(out, "columns of %s:", c->name);

	for (size_t t = 0; t < COMMAND_TABLES && c->tables[t]; t++)
		for (size_t i = 0; i < c->tables[t]->column_count; i++)
			if (c->tables[t]->columns[i].key &&
			    !is_in_earlier(c, t, c->tables[t]->columns[i].key))
				print_word(c->tables[t]->columns[i].key, &at, out);
	fputc('\n', out);
}

void help_command(const struct command *c, FILE *out)
{
	fprintf(out, "tcptape %s: %s\n\nExamples:\n", c->name, c->summary);
	for (size_t i = 0; i < COMMAND_EXAMPLES && c->examples[i].line; i++)
		fprintf(out, "  tcptape %s %s\n      %s\n", c->name, c->examples[i].line,
			c->examples[i].what);
	fprintf(out, "\nUsage:\n  tcptape %s %s\n", c->name, usage_of(c));
	print_options(c->options, OPTIONS_SELECTION, "Selection (may be repeated)", out);
	print_options(c->options, OPTIONS_QUERY, "Rows and columns", out);
	print_options(c->options, OPTIONS_CONNS, "Connections", out);
	print_options(c->options, OPTIONS_INFO | OPTIONS_REPLAY | OPTIONS_TOP | OPTIONS_READ,
		      "Reading", out);
	print_by(c, out);
	print_options(c->options, OPTIONS_OUTPUT | OPTIONS_WRITE | OPTIONS_ALL, "Output", out);
}

void help_all(const struct command_table *t, FILE *out)
{
	fprintf(out, "tcptape: what every TCP connection on a tape did, and why\n\n"
		     "Examples:\n"
		     "  sudo tcptape-record -o hello.tape -- ./client   record a program's run\n"
		     "  tcptape info hello.tape                         what the tape holds\n"
		     "  tcptape conns hello.tape                        every connection\n"
		     "  tcptape timeline hello.tape --conn 2            one of them, step by step\n"
		     "\nUsage:\n"
		     "  tcptape COMMAND TAPE... [options]\n"
		     "  tcptape COMMAND --help\n"
		     "\nCommands:\n");
	for (const struct command *c = t->commands; c->name; c++)
		fprintf(out, "  %-11s  %s\n", c->name, c->summary);
	print_options(OPTIONS_SELECTION, OPTIONS_SELECTION, "Selection (may be repeated)", out);
	print_options(OPTIONS_QUERY, OPTIONS_QUERY, "Rows and columns", out);
	print_options(OPTIONS_READ, OPTIONS_READ, "Reading", out);
	print_options(OPTIONS_OUTPUT, OPTIONS_OUTPUT, "Output", out);
	fprintf(out, "\nExit status:\n");
	for (size_t i = 0; i < sizeof(exits) / sizeof(exits[0]); i++)
		fprintf(out, "  %s\n", exits[i]);
}
