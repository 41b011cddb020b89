/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_source.c -- bytes of files, pipes and memory, up to their ends. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "format/source.h"

enum { SIZE = 1000000 };

static uint8_t content[SIZE];
static char directory[] = "/tmp/tcptape-source.XXXXXX";
static char path[64];

static int setup(void **state)
{
	int fd;

	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		content[i] = (uint8_t)(i * 7 + i / 256);
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/tape", directory);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	if (fd < 0 || write(fd, content, SIZE) != SIZE)
		return -1;
	return close(fd);
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory);
}

static struct source *open_file(void)
{
	struct source *s = NULL;

	assert_int_equal(source_open(path, &s, NULL), 0);
	return s;
}

static struct source *open_memory(void)
{
	struct source *s = NULL;

	assert_int_equal(source_open_memory(content, SIZE, &s, NULL), 0);
	return s;
}

/* Standard input becomes `fd`, which is closed. */
static struct source *open_stdin(int fd)
{
	int saved = dup(STDIN_FILENO);
	struct source *s = NULL;

	dup2(fd, STDIN_FILENO);
	close(fd);
	assert_int_equal(source_open("-", &s, NULL), 0);
	if (saved < 0) {
		close(STDIN_FILENO);
	} else {
		dup2(saved, STDIN_FILENO);
		close(saved);
	}
	return s;
}

/* A pipe through which a child writes the content. */
static struct source *open_pipe(pid_t *child)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	*child = fork();
	if (*child == 0) {
		close(fds[0]);
		for (size_t at = 0; at < SIZE;) {
			ssize_t n = write(fds[1], content + at, SIZE - at);

			if (n <= 0)
				_exit(1);
			at += (size_t)n;
		}
		_exit(0);
	}
	close(fds[1]);
	return open_stdin(fds[0]);
}

static void close_pipe(struct source *s, pid_t child)
{
	source_close(s);
	waitpid(child, NULL, 0);
}

static void reads(struct source *s, uint64_t offset, size_t len)
{
	size_t want = offset >= SIZE ? 0 : SIZE - offset < len ? SIZE - (size_t)offset : len;
	struct view v;

	assert_int_equal(source_read(s, offset, len, &v, NULL), 0);
	assert_int_equal(view_len(v), want);
	if (want)
		assert_memory_equal(v.p, content + offset, want);
}

static void read_forward(struct source *s)
{
	reads(s, 0, 96);
	reads(s, 0, 0);
	reads(s, 96, 1000);
	reads(s, 100, 300000);
	reads(s, 100, 10);
	reads(s, 500000, 1);
	reads(s, 900000, 200000);
	reads(s, SIZE - 1, 1);
	reads(s, SIZE - 1, 2);
	reads(s, SIZE, 1);
	reads(s, SIZE + 1, 1);
	reads(s, SIZE + 1000000, 100);
}

static void a_file_gives_its_bytes_and_fewer_only_at_its_end(void **state)
{
	struct source *s = open_file();

	(void)state;
	assert_int_equal(source_size(s), SIZE);
	assert_string_equal(source_name(s), path);
	read_forward(s);
	reads(s, 5, 100);
	reads(s, 0, SIZE);
	reads(s, 0, SIZE + 1);
	source_close(s);
}

static void memory_gives_its_bytes_and_fewer_only_at_its_end(void **state)
{
	struct source *s = open_memory();

	(void)state;
	assert_int_equal(source_size(s), SIZE);
	read_forward(s);
	reads(s, 5, 100);
	reads(s, 0, SIZE + 1);
	source_close(s);
	assert_int_equal(source_open_memory(NULL, 0, &s, NULL), 0);
	struct view v;
	assert_int_equal(source_read(s, 0, 96, &v, NULL), 0);
	assert_int_equal(view_len(v), 0);
	source_close(s);
}

static void a_pipe_gives_its_bytes_in_order(void **state)
{
	pid_t child;
	struct source *s = open_pipe(&child);

	(void)state;
	assert_true(source_size(s) == UINT64_MAX);
	assert_string_equal(source_name(s), "standard input");
	read_forward(s);
	close_pipe(s, child);
}

static void a_pipe_is_read_in_one_piece_too(void **state)
{
	pid_t child;
	struct source *s = open_pipe(&child);

	(void)state;
	reads(s, 0, SIZE + 1000);
	reads(s, 0, 10);
	close_pipe(s, child);
}

static void a_pipe_does_not_go_back(void **state)
{
	pid_t child;
	struct source *s = open_pipe(&child);
	struct error err = {0};
	struct view v;

	(void)state;
	reads(s, 900000, 10);
	assert_int_equal(source_read(s, 10, 10, &v, &err), ERR_IO);
	assert_non_null(strstr(err.text, "cannot go back"));
	reads(s, 900000, 10);
	close_pipe(s, child);
}

/* A live view would hang: nothing more comes before these bytes were shown. */
static void a_pipe_is_not_asked_for_more_than_needed(void **state)
{
	struct source *s;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	fcntl(fds[0], F_SETFL, O_NONBLOCK); /* to wait for more is an error now */
	assert_int_equal(write(fds[1], content, 1000), 1000);
	s = open_stdin(fds[0]);
	reads(s, 0, 96);
	reads(s, 96, 96);
	reads(s, 192, 808);
	reads(s, 999, 1);
	struct view v;
	assert_int_equal(source_read(s, 999, 2, &v, NULL), ERR_IO);
	assert_int_equal(write(fds[1], content + 1000, 500), 500);
	reads(s, 1200, 300);
	close(fds[1]);
	assert_int_equal(source_read(s, 1499, 5, &v, NULL), 0);
	assert_int_equal(view_len(v), 1);
	source_close(s);
}

static void an_offset_beyond_any_file_is_refused(void **state)
{
	struct source *s = open_memory();
	struct view v;

	(void)state;
	assert_int_equal(source_read(s, UINT64_MAX, 1, &v, NULL), ERR_IO);
	assert_int_equal(source_read(s, UINT64_MAX - 5, 6, &v, NULL), ERR_IO);
	reads(s, UINT64_MAX - 5, 5);
	reads(s, UINT64_MAX, 0);
	source_close(s);
}

static void a_missing_file_is_named(void **state)
{
	struct source *s = (struct source *)&path;
	struct error err = {0};

	(void)state;
	assert_int_equal(source_open("/nonexistent/a.tape", &s, &err), ERR_IO);
	assert_int_equal(err.sys_errno, ENOENT);
	assert_non_null(strstr(err.text, "/nonexistent/a.tape"));
	assert_ptr_equal(s, (struct source *)&path);
}

static void a_directory_is_not_a_tape(void **state)
{
	struct source *s;
	struct error err = {0};

	(void)state;
	assert_int_equal(source_open(directory, &s, &err), ERR_IO);
	assert_int_equal(err.sys_errno, EISDIR);
}

static void an_empty_device_is_an_empty_pipe(void **state)
{
	struct source *s;
	struct view v;

	(void)state;
	assert_int_equal(source_open("/dev/null", &s, NULL), 0);
	assert_int_equal(source_read(s, 0, 96, &v, NULL), 0);
	assert_int_equal(view_len(v), 0);
	assert_int_equal(source_read(s, 1000, 96, &v, NULL), 0);
	assert_int_equal(view_len(v), 0);
	source_close(s);
	source_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_gives_its_bytes_and_fewer_only_at_its_end),
		cmocka_unit_test(memory_gives_its_bytes_and_fewer_only_at_its_end),
		cmocka_unit_test(a_pipe_gives_its_bytes_in_order),
		cmocka_unit_test(a_pipe_is_read_in_one_piece_too),
		cmocka_unit_test(a_pipe_does_not_go_back),
		cmocka_unit_test(a_pipe_is_not_asked_for_more_than_needed),
		cmocka_unit_test(an_offset_beyond_any_file_is_refused),
		cmocka_unit_test(a_missing_file_is_named),
		cmocka_unit_test(a_directory_is_not_a_tape),
		cmocka_unit_test(an_empty_device_is_an_empty_pipe),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
