/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * linux_errno.c -- names of the errors that sockets meet.
 */
#include "analyze/linux_errno.h"

#include <inttypes.h>
#include <stdio.h>

struct errno_name {
	int32_t number;
	const char *name;
};

static const struct errno_name names[] = {
	{LINUX_EINTR, "EINTR"},
	{LINUX_EAGAIN, "EAGAIN"},
	{12, "ENOMEM"},
	{14, "EFAULT"},
	{16, "EBUSY"},
	{LINUX_EPIPE, "EPIPE"},
	{LINUX_ENETUNREACH, "ENETUNREACH"},
	{LINUX_ECONNABORTED, "ECONNABORTED"},
	{LINUX_ECONNRESET, "ECONNRESET"},
	{105, "ENOBUFS"},
	{LINUX_ENOTCONN, "ENOTCONN"},
	{108, "ESHUTDOWN"},
	{LINUX_ETIMEDOUT, "ETIMEDOUT"},
	{LINUX_ECONNREFUSED, "ECONNREFUSED"},
	{112, "EHOSTDOWN"},
	{LINUX_EHOSTUNREACH, "EHOSTUNREACH"},
	{512, "ERESTARTSYS"},
};

char *linux_errno_format(int32_t number, char out[ERRNO_MAX])
{
	int64_t n = number < 0 ? -(int64_t)number : number;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].number == n) {
			snprintf(out, ERRNO_MAX, "%s", names[i].name);
			return out;
		}
	snprintf(out, ERRNO_MAX, "error %" PRId64, n);
	return out;
}
