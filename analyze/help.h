/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * help.h -- --help, printed from the tables of commands and options; examples first.
 */
#ifndef ANALYZE_HELP_H
#define ANALYZE_HELP_H

#include <stdio.h>

#include "analyze/command.h"

enum { HELP_WORDS_MAX = 128 };

/* What --by takes: "reason, conn or second". */
void help_words(const struct command *c, char out[HELP_WORDS_MAX]);
void help_all(const struct command_table *t, FILE *out);
/* The columns a command has, as one line broken at 100 characters. */
void help_columns(const struct command *c, FILE *out);
void help_command(const struct command *c, FILE *out);

#endif
