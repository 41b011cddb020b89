/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * linux_errno.h -- the recording host is Linux, whatever this program runs on: its error
 * numbers, of the architectures that share the usual ones.
 */
#ifndef ANALYZE_LINUX_ERRNO_H
#define ANALYZE_LINUX_ERRNO_H

#include <stdint.h>

enum linux_errno {
	LINUX_EINTR = 4,
	LINUX_EAGAIN = 11,
	LINUX_EPIPE = 32,
	LINUX_ENETUNREACH = 101,
	LINUX_ECONNABORTED = 103,
	LINUX_ECONNRESET = 104,
	LINUX_ENOTCONN = 107,
	LINUX_ETIMEDOUT = 110,
	LINUX_ECONNREFUSED = 111,
	LINUX_EHOSTUNREACH = 113,
};

enum { ERRNO_MAX = 24 };

/* "ECONNRESET", or "error 200"; writes to `out` and returns it. The sign is ignored. */
char *linux_errno_format(int32_t number, char out[ERRNO_MAX]);

#endif
