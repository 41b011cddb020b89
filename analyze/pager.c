/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* pager.c -- a child that reads from a pipe what would have been printed. */
#include "analyze/pager.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

/* For the handler, while a pager runs. */
static volatile sig_atomic_t running;
static int streams[2];

/* The terminal belongs to the pager until its user quits: only then may the shell go on. */
static void on_interrupt(int number)
{
	for (size_t i = 0; i < 2; i++)
		if (streams[i] >= 0)
			close(streams[i]);
	while (waitpid((pid_t)running, NULL, 0) < 0 && errno == EINTR)
		;
	signal(number, SIG_DFL);
	raise(number);
}

/* Is there a program of that name? `word` has no '/'. */
static bool is_on_path(const char *word, size_t len)
{
	const char *path = getenv("PATH");
	char file[PATH_BYTES];

	for (const char *p = path ? path : ""; *p;) {
		size_t dir = strcspn(p, ":");

		if (dir && dir + len + 2 <= sizeof(file)) {
			snprintf(file, sizeof(file), "%.*s/%.*s", (int)dir, p, (int)len, word);
			if (access(file, X_OK) == 0)
				return true;
		}
		p += dir + (p[dir] == ':');
	}
	return false;
}

static bool is_program(const char *word, size_t len)
{
	char file[PATH_BYTES];

	if (!memchr(word, '/', len))
		return is_on_path(word, len);
	return (size_t)snprintf(file, sizeof(file), "%.*s", (int)len, word) < sizeof(file) &&
	       access(file, X_OK) == 0;
}

/* What to run, or NULL for nothing. */
static const char *pager_command(void)
{
	const char *command = getenv("PAGER");
	size_t len;

	if (!command)
		command = "less";
	len = strcspn(command, " \t|&;<>()$`\\\"'*?[#~=%");
	if (!len || strcmp(command, "cat") == 0)
		return NULL;
	/* What the shell would have to make sense of is left to the shell. */
	if ((command[len] == '\0' || command[len] == ' ') && !is_program(command, len))
		return NULL;
	return command;
}

static void become(const char *command, const int ends[2])
{
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	close(ends[1]);
	setenv("LESS", "FRX", 0);
	setenv("LV", "-c", 0);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

/* Have the stream write into the pipe; returns where it led before, or -1. */
static int divert(FILE *stream, int end)
{
	int before;

	if (!isatty(fileno(stream)))
		return -1;
	fflush(stream);
	before = dup(fileno(stream));
	if (before >= 0)
		dup2(end, fileno(stream));
	return before;
}

bool pager_start(struct pager *p, FILE *out, FILE *err)
{
	const char *command = isatty(fileno(out)) ? pager_command() : NULL;
	int ends[2];
	pid_t pid;

	if (!command || pipe(ends) < 0)
		return false;
	fflush(out);
	fflush(err);
	pid = fork();
	if (pid == 0)
		become(command, ends);
	close(ends[0]);
	if (pid < 0) {
		close(ends[1]);
		return false;
	}
	p->pid = pid;
	p->out = divert(out, ends[1]);
	p->err = divert(err, ends[1]);
	close(ends[1]);
	streams[0] = fileno(out);
	streams[1] = p->err < 0 ? -1 : fileno(err);
	running = (sig_atomic_t)pid;
	signal(SIGINT, on_interrupt);
	signal(SIGTERM, on_interrupt);
	return true;
}

static void restore(FILE *stream, int before)
{
	fflush(stream);
	if (before < 0)
		return;
	dup2(before, fileno(stream));
	close(before);
}

void pager_finish(struct pager *p, FILE *out, FILE *err)
{
	if (!p->pid)
		return;
	restore(out, p->out);
	restore(err, p->err);
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		;
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	*p = (struct pager){0};
}
