/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "testdata/hello/plan.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum plan_kind { PLAN_FLAG, PLAN_NUMBER, PLAN_SECONDS, PLAN_TEXT };

struct plan_row {
	const char *name;
	enum plan_kind kind;
	unsigned sides;
	size_t offset; /* of the member of struct plan */
	uint64_t most; /* of a number */
	const char *help;
};

#define BOTH (PLAN_SERVER | PLAN_CLIENT)
#define AT(member) offsetof(struct plan, member)
#define SECONDS_MOST 86400

/* clang-format off */
static const struct plan_row rows[] = {
	{"addr", PLAN_TEXT, BOTH, AT(addr), 0, "numeric address (127.0.0.1); :: also takes IPv4"},
	{"port", PLAN_NUMBER, BOTH, AT(port), 65535, "port (8080); 0 lets the kernel choose"},
	{"ports", PLAN_NUMBER, BOTH, AT(ports), 1024, "consecutive ports from --port (1), one server process each"},
	{"port-from", PLAN_TEXT, PLAN_CLIENT, AT(port_from), 0, "wait for the server's --ready file and take the port from it"},
	{"ready", PLAN_TEXT, BOTH, AT(ready), 0, "file to create, with the port in it, once listening (server) or first answered (client)"},
	{"count", PLAN_NUMBER, BOTH, AT(count), UINT32_MAX, "connections in all (1)"},
	{"parallel", PLAN_NUMBER, PLAN_CLIENT, AT(parallel), 1024, "client processes (1)"},
	{"rounds", PLAN_NUMBER, BOTH, AT(rounds), UINT32_MAX, "request and answer rounds on one connection (1)"},
	{"bytes", PLAN_NUMBER, BOTH, AT(request_bytes), UINT32_MAX, "request size (2)"},
	{"reply", PLAN_NUMBER, BOTH, AT(reply_bytes), UINT32_MAX, "answer size (11)"},
	{"delay-us", PLAN_NUMBER, PLAN_SERVER, AT(delay_us), UINT32_MAX, "think so long before each answer"},
	{"gap-us", PLAN_NUMBER, PLAN_CLIENT, AT(gap_us), UINT32_MAX, "pause between rounds"},
	{"hold", PLAN_SECONDS, BOTH, AT(hold_us), SECONDS_MOST, "seconds to sleep after the first round, connection open"},
	{"hold-until", PLAN_TEXT, BOTH, AT(hold_until), 0, "hold until this file exists"},
	{"patience", PLAN_SECONDS, PLAN_SERVER, AT(patience_us), SECONDS_MOST, "fail when nobody connects for so many seconds (for ever)"},
	{"close-first", PLAN_FLAG, BOTH, AT(close_first), 0, "close at once when done (the server's default)"},
	{"close-last", PLAN_FLAG, BOTH, AT(close_last), 0, "read to the other side's end, then close (the client's default)"},
	{"rst", PLAN_FLAG, BOTH, AT(rst), 0, "close by reset (SO_LINGER 0)"},
	{"unread", PLAN_FLAG, BOTH, AT(unread), 0, "close with received bytes unread"},
	{"half-close", PLAN_FLAG, BOTH, AT(half_close), 0, "client: shutdown(SHUT_WR) after the last request; server: answer after that end"},
	{"quiet", PLAN_FLAG, BOTH, AT(quiet), 0, "print errors only"},
};
/* clang-format on */

#define ROWS (sizeof(rows) / sizeof(rows[0]))
#define HELP ((int)ROWS)

static const struct plan defaults = {
	.addr = "127.0.0.1",
	.port = 8080,
	.ports = 1,
	.count = 1,
	.parallel = 1,
	.rounds = 1,
	.request_bytes = 2,
	.reply_bytes = 11,
};

static void plan_help(enum plan_side side)
{
	static const char *const values[] = {"", " N", " SECONDS", " TEXT"};

	printf("usage: hello_%s [options]\n", side == PLAN_SERVER ? "server" : "client");
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].sides & side)
			printf("  --%-11s%-8s  %s\n", rows[i].name, values[rows[i].kind],
			       rows[i].help);
	}
}

static uint64_t plan_number(const struct plan_row *row, const char *text)
{
	char *end;
	unsigned long long value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || value > row->most)
		errx(2, "--%s %s: not a number from 0 to %llu", row->name, text,
		     (unsigned long long)row->most);
	return value;
}

static uint64_t plan_seconds(const struct plan_row *row, const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= 0 && value <= (double)row->most))
		errx(2, "--%s %s: not seconds from 0 to %llu", row->name, text,
		     (unsigned long long)row->most);
	return (uint64_t)(value * 1e6);
}

static void plan_set(struct plan *plan, const struct plan_row *row, const char *text)
{
	void *member = (char *)plan + row->offset;

	switch (row->kind) {
	case PLAN_FLAG:
		*(bool *)member = true;
		break;
	case PLAN_NUMBER:
		*(uint64_t *)member = plan_number(row, text);
		break;
	case PLAN_SECONDS:
		*(uint64_t *)member = plan_seconds(row, text);
		break;
	case PLAN_TEXT:
		*(const char **)member = text;
		break;
	}
}

static void plan_check(struct plan *plan, enum plan_side side)
{
	if (plan->close_first && plan->close_last)
		errx(2, "--close-first and --close-last exclude each other");
	if (!plan->ports || !plan->parallel)
		errx(2, "--ports and --parallel start at 1");
	if (plan->port + plan->ports - 1 > 65535)
		errx(2, "%llu ports from %llu pass 65535", (unsigned long long)plan->ports,
		     (unsigned long long)plan->port);
	if (side == PLAN_CLIENT && !plan->port && !plan->port_from)
		errx(2, "a client needs a port");
	if (!plan->close_last)
		plan->close_first |= side == PLAN_SERVER || plan->rst || plan->unread;
}

void plan_parse(struct plan *plan, enum plan_side side, int argc, char **argv)
{
	struct option longs[ROWS + 2] = {{0}};
	size_t n = 0;
	int row;

	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].sides & side)
			longs[n++] = (struct option){rows[i].name, rows[i].kind != PLAN_FLAG, NULL,
						     (int)i};
	}
	longs[n] = (struct option){"help", no_argument, NULL, HELP};

	*plan = defaults;
	while ((row = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (row == '?')
			exit(2);
		if (row == HELP) {
			plan_help(side);
			exit(0);
		}
		plan_set(plan, &rows[row], optarg);
	}
	if (optind < argc)
		errx(2, "unexpected argument '%s'", argv[optind]);
	plan_check(plan, side);
}
