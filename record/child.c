/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * child.c -- fork early, exec late. Two pipes: `go` holds the child back until the
 * parent writes an order (or ends, which ends the child too); `failure` is closed by a
 * successful exec and carries errno otherwise.
 */
#include "record/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record/span.h"

enum order { ORDER_RUN = 'r', ORDER_DIVERT = 'd' };

enum { CANNOT_RUN = 127 }; /* exit status, as a shell's */

struct child {
	char *const *argv;
	pid_t pid;
	int pid_fd;     /* -1 if the kernel has none */
	int go_fd;      /* -1 once it was let go */
	int failure_fd; /* -1 once it was let go */
	bool is_diverted;
	bool has_ended;
	int status;
};

static int cannot_run(const char *program, int failure, struct error *err)
{
	return error_set(err, ERR_USAGE, "cannot run '%.100s': %s", program, strerror(failure));
}

/* Whether `dir`/`program` can be executed; `dir` "" is the current one. */
static bool is_in(struct span dir, const char *program)
{
	char path[4096];
	size_t dir_len = span_len(dir), len = strlen(program);

	if (dir_len + len + 2 > sizeof(path))
		return false;
	memcpy(path, dir.p, dir_len);
	if (dir_len > 0)
		path[dir_len++] = '/';
	memcpy(path + dir_len, program, len + 1);
	return access(path, X_OK) == 0;
}

/* As execvp() will look for it: a typing error shows before anything is recorded. */
static int look_for(const char *program, struct error *err)
{
	const char *path = getenv("PATH");
	struct span rest;

	if (strchr(program, '/'))
		return access(program, X_OK) == 0 ? OK : cannot_run(program, errno, err);
	if (!path)
		return OK; /* leave it to execvp() and its default */
	for (rest = span_of(path, strlen(path)); rest.p < rest.end;)
		if (is_in(span_take(&rest, ':'), program))
			return OK;
	return cannot_run(program, ENOENT, err);
}

/* The recorder's own ways with signals are not the command's. */
static void reset_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
}

/* In the child: wait for an order, then become the command. */
static void become(char *const argv[], int go_fd, int failure_fd)
{
	char order = 0;
	ssize_t got;
	int failure;

	do
		got = read(go_fd, &order, 1);
	while (got < 0 && errno == EINTR);
	if (got != 1)
		_exit(CANNOT_RUN);
	reset_signals();
	if (order == ORDER_DIVERT)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	execvp(argv[0], argv);
	failure = errno;
	if (write(failure_fd, &failure, sizeof(failure)) < 0)
		_exit(CANNOT_RUN);
	_exit(CANNOT_RUN);
}

static void close_pair(const int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

static int open_pipes(int go[2], int failure[2], struct error *err)
{
	if (pipe2(go, O_CLOEXEC) != 0)
		return error_sys(err, errno, "cannot make a pipe");
	if (pipe2(failure, O_CLOEXEC) == 0)
		return OK;
	error_sys(err, errno, "cannot make a pipe");
	close_pair(go);
	return ERR_IO;
}

static int start(struct child *c, struct error *err)
{
	int go[2], failure[2];

	TRY(open_pipes(go, failure, err));
	c->pid = fork();
	if (c->pid == 0) {
		close(go[1]);
		become(c->argv, go[0], failure[1]);
	}
	close(go[0]);
	close(failure[1]);
	c->go_fd = go[1];
	c->failure_fd = failure[0];
	if (c->pid < 0) {
		error_sys(err, errno, "cannot start '%.100s'", c->argv[0]);
		close(c->go_fd);
		close(c->failure_fd);
		return ERR_IO;
	}
	c->pid_fd = (int)syscall(SYS_pidfd_open, c->pid, 0);
	return OK;
}

int child_start(char *const argv[], struct child **out, struct error *err)
{
	struct child *c;

	TRY(look_for(argv[0], err));
	c = calloc(1, sizeof(*c));
	if (!c)
		return error_nomem(err);
	c->argv = argv;
	if (start(c, err) != OK) {
		free(c);
		return ERR_IO;
	}
	*out = c;
	return OK;
}

void child_divert_output(struct child *c)
{
	c->is_diverted = true;
}

/* errno of a failed exec, or 0. */
static int read_failure(int fd)
{
	int failure = 0;
	ssize_t got;

	do
		got = read(fd, &failure, sizeof(failure));
	while (got < 0 && errno == EINTR);
	return got == (ssize_t)sizeof(failure) ? failure : 0;
}

int child_go(struct child *c, struct error *err)
{
	char order = c->is_diverted ? ORDER_DIVERT : ORDER_RUN;
	int failure = 0;

	if (c->go_fd < 0)
		return OK;
	if (write(c->go_fd, &order, 1) != 1)
		failure = errno;
	close(c->go_fd);
	c->go_fd = -1;
	if (!failure)
		failure = read_failure(c->failure_fd);
	close(c->failure_fd);
	c->failure_fd = -1;
	return failure ? cannot_run(c->argv[0], failure, err) : OK;
}

int child_fd(const struct child *c)
{
	return c->pid_fd;
}

pid_t child_pid(const struct child *c)
{
	return c->pid;
}

bool child_has_ended(struct child *c, int *status)
{
	if (!c->has_ended)
		c->has_ended = waitpid(c->pid, &c->status, WNOHANG) == c->pid;
	if (c->has_ended)
		*status = c->status;
	return c->has_ended;
}

void child_signal(struct child *c, int signal)
{
	int status;

	/* Not reaped yet, so that the number still is our child's. */
	if (c->go_fd < 0 && !child_has_ended(c, &status))
		kill(c->pid, signal);
}

void child_free(struct child *c)
{
	if (!c)
		return;
	if (c->go_fd >= 0) { /* without an order it ends by itself */
		close(c->go_fd);
		close(c->failure_fd);
		while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (c->pid_fd >= 0)
		close(c->pid_fd);
	free(c);
}
