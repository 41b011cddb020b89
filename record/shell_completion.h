/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * shell_completion.h -- `tcptape-record completion bash|zsh|fish`: a script for the shell that
 * completes the options, from their table. It runs nothing.
 */
#ifndef RECORD_SHELL_COMPLETION_H
#define RECORD_SHELL_COMPLETION_H

#include <stdio.h>

#include "format/error.h"

/* 0, or ERR_USAGE for another shell. */
int shell_completion_print(const char *shell, FILE *to, struct error *err);

#endif
