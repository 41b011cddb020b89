/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * narration.c -- sentences grow at their end.
 */
#include "analyze/narration.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void narration_say(struct narration *out, const char *fmt, ...)
{
	size_t len = strlen(out->text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(out->text + len, sizeof(out->text) - len, fmt, args);
	va_end(args);
}

const char *bytes_word(uint64_t bytes)
{
	return bytes == 1 ? "byte" : "bytes";
}
