/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tcptape.h -- the public interface of libtcptape: reads tapes of tcptape-record(1).
 *
 *	struct tcptape *t;
 *	struct tcptape_error err;
 *	int kind;
 *
 *	if (tcptape_open("hello.tape", &t, &err))
 *		... err.text says why ...
 *	while ((kind = tcptape_next(t, &err)) > 0)
 *		if (kind == TCPTAPE_EVENT)
 *			... tcptape_event_ns(t), tcptape_value_u64(t, field, &value) ...
 *	if (kind < 0)
 *		... err.text says why ...
 *	tcptape_close(t);
 *
 * Errors are values: a negative enum tcptape_status and a sentence in *err, which may be
 * NULL everywhere. Nothing is printed, no signal is touched, nothing exits, and there is no
 * global state. Damage of a tape is not an error: it is skipped and told (TCPTAPE_GAP,
 * tcptape_health_now()). Any bytes may be opened; memory is bounded by the tape format's limits
 * (some hundred MiB at worst), not by the length of the tape.
 *
 * Units: times are nanoseconds, absolute, of the recording host's clock (fact "clock"); a
 * TCPTAPE_CLOCK item tells the wall clock's time at one of them. Sizes are in bytes.
 *
 * Ownership: the caller owns what tcptape_open*() made, and frees it with tcptape_close().
 * All other pointers are lent, never to be freed. Strings of schemas, fields, enumerations
 * and facts end with a NUL and live until the section ends: until tcptape_next() next returns
 * TCPTAPE_SECTION or an error, or tcptape_close(). Values and items live until the next
 * tcptape_next() or tcptape_close().
 *
 * Handles: a schema (kind of event) and a field of one are named by a number, 0 meaning none.
 * Look them up once and keep them. A handle of another section, of another event's field or of
 * nothing at all is harmless: what is asked of it is unknown (NULL, 0, null). In the next
 * section the same event has another handle. Those of one tape mean nothing for another.
 *
 * Threads: one tape is used by one thread at a time, also for calls that take it const; but for
 * tcptape_unfollow().
 * Different tapes have nothing in common and may be read at the same time.
 *
 * Binary interface: TCPTAPE_ABI is the number in the name libtcptape.so.0. It is raised when a
 * program built with an older header would no longer work. Without that, functions, items and
 * numbers of enumerations may be added, and lent structs may grow at their end: skip items and
 * treat numbers you do not know as unknown. struct tcptape_error never changes its size.
 *
 * C99, C11, C++11. Link with `pkg-config --libs libtcptape` (--static for libtcptape.a).
 */
#ifndef TCPTAPE_H
#define TCPTAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TCPTAPE_ABI 0

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

struct tcptape; /* a tape being read; opaque */

/* What functions return when they fail. Other negative numbers may be added. */
enum tcptape_status {
	TCPTAPE_ERR_IO = -1,          /* the operating system failed us: see sys_errno */
	TCPTAPE_ERR_NOT_A_TAPE = -2,  /* no section in it, or no block in the first 64 MiB */
	TCPTAPE_ERR_CORRUPT = -3,     /* a limit of the format is violated */
	TCPTAPE_ERR_UNSUPPORTED = -4, /* a tape, but it needs a newer library */
	TCPTAPE_ERR_NOMEM = -6,
	TCPTAPE_ERR_USAGE = -8, /* the call cannot be made now */
};

/* The caller's storage, written only by a call that fails. */
struct tcptape_error {
	int status;     /* enum tcptape_status */
	int sys_errno;  /* errno of the failed system call, or 0 */
	char text[256]; /* one sentence: what, where, what to do */
};

/* What tcptape_next() found. */
enum tcptape_kind {
	TCPTAPE_SECTION = 1,     /* a recording begins; all that was lent by the last is gone */
	TCPTAPE_EVENT = 2,       /* tcptape_event_*(), tcptape_value_*() */
	TCPTAPE_LOSS = 3,        /* events are missing: tcptape_item_loss() */
	TCPTAPE_CLOCK = 4,       /* one instant on several clocks: tcptape_item_clock() */
	TCPTAPE_NAMES = 5,       /* more schemas, enumerations or facts became known */
	TCPTAPE_GAP = 6,         /* bytes that could not be read: tcptape_item_gap() */
	TCPTAPE_SECTION_END = 7, /* the recording was closed in order: tcptape_item_end() */
};

/* ---- tapes ---- */

/* Version of the library, "0.1.0"; lives for ever. */
const char *tcptape_version(void);

/* Open the file or pipe `path`; "-" is standard input, through a descriptor of the library's
 * own. 0 and *out, which is the caller's, or TCPTAPE_ERR_IO, _NOT_A_TAPE, _UNSUPPORTED, _NOMEM;
 * *out is then not written. */
int tcptape_open(const char *path, struct tcptape **out, struct tcptape_error *err);
/* The same for an open descriptor: a regular file is read from its beginning, wherever its
 * position is and without moving it; a pipe or socket, which must block, from here on. The
 * descriptor stays the caller's, who may close it at once: the library reads through a duplicate
 * of its own, which tcptape_close() closes. */
int tcptape_open_fd(int fd, struct tcptape **out, struct tcptape_error *err);
/* The same for a tape in memory, which the caller keeps alive and unchanged until
 * tcptape_close(). */
int tcptape_open_memory(const void *data, size_t len, struct tcptape **out,
			struct tcptape_error *err);
/* Frees everything; NULL is fine. */
void tcptape_close(struct tcptape *t);

/* Deliver only events with from_ns <= time < to_ns. Losses, gaps and all else still come. What is
 * not needed is not read where the tape is a file or in memory: damage there goes unnoticed.
 * 0, TCPTAPE_ERR_USAGE after the first tcptape_next(), or TCPTAPE_ERR_IO, _NOMEM. */
int tcptape_limit_time(struct tcptape *t, uint64_t from_ns, uint64_t to_ns,
		       struct tcptape_error *err);

/* Follow a tape that is still being written: at the end of the file tcptape_next() waits for
 * more, looking 20 times a second, until the recording is closed or tcptape_unfollow() is called.
 * An event comes about 2 s after it was written, or sooner; what the writer takes back after a
 * failed write is no damage. A tape can be opened once its first block is there; before that it
 * is TCPTAPE_ERR_NOT_A_TAPE. A pipe or socket is waited for anyway, until its writers close it.
 * 0, or TCPTAPE_ERR_USAGE after the first tcptape_next() and in memory, which does not grow. */
int tcptape_follow(struct tcptape *t, struct tcptape_error *err);
/* Wait no longer: what is in the file by now still comes, then tcptape_next() returns 0, and the
 * tape counts as cut unless it was closed meanwhile. May be called while another thread is in
 * tcptape_next(), or from a signal handler, but not after tcptape_close() has begun. */
void tcptape_unfollow(struct tcptape *t);

/* The next item in time order. enum tcptape_kind (above 0); 0 at the end of the tape; or
 * TCPTAPE_ERR_IO, _UNSUPPORTED, _NOMEM, _CORRUPT when reading cannot go on. From the first 0 or
 * error on, every call returns the same. */
int tcptape_next(struct tcptape *t, struct tcptape_error *err);

/* Number of the current section, 0 = first. `cat a.tape b.tape` has two. */
uint64_t tcptape_section(const struct tcptape *t);

/* What reading has found so far; final when tcptape_next() has returned 0. */
struct tcptape_health {
	uint64_t sections;
	uint64_t events;            /* delivered */
	uint64_t lost_events;       /* by the recorder's own account: not on the tape */
	uint64_t blocks;            /* whole and sound */
	uint64_t damaged_blocks;    /* skipped or missing */
	uint64_t skipped_bytes;     /* could not be read */
	uint64_t unreadable_events; /* their schema was lost to damage: not delivered */
	uint64_t late_events;       /* delivered out of time order, against the format's rule */
	bool is_complete;           /* at the end: every section was closed, nothing was skipped */
	bool is_cut;                /* the recording was not closed in order, or the file is cut */
	const char *first_problem;  /* a sentence, or "" */
};

/* Never NULL; lives until tcptape_close(), and each call brings it up to date. */
const struct tcptape_health *tcptape_health_now(struct tcptape *t);

/* ---- items: each is NULL while the current item is of another kind ---- */

enum tcptape_loss_cause {
	TCPTAPE_LOSS_UNKNOWN = 0,
	TCPTAPE_LOSS_RING_FULL = 1, /* the buffer between kernel and recorder was full */
	TCPTAPE_LOSS_WRITE = 2,     /* the tape could not be written */
	TCPTAPE_LOSS_MEMORY = 3,    /* the recorder was out of memory */
	TCPTAPE_LOSS_DAMAGE = 4,    /* the tape was damaged here, and was recovered */
	TCPTAPE_LOSS_SHED = 5,      /* left out on purpose, to stay within a limit */
	TCPTAPE_LOSS_NESTED = 6,    /* while another of its type was being recorded there */
};

#define TCPTAPE_ANY_CPU UINT32_C(0xffffffff)

/* `count` events that happened in [from_ns, to_ns] are not on the tape. */
struct tcptape_loss {
	uint64_t from_ns;
	uint64_t to_ns;
	uint64_t count;  /* 0 = an unknown number */
	uint64_t schema; /* handle; 0 = any */
	uint32_t cpu;    /* or TCPTAPE_ANY_CPU */
	uint32_t cause;  /* enum tcptape_loss_cause */
};

const struct tcptape_loss *tcptape_item_loss(const struct tcptape *t);

/* The same instant on several clocks, ns. */
struct tcptape_clock {
	uint64_t ts_ns; /* the clock of all times on the tape */
	uint64_t monotonic_ns;
	uint64_t boottime_ns;
	uint64_t realtime_ns; /* since 1970-01-01 UTC */
};

const struct tcptape_clock *tcptape_item_clock(const struct tcptape *t);

struct tcptape_gap {
	uint64_t offset;    /* in the file, bytes */
	uint64_t bytes;     /* skipped */
	uint64_t blocks;    /* known to be missing; 0 = unknown */
	const char *reason; /* a sentence */
};

const struct tcptape_gap *tcptape_item_gap(const struct tcptape *t);

struct tcptape_section_end {
	const char *reason; /* why the recorder stopped: "signal", "duration", ... */
	uint64_t events;    /* it says it wrote */
	uint64_t lost;      /* it says were lost */
};

const struct tcptape_section_end *tcptape_item_end(const struct tcptape *t);

/* ---- the current event; 0 while the current item is none ---- */

uint64_t tcptape_event_ns(const struct tcptape *t);
uint32_t tcptape_event_cpu(const struct tcptape *t);
/* Handle of its schema: compare it with one you keep, or ask for its names. */
uint64_t tcptape_event_schema(const struct tcptape *t);

/*
 * Values of the current event. Each returns false, and leaves its outputs alone, when the value
 * is null (absent, unknown or damaged), is of another kind than asked for, or when `field` is not
 * a field of the current event.
 */

/* Has the event a value there at all? */
bool tcptape_value_exists(struct tcptape *t, uint64_t field);
/* An integer (TCPTAPE_INT): its 64 bits, sign-extended if the field is TCPTAPE_SIGNED. */
bool tcptape_value_u64(struct tcptape *t, uint64_t field, uint64_t *out);
bool tcptape_value_i64(struct tcptape *t, uint64_t field, int64_t *out);
/* The bytes of any other kind, lent. Those of an array have the recording host's byte order
 * (fact "byte_order": "little" or "big", default little). *data may be NULL if *len is 0. */
bool tcptape_value_bytes(struct tcptape *t, uint64_t field, const void **data, size_t *len);
/*
 * Any value as text, as `tcptape replay -f json` has it: names where there is an enumeration,
 * else decimal numbers; "0xffff8881058b1280", "true", "127.0.0.1", "[::1]:80", "[1,2,3]", bytes
 * in hexadecimal. Texts from the tape come unchanged, up to their first NUL: escape them before a
 * terminal sees them. At most size - 1 bytes and a NUL are written to `buf`, nothing if size
 * is 0. Returns the bytes of the whole text without NUL (at least `size`: it was cut), or
 * -1 and an empty text when the value is null.
 */
int tcptape_value_text(struct tcptape *t, uint64_t field, char *buf, size_t size);

/* ---- schemas: the kinds of event known so far in the current section ---- */

/* The one after `schema`, beginning with 0; 0 after the last. */
uint64_t tcptape_schema_next(const struct tcptape *t, uint64_t schema);
/* By name, such as "sock", "inet_sock_set_state"; a NULL group is any. 0 = not known (yet). */
uint64_t tcptape_schema_find(const struct tcptape *t, const char *group, const char *name);
/* 1 to 4096, each once in a section: an index for tables of your own. 0 = no such schema. */
unsigned tcptape_schema_id(const struct tcptape *t, uint64_t schema);
/* "sock"; "inet_sock_set_state"; the kernel's format file, "" if there is none. NULL = no such
 * schema. */
const char *tcptape_schema_group(const struct tcptape *t, uint64_t schema);
const char *tcptape_schema_name(const struct tcptape *t, uint64_t schema);
const char *tcptape_schema_format(const struct tcptape *t, uint64_t schema);
/* Fields of the kernel's event in its order, then those the recorder added. */
unsigned tcptape_schema_fields(const struct tcptape *t, uint64_t schema);
/* Field by number, from 0, or by name; 0 = there is none. */
uint64_t tcptape_field_at(const struct tcptape *t, uint64_t schema, unsigned number);
uint64_t tcptape_field_find(const struct tcptape *t, uint64_t schema, const char *name);

enum tcptape_field_kind {
	TCPTAPE_INT = 1,    /* one integer */
	TCPTAPE_ARRAY = 2,  /* integers */
	TCPTAPE_BYTES = 3,  /* a fixed number of bytes */
	TCPTAPE_STRING = 4, /* any number of bytes */
};

/* How a value is meant to be shown. */
enum tcptape_field_role {
	TCPTAPE_ROLE_NONE = 0,
	TCPTAPE_ROLE_POINTER = 1,
	TCPTAPE_ROLE_TEXT = 2,
	TCPTAPE_ROLE_IPV4 = 3,     /* 4 bytes, network order */
	TCPTAPE_ROLE_IPV6 = 4,     /* 16 bytes, network order */
	TCPTAPE_ROLE_SOCKADDR = 5, /* sockaddr_in or sockaddr_in6 of Linux, 28 bytes */
	TCPTAPE_ROLE_BOOL = 6,
	TCPTAPE_ROLE_ADDR = 7, /* 16 bytes; IPv4 as ::ffff:a.b.c.d */
};

enum tcptape_field_flag {
	TCPTAPE_SIGNED = 1,
	TCPTAPE_EXTRA = 2,    /* added by the recorder, not the kernel's */
	TCPTAPE_OPTIONAL = 4, /* an event may lack it */
	TCPTAPE_BITS = 8,     /* the enumeration names bits */
};

/* "oldstate"; "const int", as the kernel spells it, for people. NULL = no such field. */
const char *tcptape_field_name(const struct tcptape *t, uint64_t field);
const char *tcptape_field_type(const struct tcptape *t, uint64_t field);
/* enum tcptape_field_kind (0 = no such field; the values of a kind that is unknown here are
 * null), enum tcptape_field_role, sum of enum tcptape_field_flag. */
unsigned tcptape_field_kind(const struct tcptape *t, uint64_t field);
unsigned tcptape_field_role(const struct tcptape *t, uint64_t field);
unsigned tcptape_field_flags(const struct tcptape *t, uint64_t field);
/* Bytes of an element (1, 2, 4, 8), and how many there are: 0 for TCPTAPE_STRING. */
unsigned tcptape_field_size(const struct tcptape *t, uint64_t field);
unsigned tcptape_field_count(const struct tcptape *t, uint64_t field);

/* Name of a value in the field's enumeration, on the recording kernel; NULL = it has none. */
const char *tcptape_enum_name(const struct tcptape *t, uint64_t field, uint64_t value);
/* The enumeration's n-th name, from 0, in the order of *value as unsigned; NULL after the last. */
const char *tcptape_enum_at(const struct tcptape *t, uint64_t field, size_t n, uint64_t *value);

/* ---- facts: what the recorder says of a section ---- */

/* "host", "kernel", "clock", "command", "sysctl net.ipv4.tcp_rmem", ...: docs/FORMAT.md section
 * 10. The first of that key, or NULL. Known from TCPTAPE_SECTION on, some only at the end. */
const char *tcptape_fact(const struct tcptape *t, const char *key);
/* The n-th fact, from 0: keys may repeat. False after the last. */
bool tcptape_fact_at(const struct tcptape *t, size_t n, const char **key, const char **value);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
