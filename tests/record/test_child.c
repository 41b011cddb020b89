/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record/child.h"
#include "record/stop.h"

enum { PATIENCE_MS = 10000 };

static struct child *start(const char *const *argv)
{
	struct child *c = NULL;
	struct error err = {0};

	if (child_start((char *const *)argv, &c, &err) != OK)
		fail_msg("%s", err.text);
	return c;
}

#define START(...) start((const char *const[]){__VA_ARGS__, NULL})

/* Its status from waitpid(), once it has ended. */
static int status_of(struct child *c)
{
	struct pollfd p = {.fd = child_fd(c), .events = POLLIN};
	int status = -1;

	for (int waited = 0; waited < PATIENCE_MS; waited += 10) {
		if (child_has_ended(c, &status))
			return status;
		poll(&p, p.fd >= 0, 10);
	}
	fail_msg("the child goes on and on");
	return status;
}

static void child_waits_until_it_is_let_go(void **state)
{
	struct child *c = START("true");
	int status = -1;

	(void)state;
	usleep(20000);
	assert_false(child_has_ended(c, &status));
	assert_int_equal(status, -1);
	assert_int_equal(child_go(c, NULL), OK);
	assert_int_equal(status_of(c), 0);
	assert_true(child_has_ended(c, &status)); /* and it stays so */
	child_free(c);
}

static void child_tells_the_exit_status_of_the_command(void **state)
{
	struct child *c = START("sh", "-c", "exit 3");
	int status;

	(void)state;
	assert_int_equal(child_go(c, NULL), OK);
	status = status_of(c);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);
	child_free(c);
}

static void child_that_does_not_exist_is_known_before_it_starts(void **state)
{
	const char *const missing[] = {"no-such-program-here", NULL};
	const char *const path[] = {"/nowhere/program", NULL};
	struct child *c = NULL;
	struct error err = {0};

	(void)state;
	assert_int_equal(child_start((char *const *)missing, &c, &err), ERR_USAGE);
	assert_string_equal(err.text,
			    "cannot run 'no-such-program-here': No such file or directory");
	assert_int_equal(child_start((char *const *)path, &c, &err), ERR_USAGE);
	assert_string_equal(err.text, "cannot run '/nowhere/program': No such file or directory");
	assert_null(c);
}

static void child_that_cannot_be_run_is_reported_when_it_is_let_go(void **state)
{
	struct child *c = START("/"); /* looks executable, but is a directory */
	struct error err = {0};

	(void)state;
	assert_int_equal(child_go(c, &err), ERR_USAGE);
	assert_string_equal(err.text, "cannot run '/': Permission denied");
	assert_true(WIFEXITED(status_of(c)));
	child_free(c);
}

static void child_that_is_never_let_go_ends(void **state)
{
	struct child *c = START("true");
	pid_t pid = child_pid(c);

	(void)state;
	child_free(c);
	assert_int_equal(kill(pid, 0), -1);
}

static void child_signal_reaches_it(void **state)
{
	struct child *c = START("sleep", "100");
	int status;

	(void)state;
	child_signal(c, SIGTERM); /* too early, nothing happens */
	assert_int_equal(child_go(c, NULL), OK);
	child_signal(c, SIGTERM);
	status = status_of(c);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
	child_signal(c, SIGTERM);
	child_free(c);
}

static void child_has_default_signals_while_the_recorder_has_not(void **state)
{
	struct stop *stop = NULL;
	struct child *c;
	int status;

	(void)state;
	assert_int_equal(stop_open(&stop, NULL), OK);
	c = START("sh", "-c", "kill -PIPE $$; exit 0");
	assert_int_equal(child_go(c, NULL), OK);
	status = status_of(c);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGPIPE);
	child_free(c);
	c = START("sh", "-c", "kill -INT $$; exit 0");
	assert_int_equal(child_go(c, NULL), OK);
	status = status_of(c);
	assert_true(WIFSIGNALED(status));
	child_free(c);
	stop_close(stop);
}

static void child_output_can_be_diverted_to_standard_error(void **state)
{
	struct child *c;
	int fds[2], former = dup(STDERR_FILENO);
	char text[8] = {0};

	(void)state;
	assert_int_equal(pipe(fds), 0);
	c = START("echo", "hello");
	child_free(c); /* never let go: writes nothing */
	dup2(fds[1], STDERR_FILENO);
	c = START("echo", "hello");
	dup2(former, STDERR_FILENO);
	child_divert_output(c);
	assert_int_equal(child_go(c, NULL), OK);
	assert_int_equal(status_of(c), 0);
	assert_int_equal(read(fds[0], text, sizeof(text) - 1), 6);
	assert_string_equal(text, "hello\n");
	close(fds[0]);
	close(fds[1]);
	close(former);
	child_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(child_waits_until_it_is_let_go),
		cmocka_unit_test(child_tells_the_exit_status_of_the_command),
		cmocka_unit_test(child_that_does_not_exist_is_known_before_it_starts),
		cmocka_unit_test(child_that_cannot_be_run_is_reported_when_it_is_let_go),
		cmocka_unit_test(child_that_is_never_let_go_ends),
		cmocka_unit_test(child_signal_reaches_it),
		cmocka_unit_test(child_has_default_signals_while_the_recorder_has_not),
		cmocka_unit_test(child_output_can_be_diverted_to_standard_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
