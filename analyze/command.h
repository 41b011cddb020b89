/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * command.h -- the commands of tcptape as rows of a table (main.c), and what is the same
 * for all of them: reading the command line, going through the tapes, the renderer, the
 * remarks, the exit status.
 */
#ifndef ANALYZE_COMMAND_H
#define ANALYZE_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#include "analyze/arguments.h"
#include "analyze/remarks.h"
#include "analyze/view.h"

enum { COMMAND_EXAMPLES = 4, COMMAND_TABLES = 8, COMMAND_WORDS = 8 };

struct example {
	const char *line; /* without "tcptape NAME " */
	const char *what;
};

/* A command that writes a tape. What it has to say goes to `remarks`; what is wrong is in *err and
 * not yet printed. */
typedef enum exit_status (*write_fn)(const struct arguments *a, FILE *remarks, struct error *err);

struct command {
	const char *name;
	const char *summary; /* one line */
	unsigned options;    /* enum option_group */
	unsigned spares;     /* enum scope_spare */
	/* One of these: a view that reads a cursor, one that reads the blocks themselves
	 * (in->cursor is NULL), one that writes a tape, or a command with its own command line. */
	view_fn view;
	view_fn view_blocks;
	write_fn write;
	int (*run)(const char *self, char **argv, struct error *err);
	const struct table *tables[COMMAND_TABLES]; /* of its rows; NULL after the last */
	const char *by[COMMAND_WORDS]; /* what --by takes, if OPTIONS_BY; NULL after the last */
	struct example examples[COMMAND_EXAMPLES];
};

/* The commands; the last row has no name. */
struct command_table {
	const struct command *commands;
	const char *version;
};

/* Do what argv asks for: answers to `out`, remarks to `err`. Returns the exit status. */
enum exit_status command_main(const struct command_table *t, int argc, char **argv, FILE *out,
			      FILE *err);

#endif
