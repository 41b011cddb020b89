/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fail_malloc.c -- a library to preload: allocations fail from number FAIL_AT on (0: none),
 * FAIL_COUNT of them (1 unless given), counted from 1. With FAIL_TELL their number is told at the
 * end. glibc only.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

static unsigned long done, first, count;

static bool fails(void)
{
	const char *at, *many;

	if (done++ == 0) {
		at = getenv("FAIL_AT");
		many = getenv("FAIL_COUNT");
		first = at ? strtoul(at, NULL, 10) : 0;
		count = many ? strtoul(many, NULL, 10) : 1;
	}
	if (first == 0 || done < first || done - first >= count)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

__attribute__((destructor)) static void tell(void)
{
	if (getenv("FAIL_TELL"))
		fprintf(stderr, "%lu allocations\n", done);
}
