/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * item.h -- the small records of a tape that are not events: losses, clock
 * readings, facts. Implements docs/FORMAT.md sections 8 to 10.
 */
#ifndef FORMAT_ITEM_H
#define FORMAT_ITEM_H

#include "format/bytes.h"
#include "format/error.h"

enum loss_cause {
	LOSS_UNKNOWN = 0,
	LOSS_RING_FULL = 1, /* the program found no room in the kernel-side buffer */
	LOSS_WRITE = 2,     /* the output could not be written */
	LOSS_MEMORY = 3,    /* the recorder was out of memory */
	LOSS_DAMAGE = 4,    /* the tape was damaged here, and was recovered */
	LOSS_SHED = 5,      /* left out on purpose, to stay within a limit */
};

enum { LOSS_ANY_CPU = 0xffffffff };

/* Events that happened in [from_ns, to_ns] and are not on the tape. */
struct loss {
	uint64_t from_ns;
	uint64_t to_ns;
	uint32_t cpu;    /* or LOSS_ANY_CPU */
	uint32_t schema; /* schema id, or 0 = unknown */
	uint64_t count;  /* 0 = unknown */
	uint32_t cause;  /* enum loss_cause */
};

/* The same instant on several clocks, nanoseconds. ts_ns is the tape's clock. */
struct clock_reading {
	uint64_t ts_ns;
	uint64_t monotonic_ns;
	uint64_t boottime_ns;
	uint64_t realtime_ns; /* since 1970-01-01 UTC */
};

/* A named text: host, kernel, "sysctl net.ipv4.tcp_rmem", "unavailable", ... Keys
 * may repeat. docs/FORMAT.md section 10 lists the keys in use. */
struct fact {
	char *key;
	char *value;
};

struct fact_list {
	struct fact *facts; /* owned */
	size_t count;
	size_t cap;
};

enum { FACTS_MAX = 4096, FACT_MAX_KEY = 255, FACT_MAX_VALUE = 64 << 10 };

int fact_list_add(struct fact_list *l, struct view key, struct view value, struct error *err);
void fact_list_release(struct fact_list *l);
/* Value of the first fact called `key`, or NULL. */
const char *fact_list_find(const struct fact_list *l, const char *key);

void fact_encode(const char *key, const char *value, struct buf *out);
/* All facts until the view is empty are added to *l. */
int facts_decode(struct view *in, struct fact_list *l, struct error *err);
void loss_encode(const struct loss *l, struct buf *out);
int loss_decode(struct view *in, struct loss *out, struct error *err);
void clock_encode(const struct clock_reading *c, struct buf *out);
int clock_decode(struct view *in, struct clock_reading *out, struct error *err);

#endif
