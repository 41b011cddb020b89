/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * completion.h -- `tcptape completion bash|zsh|fish`: a script for the shell that completes
 * commands, options, their words and columns, from the tables of commands and options. It
 * reads no tape and runs nothing.
 */
#ifndef ANALYZE_COMPLETION_H
#define ANALYZE_COMPLETION_H

#include "analyze/command.h"

/* 0, or ERR_USAGE for another shell. */
int completion_print(const struct command_table *t, const char *shell, FILE *out,
		     struct error *err);

#endif
