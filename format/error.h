/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * error.h -- how every room reports failure: a status, and one sentence for people.
 *
 * Fallible functions return `int`: 0 done or record, 1 end, negative enum status,
 * and take `struct error *err` last. The caller owns the storage; no malloc.
 */
#ifndef FORMAT_ERROR_H
#define FORMAT_ERROR_H

#include <stdbool.h>
#include <stdint.h>

enum status {
	OK = 0,
	END = 1,              /* no more records */
	ERR_IO = -1,          /* the operating system failed us; sys_errno is set */
	ERR_NOT_A_TAPE = -2,  /* no tape starts here */
	ERR_CORRUPT = -3,     /* a checksum, limit or structure is violated */
	ERR_UNSUPPORTED = -4, /* valid, but newer than this program */
	ERR_TRUNCATED = -5,   /* ends inside a block */
	ERR_NOMEM = -6,
	ERR_KERNEL = -7, /* the kernel lacks or refuses something the recorder needs */
	ERR_USAGE = -8,  /* the user asked for something that cannot be */
};

struct error {
	int status;      /* enum status; 0 while nothing failed */
	int sys_errno;   /* saved errno, or 0 */
	uint64_t offset; /* file offset the sentence is about, or 0 */
	char text[256];  /* one sentence: what, where, what to do */
};

/* Fill *err (may be NULL) with a formatted sentence. Returns `status`, so that
 * `return error_set(err, ERR_CORRUPT, ...)` reads well. */
int error_set(struct error *err, enum status status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* As error_set(ERR_IO), with ": strerror(sys_errno)" appended; the rest is cut for it if need be. */
int error_sys(struct error *err, int sys_errno, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* ERR_NOMEM with the one sentence for it. */
int error_nomem(struct error *err);

/* A status that says that bytes of the tape are wrong, not the machine it is read on. */
static inline bool status_is_damage(int status)
{
	return status == ERR_CORRUPT || status == ERR_TRUNCATED;
}

/* Return the expression's value from the calling function if it is not 0. */
#define TRY(expr)                                                                                  \
	do {                                                                                       \
		int try_rc = (expr);                                                               \
		if (try_rc)                                                                        \
			return try_rc;                                                             \
	} while (0)

#endif
