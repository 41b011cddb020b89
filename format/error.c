/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* error.c -- fills struct error. */
#include "format/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void fill(struct error *err, int status, int sys_errno, const char *fmt, va_list ap)
{
	err->status = status;
	err->sys_errno = sys_errno;
	err->offset = 0;
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
}

int error_set(struct error *err, enum status status, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return (int)status;
	va_start(ap, fmt);
	fill(err, (int)status, 0, fmt, ap);
	va_end(ap);
	return (int)status;
}

int error_sys(struct error *err, int sys_errno, const char *fmt, ...)
{
	const char *reason = strerror(sys_errno);
	size_t used, most = sizeof(err->text) / 2;
	va_list ap;

	if (!err)
		return ERR_IO;
	if (strlen(reason) < most)
		most = sizeof(err->text) - strlen(reason) - sizeof("...: ");
	va_start(ap, fmt);
	fill(err, ERR_IO, sys_errno, fmt, ap);
	va_end(ap);
	used = strlen(err->text);
	if (used > most) {
		snprintf(err->text + most, sizeof(err->text) - most, "...");
		used = most + strlen("...");
	}
	snprintf(err->text + used, sizeof(err->text) - used, ": %s", reason);
	return ERR_IO;
}

int error_nomem(struct error *err)
{
	return error_set(err, ERR_NOMEM, "out of memory");
}
