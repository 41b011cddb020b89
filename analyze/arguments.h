/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * arguments.h -- what the command line after `tcptape COMMAND` asks for: tapes, and what the
 * options that commands share (option.h) were given.
 */
#ifndef ANALYZE_ARGUMENTS_H
#define ANALYZE_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyze/arena.h"
#include "analyze/query.h"
#include "analyze/render.h"
#include "analyze/selection.h"
#include "format/error.h"

enum colour_choice { COLOUR_AUTO = 0, COLOUR_ALWAYS, COLOUR_NEVER };

/* Groups of options; a command takes some. */
enum option_group {
	OPTIONS_SELECTION = 1,
	OPTIONS_OUTPUT = 2,
	OPTIONS_REPLAY = 4,
	OPTIONS_WRITE = 8,  /* of commands that write a tape */
	OPTIONS_READ = 16,  /* of all that read one */
	OPTIONS_BY = 32,    /* of commands that count by one of their words (command.h) */
	OPTIONS_QUERY = 64, /* of commands that print rows */
	OPTIONS_ALL = 128,  /* of commands that leave something out unless asked */
	OPTIONS_TOP = 256,
	OPTIONS_CONNS = 512,
	OPTIONS_INFO = 1024,
};

/* Arrays are owned. Strings are lent by argv, which must be kept. */
struct arguments {
	enum render_format format;
	enum colour_choice colour;
	bool fail_on_loss;
	bool wants_help;
	bool is_unpaged;    /* print to a terminal without a pager */
	bool is_unnumbered; /* connections get no numbers */
	bool is_following;
	bool lists_events;
	bool shows_all;
	bool has_budget;
	const char *role;   /* NULL = any */
	const char *by;     /* NULL = not asked for */
	const char *output; /* NULL = none given */
	bool is_forced;     /* it may exist already */
	double speed;       /* 0 = as fast as possible */
	uint64_t interval_ns;
	uint64_t max_memory_bytes;
	const char **tapes;
	size_t tape_count, tape_cap;
	uint16_t *ports;
	size_t port_count, port_cap;
	struct address_range *ranges;
	size_t range_count, range_cap;
	uint32_t *pids;
	size_t pid_count, pid_cap;
	const char **comms;
	size_t comm_count, comm_cap;
	uint64_t *conns;
	size_t conn_count, conn_cap;
	const char **events;
	size_t event_count, event_cap;
	bool has_since, has_until;
	int64_t since_ns, until_ns;
	struct query query;
	struct arena words; /* parts of lists */
};

/* Parse argv[0..argc), which begins after the command's name; `groups` are the option
 * groups the command takes. 0, ERR_USAGE or ERR_NOMEM. arguments_release() is due in
 * any case. */
int arguments_parse(struct arguments *a, unsigned groups, int argc, char **argv, struct error *err);
void arguments_release(struct arguments *a);
/* The selection, which lends the arrays of *a. */
struct selection arguments_selection(const struct arguments *a);

#endif
