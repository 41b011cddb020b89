/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* tight_file.c -- a full disk by the limit of file sizes. */
#include "tests/format/tight_file.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

void tight_file_open(struct tight_file *f)
{
	int fd;

	*f = (struct tight_file){.path = "/tmp/tcptape-tight.XXXXXX"};
	fd = mkstemp(f->path);
	assert_true(fd >= 0);
	close(fd);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &f->old), 0);
	assert_int_equal(sink_open(f->path, true, &f->sink, NULL), 0);
}

void tight_file_limit(struct tight_file *f, uint64_t bytes)
{
	struct rlimit small = f->old;

	small.rlim_cur = (rlim_t)bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
}

void tight_file_allow(struct tight_file *f, uint64_t more)
{
	tight_file_limit(f, sink_bytes(f->sink) + more);
}

void tight_file_free_room(struct tight_file *f)
{
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &f->old), 0);
}

uint8_t *tight_file_read(const struct tight_file *f, size_t *len)
{
	FILE *in = fopen(f->path, "rb");
	uint8_t *data;

	assert_non_null(in);
	assert_int_equal(fseek(in, 0, SEEK_END), 0);
	*len = (size_t)ftell(in);
	rewind(in);
	data = malloc(*len + 1);
	assert_non_null(data);
	assert_int_equal(fread(data, 1, *len, in), *len);
	fclose(in);
	return data;
}

void tight_file_close(struct tight_file *f)
{
	tight_file_free_room(f);
	sink_close(f->sink, NULL);
	unlink(f->path);
	signal(SIGXFSZ, SIG_DFL);
}
