/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * option.h -- the options that commands share: a table, from which --help and completion are
 * printed, too.
 */
#ifndef ANALYZE_OPTION_H
#define ANALYZE_OPTION_H

#include "analyze/arguments.h"

struct option {
	const char *name;     /* "port", given as --port */
	char letter;          /* 'f', given as -f; 0 = none */
	const char *argument; /* "N" for --help; NULL = takes none; "[=WHEN]" may be left out */
	const char *doc;
	unsigned groups; /* enum option_group */
	/* `value` is NULL where the option takes none or it was left out. */
	int (*take)(struct arguments *a, const char *value, struct error *err);
};

/* All that its value may be, parted by spaces; NULL = anything. */
const char *option_words(const struct option *o);
/* All options, by their first group. */
const struct option *option_all(size_t *count);
/* "--port x: a port is 1 to 65535", ERR_USAGE: `want` is a sentence. */
int option_refuse(struct error *err, const char *option, const char *value, const char *want);

#endif
