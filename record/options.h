/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * options.h -- what the command line of tcptape-record asks for.
 */
#ifndef RECORD_OPTIONS_H
#define RECORD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "format/error.h"
#include "record/filter.h"
#include "record/limits.h"
#include "record/names.h"

enum record_action {
	ACTION_RECORD = 0,
	ACTION_LIST_EVENTS = 1, /* print the names that `globs` choose, and end */
	ACTION_HELP = 2,
	ACTION_VERSION = 3,
	ACTION_DOCTOR = 4,     /* say whether a recording would work */
	ACTION_DRY_RUN = 5,    /* say what it would do */
	ACTION_COMPLETION = 6, /* print a script for `shell` */
};

struct record_options {
	enum record_action action;
	const char *shell;       /* lent by argv; "" = none given */
	char *output;            /* never NULL after parsing; "-" = standard output; owned */
	uint64_t duration_ns;    /* 0 = until stopped */
	struct name_list globs;  /* the default ones unless -e chose others; owned */
	struct name_list stacks; /* events with stacks; owned */
	struct filter filter;
	uint64_t buffer_bytes; /* a power of two */
	struct limits limits;
	bool is_quiet;
	bool is_forced;    /* overwrite `output` */
	bool includes_own; /* record the connection that carries the tape, too */
	char **command;    /* NULL, or NULL-terminated; lent by argv */
};

struct option_row {
	int key; /* its letter, or a number from 256 on */
	const char *name;
	const char *argument; /* NULL = takes none */
	const char *help;     /* '\n' where a line is to be broken */
};

/* All options. */
const struct option_row *options_rows(size_t *count);
/* Fill *out. 0, ERR_USAGE or ERR_NOMEM; options_release() is due in any case. The
 * words of argv stay where they are. */
int options_parse(int argc, char **argv, struct record_options *out, struct error *err);
void options_release(struct record_options *o);
/* What --help and --version show. */
void options_print_help(FILE *to);
void options_print_version(FILE *to);

#endif
