/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "record/stop.h"

static int set_up(void **state)
{
	signal(SIGHUP, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	return stop_open((struct stop **)state, NULL);
}

static int tear_down(void **state)
{
	stop_close(*state);
	return 0;
}

static bool is_readable(const struct stop *s)
{
	struct pollfd p = {.fd = stop_fd(s), .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

static void stop_is_not_requested_at_first(void **state)
{
	assert_false(is_readable(*state));
	assert_int_equal(stop_requested(*state), 0);
}

static void stop_remembers_the_first_signal(void **state)
{
	raise(SIGTERM);
	assert_true(is_readable(*state));
	assert_int_equal(stop_requested(*state), SIGTERM);
	raise(SIGINT);
	assert_int_equal(stop_requested(*state), SIGTERM);
	assert_false(is_readable(*state));
}

static void stop_takes_interrupt_and_hangup(void **state)
{
	raise(SIGHUP);
	assert_int_equal(stop_requested(*state), SIGHUP);
}

static void stop_keeps_requests_for_the_next_piece_apart(void **state)
{
	assert_false(stop_take_turn(*state));
	raise(SIGUSR1);
	assert_true(is_readable(*state));
	assert_int_equal(stop_requested(*state), 0);
	assert_true(stop_take_turn(*state));
	assert_false(stop_take_turn(*state));
	raise(SIGUSR1);
	raise(SIGTERM);
	assert_true(stop_take_turn(*state));
	assert_int_equal(stop_requested(*state), SIGTERM);
}

static void stop_makes_a_file_too_large_a_failed_write(void **state)
{
	struct rlimit before, none;
	char path[] = "/tmp/test_stop-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	unlink(path);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = before;
	none.rlim_cur = 1;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_int_equal(pwrite(fd, "x", 1, 1), -1);
	assert_int_equal(errno, EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	close(fd);
}

static void stop_close_swallows_what_has_arrived(void **state)
{
	struct stop *s = NULL;

	(void)state;
	assert_int_equal(stop_open(&s, NULL), OK);
	raise(SIGINT);
	stop_close(s); /* or this test would end here */
}

static void who_asks_again_does_not_change_how_it_ends(void **state)
{
	struct stop *s = NULL;
	sigset_t pending;
	int signal_taken;

	(void)state;
	assert_int_equal(stop_open(&s, NULL), OK);
	stop_close(s);
	raise(SIGTERM); /* or this test would end here */
	sigemptyset(&pending);
	sigaddset(&pending, SIGTERM);
	assert_int_equal(sigwait(&pending, &signal_taken), 0);
}

static void stop_leaves_ignored_signals_ignored(void **state)
{
	struct stop *s = NULL;

	(void)state;
	signal(SIGHUP, SIG_IGN);
	assert_int_equal(stop_open(&s, NULL), OK);
	raise(SIGHUP);
	assert_int_equal(stop_requested(s), 0);
	stop_close(s);
	signal(SIGHUP, SIG_DFL);
}

static void stop_makes_a_broken_pipe_a_failed_write(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	assert_int_equal(write(fds[1], "x", 1), -1);
	assert_int_equal(errno, EPIPE);
	close(fds[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stop_is_not_requested_at_first),
		TEST(stop_remembers_the_first_signal),
		TEST(stop_takes_interrupt_and_hangup),
		TEST(stop_keeps_requests_for_the_next_piece_apart),
		TEST(stop_makes_a_file_too_large_a_failed_write),
		cmocka_unit_test(stop_close_swallows_what_has_arrived),
		cmocka_unit_test(who_asks_again_does_not_change_how_it_ends),
		cmocka_unit_test(stop_leaves_ignored_signals_ignored),
		TEST(stop_makes_a_broken_pipe_a_failed_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
