/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_tape_follow.c -- the public interface: descriptors, and tapes that are being written. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "format/block.h"
#include "format/tcptape.h"
#include "tests/format/sample_tape.h"

enum { ROWS = 100 };

/* A tape, and an empty file. */
struct desk {
	struct sample *tape;
	char path[40];
	int fd;
};

static int setup(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));

	d->tape = sample_new(ROWS, 10);
	snprintf(d->path, sizeof(d->path), "/tmp/tcptape-tape.XXXXXX");
	d->fd = mkstemp(d->path);
	*state = d;
	return d->fd < 0;
}

static int teardown(void **state)
{
	struct desk *d = *state;

	close(d->fd);
	unlink(d->path);
	sample_free(d->tape);
	free(d);
	return 0;
}

/* Bytes [from, to) of the tape go to `fd`. */
static bool copy(const struct desk *d, int fd, size_t from, size_t to)
{
	return write(fd, d->tape->data + from, to - from) == (ssize_t)(to - from);
}

/* Reads and closes it. */
static struct tcptape_health rest(struct tcptape *t)
{
	struct tcptape_health h;

	while (tcptape_next(t, NULL) > 0)
		;
	h = *tcptape_health_now(t);
	h.first_problem = NULL;
	tcptape_close(t);
	return h;
}

static void is_whole(struct tcptape *t)
{
	struct tcptape_health h = rest(t);

	assert_int_equal(h.events, ROWS);
	assert_int_equal(h.damaged_blocks, 0);
	assert_true(h.is_complete);
}

static void a_descriptor_may_be_closed_at_once(void **state)
{
	struct desk *d = *state;
	struct tcptape *t = NULL;
	int fd = dup(d->fd);

	assert_true(copy(d, d->fd, 0, d->tape->len));
	assert_int_equal(tcptape_open_fd(fd, &t, NULL), 0);
	assert_int_equal(close(fd), 0);
	is_whole(t);
}

static void a_descriptor_stays_where_and_as_it_is(void **state)
{
	struct desk *d = *state;
	struct tcptape *t = NULL;

	assert_true(copy(d, d->fd, 0, d->tape->len));
	assert_true(lseek(d->fd, 77, SEEK_SET) == 77);
	assert_int_equal(tcptape_open_fd(d->fd, &t, NULL), 0);
	is_whole(t);
	assert_true(lseek(d->fd, 0, SEEK_CUR) == 77);
}

static void a_descriptor_may_be_a_pipe(void **state)
{
	struct desk *d = *state;
	struct tcptape *t = NULL;
	int status = -1, fds[2];
	pid_t child;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(copy(d, fds[1], 0, d->tape->len) ? 0 : 1);
	close(fds[1]);
	assert_int_equal(tcptape_open_fd(fds[0], &t, NULL), 0);
	close(fds[0]);
	assert_int_equal(tcptape_follow(t, NULL), 0); /* it is waited for anyway */
	is_whole(t);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void a_descriptor_that_is_none_says_so(void **state)
{
	struct tcptape *t = NULL;
	struct tcptape_error err = {0};

	(void)state;
	assert_int_equal(tcptape_open_fd(-1, &t, &err), TCPTAPE_ERR_IO);
	assert_int_equal(err.sys_errno, EBADF);
	assert_non_null(strstr(err.text, "file descriptor -1"));
	assert_null(t);
}

static void an_empty_file_is_no_tape_and_nothing_stays_open(void **state)
{
	struct desk *d = *state;
	struct tcptape *t = NULL;
	int before = dup(d->fd), after;

	close(before);
	assert_int_equal(tcptape_open_fd(d->fd, &t, NULL), TCPTAPE_ERR_NOT_A_TAPE);
	after = dup(d->fd);
	assert_int_equal(after, before);
	close(after);
}

/* Long enough for the reader to be waiting; should it not be, the test proves less. */
static void pause_a_moment(void)
{
	struct timespec moment = {.tv_nsec = 120000000};

	nanosleep(&moment, NULL);
}

static void a_growing_tape_is_followed_to_its_end(void **state)
{
	struct desk *d = *state;
	size_t first = sample_find_block(d->tape, BLOCK_DATA, 0);
	size_t later = sample_find_block(d->tape, BLOCK_DATA, 5) + 50;
	struct tcptape *t = NULL;
	int status = -1;
	pid_t child;

	assert_true(copy(d, d->fd, 0, first));
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		pause_a_moment();
		if (!copy(d, d->fd, first, later))
			_exit(1);
		pause_a_moment();
		_exit(copy(d, d->fd, later, d->tape->len) ? 0 : 1);
	}
	assert_int_equal(tcptape_open(d->path, &t, NULL), 0);
	assert_int_equal(tcptape_follow(t, NULL), 0);
	is_whole(t);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static struct tcptape *followed;

static void stop(int signal)
{
	(void)signal;
	tcptape_unfollow(followed);
}

static void following_ends_when_it_is_asked_to(void **state)
{
	struct desk *d = *state;
	size_t len = sample_find_block(d->tape, BLOCK_DATA, 5) + 50;
	struct sigaction on = {.sa_handler = stop}, old;
	struct tcptape_health h;
	int status = -1;
	pid_t child;

	assert_true(copy(d, d->fd, 0, len));
	assert_int_equal(tcptape_open(d->path, &followed, NULL), 0);
	assert_int_equal(tcptape_follow(followed, NULL), 0);
	assert_int_equal(sigaction(SIGUSR1, &on, &old), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		pause_a_moment();
		_exit(kill(getppid(), SIGUSR1) ? 1 : 0);
	}
	while (tcptape_next(followed, NULL) > 0)
		;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(sigaction(SIGUSR1, &old, NULL), 0);
	assert_int_equal(status, 0);
	h = rest(followed);
	assert_int_equal(h.events, 50);
	assert_true(h.is_cut);
	assert_false(h.is_complete);
}

static void what_cannot_be_followed_says_why(void **state)
{
	struct desk *d = *state;
	struct tcptape_error err = {0};
	struct tcptape *t = NULL;

	assert_int_equal(tcptape_open_memory(d->tape->data, d->tape->len, &t, NULL), 0);
	assert_int_equal(tcptape_follow(t, &err), TCPTAPE_ERR_USAGE);
	assert_non_null(strstr(err.text, "memory"));
	tcptape_unfollow(t);
	is_whole(t);
	assert_true(copy(d, d->fd, 0, d->tape->len));
	assert_int_equal(tcptape_open(d->path, &t, NULL), 0);
	assert_true(tcptape_next(t, NULL) > 0);
	assert_int_equal(tcptape_follow(t, &err), TCPTAPE_ERR_USAGE);
	assert_non_null(strstr(err.text, "tcptape_next"));
	is_whole(t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_descriptor_may_be_closed_at_once),
		TEST(a_descriptor_stays_where_and_as_it_is),
		TEST(a_descriptor_may_be_a_pipe),
		TEST(a_descriptor_that_is_none_says_so),
		TEST(an_empty_file_is_no_tape_and_nothing_stays_open),
		TEST(a_growing_tape_is_followed_to_its_end),
		TEST(following_ends_when_it_is_asked_to),
		TEST(what_cannot_be_followed_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
