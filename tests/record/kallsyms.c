/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/record/kallsyms.h"

struct symbols *symbols_of(const char *text)
{
	char path[] = "/tmp/kallsyms.XXXXXX";
	struct symbols *s = NULL;
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(symbols_open_at(path, &s, NULL), OK);
	symbols_problem(s); /* reads */
	unlink(path);
	return s;
}
