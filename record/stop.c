/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* stop.c -- three signals through a signalfd. */
#include "record/stop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct stop {
	int fd;
	int request; /* signal, or 0 */
	sigset_t former_mask;
	struct sigaction former_pipe;
};

/* SIGINT, SIGTERM and SIGHUP, but for those that are ignored. */
static sigset_t wanted_signals(void)
{
	const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct sigaction now;

		if (sigaction(signals[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaddset(&set, signals[i]);
	}
	return set;
}

int stop_open(struct stop **out, struct error *err)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigset_t set = wanted_signals();
	struct stop *s = calloc(1, sizeof(*s));

	if (!s)
		return error_nomem(err);
	s->fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (s->fd < 0) {
		error_sys(err, errno, "cannot take signals through a descriptor");
		free(s);
		return ERR_IO;
	}
	sigprocmask(SIG_BLOCK, &set, &s->former_mask);
	sigaction(SIGPIPE, &ignore, &s->former_pipe);
	*out = s;
	return OK;
}

void stop_close(struct stop *s)
{
	if (!s)
		return;
	stop_requested(s); /* what has arrived is answered, not delivered now */
	close(s->fd);
	sigaction(SIGPIPE, &s->former_pipe, NULL);
	sigprocmask(SIG_SETMASK, &s->former_mask, NULL);
	free(s);
}

int stop_fd(const struct stop *s)
{
	return s->fd;
}

int stop_requested(struct stop *s)
{
	struct signalfd_siginfo info;

	while (read(s->fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		if (s->request == 0)
			s->request = (int)info.ssi_signo;
	return s->request;
}
