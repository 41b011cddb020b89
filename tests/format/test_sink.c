/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_sink.c -- whole blocks or nothing, also on a full disk. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "format/sink.h"

enum { BLOCK = 8000 };

static char directory[] = "/tmp/tcptape-sink.XXXXXX";
static char path[64];
static char disk[64]; /* a small file system, if we may mount one */
static bool is_mounted;
static uint8_t block[BLOCK];

static int setup(void **state)
{
	(void)state;
	memset(block, 'b', sizeof(block));
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/tape", directory);
	snprintf(disk, sizeof(disk), "%s/disk", directory);
	return mkdir(disk, 0700);
}

static int teardown(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "umount %s", disk);
	if (is_mounted && system(command) != 0)
		return -1;
	unlink(path);
	rmdir(disk);
	return rmdir(directory);
}

static int remove_tape(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static long size_of(const char *name)
{
	struct stat st;

	return stat(name, &st) == 0 ? (long)st.st_size : -1;
}

static struct sink *open_new(const char *name)
{
	struct sink *s = NULL;
	struct error err = {0};

	if (sink_open(name, false, &s, &err))
		fail_msg("%s", err.text);
	return s;
}

static void a_new_file_is_private_and_holds_what_was_written(void **state)
{
	struct sink *s = open_new(path);
	struct stat st;

	(void)state;
	assert_int_equal(sink_write(s, block, BLOCK, NULL), 0);
	assert_int_equal(sink_write(s, "", 0, NULL), 0);
	assert_int_equal(sink_write(s, block, 1, NULL), 0);
	assert_int_equal(sink_bytes(s), BLOCK + 1);
	assert_int_equal(sink_close(s, NULL), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, BLOCK + 1);
	assert_int_equal(st.st_mode & 0777, 0600 & ~umask(umask(0)));
}

static void an_existing_file_is_not_overwritten(void **state)
{
	struct sink *s = open_new(path);
	struct error err = {0};

	(void)state;
	assert_int_equal(sink_write(s, block, 5, NULL), 0);
	assert_int_equal(sink_close(s, NULL), 0);
	assert_int_equal(sink_open(path, false, &s, &err), ERR_USAGE);
	assert_non_null(strstr(err.text, "--force"));
	assert_int_equal(size_of(path), 5);
}

static void force_overwrites(void **state)
{
	struct sink *s = open_new(path);

	(void)state;
	assert_int_equal(sink_write(s, block, 5, NULL), 0);
	assert_int_equal(sink_close(s, NULL), 0);
	assert_int_equal(sink_open(path, true, &s, NULL), 0);
	assert_int_equal(sink_write(s, block, 3, NULL), 0);
	assert_int_equal(sink_close(s, NULL), 0);
	assert_int_equal(size_of(path), 3);
}

static void a_link_to_nowhere_is_not_followed(void **state)
{
	struct sink *s;

	(void)state;
	assert_int_equal(symlink("/tmp/tcptape-no-such-target", path), 0);
	assert_int_equal(sink_open(path, false, &s, NULL), ERR_USAGE);
}

static void a_place_that_cannot_be_written_is_named(void **state)
{
	struct sink *s;
	struct error err = {0};

	(void)state;
	assert_int_equal(sink_open("/nonexistent/a.tape", false, &s, &err), ERR_IO);
	assert_int_equal(err.sys_errno, ENOENT);
	assert_non_null(strstr(err.text, "/nonexistent/a.tape"));
	assert_int_equal(sink_open(directory, true, &s, &err), ERR_USAGE);
	assert_non_null(strstr(err.text, "is a directory"));
}

static void memory_keeps_everything(void **state)
{
	struct sink *s;
	size_t len = 77;

	(void)state;
	assert_int_equal(sink_open_memory(&s, NULL), 0);
	sink_memory(s, &len);
	assert_int_equal(len, 0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(sink_write(s, block, BLOCK, NULL), 0);
	assert_int_equal(sink_bytes(s), 100 * BLOCK);
	assert_memory_equal(sink_memory(s, &len) + 99 * BLOCK, block, BLOCK);
	assert_int_equal(len, 100 * BLOCK);
	assert_int_equal(sink_close(s, NULL), 0);
	assert_int_equal(sink_close(NULL, NULL), 0);
}

static void a_file_is_not_memory(void **state)
{
	struct sink *s = open_new(path);
	size_t len;

	(void)state;
	assert_null(sink_memory(s, &len));
	sink_close(s, NULL);
}

/* Standard output becomes `fd` while a sink is opened on it. */
static int open_stdout(int fd, struct sink **s, struct error *err)
{
	int saved, rc;

	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	dup2(fd, STDOUT_FILENO);
	rc = sink_open("-", false, s, err);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	return rc;
}

static void standard_output_is_a_pipe(void **state)
{
	struct sink *s;
	uint8_t got[BLOCK];
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(open_stdout(fds[1], &s, NULL), 0);
	close(fds[1]);
	assert_int_equal(sink_write(s, block, BLOCK, NULL), 0);
	assert_int_equal(sink_bytes(s), BLOCK);
	assert_int_equal(sink_close(s, NULL), 0);
	assert_int_equal(read(fds[0], got, BLOCK), BLOCK);
	assert_memory_equal(got, block, BLOCK);
	assert_int_equal(read(fds[0], got, BLOCK), 0);
	close(fds[0]);
}

static void a_terminal_is_refused(void **state)
{
	struct sink *s;
	struct error err = {0};
	int fd = open("/dev/tty", O_RDWR);

	(void)state;
	if (fd < 0)
		skip();
	assert_int_equal(open_stdout(fd, &s, &err), ERR_USAGE);
	close(fd);
}

static void a_pipe_that_nobody_reads_is_a_failure_and_stays_one(void **state)
{
	struct error err = {0};
	struct sink *s;
	int fds[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(open_stdout(fds[1], &s, NULL), 0);
	close(fds[1]);
	close(fds[0]);
	assert_int_equal(sink_write(s, block, BLOCK, &err), ERR_IO);
	assert_int_equal(err.sys_errno, EPIPE);
	assert_int_equal(sink_write(s, block, BLOCK, &err), ERR_IO);
	assert_non_null(strstr(err.text, "earlier failure"));
	assert_false(sink_can_go_on(s));
	assert_int_equal(sink_bytes(s), 0);
	sink_close(s, NULL);
	signal(SIGPIPE, SIG_DFL);
}

/* Write until it fails: what is left is whole blocks; what fits may come after. */
static void fill(struct sink *s, const char *name, int sys_errno, bool room)
{
	struct error err = {0};
	long blocks = 0;

	while (sink_write(s, block, BLOCK, &err) == 0)
		blocks++;
	assert_int_equal(err.status, ERR_IO);
	assert_int_equal(err.sys_errno, sys_errno);
	assert_true(blocks > 0);
	assert_int_equal(sink_bytes(s), blocks * BLOCK);
	assert_int_equal(size_of(name), blocks * BLOCK);
	assert_true(sink_can_go_on(s));
	assert_int_equal(sink_write(s, block, BLOCK, &err), ERR_IO);
	assert_int_equal(size_of(name), blocks * BLOCK);
	assert_int_equal(sink_write(s, block, 1, &err), room ? 0 : ERR_IO);
	sink_close(s, NULL);
	assert_int_equal(size_of(name), blocks * BLOCK + (room ? 1 : 0));
}

static void a_block_that_does_not_fit_is_cut_off(void **state)
{
	struct rlimit old, small;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 5 * BLOCK + BLOCK / 2;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	fill(open_new(path), path, EFBIG, true);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
}

static void a_full_disk_keeps_whole_blocks(void **state)
{
	char command[200], name[80];

	(void)state;
	snprintf(command, sizeof(command), "mount -t tmpfs -o size=64k tmpfs %s 2>/dev/null", disk);
	is_mounted = geteuid() == 0 && system(command) == 0;
	if (!is_mounted)
		skip(); /* needs root, and a Linux that lets it mount */
	snprintf(name, sizeof(name), "%s/tape", disk);
	fill(open_new(name), name, ENOSPC, 65536 % BLOCK);
}

#define TEST(name) cmocka_unit_test_teardown(name, remove_tape)

static void what_is_held_back_leaves_the_file_in_order(void **state)
{
	struct error err = {0};
	struct sink *s = NULL;
	struct stat st;

	(void)state;
	assert_int_equal(sink_open(path, true, &s, NULL), OK);
	assert_int_equal(sink_write(s, block, 10, NULL), OK);
	sink_hold(s, "kept free");
	assert_int_equal(sink_write(s, block, 10, &err), ERR_IO);
	assert_string_equal(err.text, "kept free");
	assert_true(sink_can_go_on(s));
	assert_int_equal(sink_bytes(s), 10);
	sink_hold(s, NULL);
	assert_int_equal(sink_write(s, block, 5, NULL), OK);
	assert_int_equal(fstat(sink_fd(s), &st), 0);
	assert_int_equal(st.st_size, 15);
	assert_int_equal(sink_close(s, NULL), OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_file_is_private_and_holds_what_was_written),
		TEST(an_existing_file_is_not_overwritten),
		TEST(force_overwrites),
		TEST(a_link_to_nowhere_is_not_followed),
		TEST(a_place_that_cannot_be_written_is_named),
		TEST(memory_keeps_everything),
		TEST(a_file_is_not_memory),
		TEST(standard_output_is_a_pipe),
		TEST(a_terminal_is_refused),
		TEST(a_pipe_that_nobody_reads_is_a_failure_and_stays_one),
		TEST(a_block_that_does_not_fit_is_cut_off),
		TEST(what_is_held_back_leaves_the_file_in_order),
		TEST(a_full_disk_keeps_whole_blocks),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
