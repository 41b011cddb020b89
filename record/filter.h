/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * filter.h -- which connections are recorded: what was asked for, as the programs want it and
 * in words. Of several kinds all must fit; of several values of a kind, one.
 */
#ifndef RECORD_FILTER_H
#define RECORD_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/wire.h"
#include "format/error.h"
#include "format/writer.h"

enum filter_kind {
	FILTER_PORT = 0,
	FILTER_ADDR = 1,
	FILTER_SAMPLE = 2,
	FILTER_NETNS = 3,
	FILTER_CGROUP = 4,
	FILTER_PID = 5,
	FILTER_COMM = 6,
	FILTER_KINDS = 7,
};

enum { FILTER_MAX_PORTS = 64, FILTER_TEXT = 120 };

struct port_range {
	uint16_t first;
	uint16_t last; /* included */
};

struct filter_addr {
	uint8_t addr[16]; /* IPv4 as ::ffff:a.b.c.d; 0 behind the prefix */
	unsigned bits;    /* 0..128 */
};

/* A name and what the kernel calls it. */
struct filter_place {
	uint64_t id;
	char name[FILTER_TEXT];
};

/* All 0 = every connection. Nothing in it is owned. */
struct filter {
	struct port_range ports[FILTER_MAX_PORTS];
	struct filter_addr addrs[WIRE_KIND_MAX];
	struct filter_place netns[WIRE_KIND_MAX];
	struct filter_place cgroups[WIRE_KIND_MAX];
	uint32_t pids[WIRE_KIND_MAX];
	char comms[WIRE_KIND_MAX][WIRE_COMM];
	uint32_t sample; /* 1 of so many; only if counts[FILTER_SAMPLE] */
	size_t counts[FILTER_KINDS];
};

/* Add what `arg`, a list joined by commas, asks for. Names are looked up now. 0, or ERR_USAGE
 * with a sentence that begins with "--port" and so on. */
int filter_add(struct filter *f, enum filter_kind kind, const char *arg, struct error *err);

/* True when every connection is to be recorded. */
bool filter_is_open(const struct filter *f);
/* True when events that tell of no connection are chosen by their task. */
bool filter_has_task(const struct filter *f);
/* True when they cannot be chosen, and are all recorded. */
bool filter_is_blind(const struct filter *f);
/* Bits of enum wire_kind. */
uint32_t filter_kinds(const struct filter *f);
/* *out as the programs want it; all of it is written. */
void filter_fill(const struct filter *f, struct wire_selection *out);

/* A value among others, kind by kind. */
struct filter_line {
	enum filter_kind kind;
	size_t index;           /* among those of its kind */
	char text[FILTER_TEXT]; /* "port 8000-8010", "pid 12" */
};

/* The next one; `at` begins with 0. False at the end. */
bool filter_next(const struct filter *f, size_t *at, struct filter_line *out);
/* One fact `filter` for each value. */
int filter_facts(const struct filter *f, struct writer *w, struct error *err);

#endif
