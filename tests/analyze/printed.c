/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* printed.c -- a renderer over open_memstream(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/analyze/printed.h"

void printed_open(struct printed *p, const struct render_options *opt)
{
	p->text = NULL;
	p->file = open_memstream(&p->text, &p->len);
	assert_non_null(p->file);
	p->renderer = render_new(p->file, opt);
	assert_non_null(p->renderer);
}

void printed_check(struct printed *p, const char *want)
{
	assert_int_equal(render_finish(p->renderer), 0);
	render_free(p->renderer);
	fclose(p->file);
	if (want)
		assert_string_equal(p->text, want);
	free(p->text);
}
