/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * shell_words.h -- a command line as text that a shell reads as the same arguments.
 */
#ifndef RECORD_SHELL_WORDS_H
#define RECORD_SHELL_WORDS_H

#include "format/bytes.h"

/* Append the arguments, NULL-terminated, with a space between any two. Those that a
 * shell would read otherwise are quoted. out->is_failed tells of lack of memory. */
void shell_words_put(struct buf *out, const char *const *argv);

#endif
