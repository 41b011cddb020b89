/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* stop.c -- four signals through a signalfd. */
#include "record/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct stop {
	int fd;
	int request; /* signal, or 0 */
	bool is_turn_asked;
	bool turns_on_hangup;
	struct sigaction former_pipe, former_size;
};

/* All but for those that are ignored. */
static sigset_t wanted_signals(void)
{
	const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
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
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGPIPE, &ignore, &s->former_pipe);
	sigaction(SIGXFSZ, &ignore, &s->former_size);
	*out = s;
	return OK;
}

void stop_close(struct stop *s)
{
	if (!s)
		return;
	stop_requested(s); /* what has arrived is answered */
	close(s->fd);
	sigaction(SIGPIPE, &s->former_pipe, NULL);
	sigaction(SIGXFSZ, &s->former_size, NULL);
	free(s);
}

int stop_fd(const struct stop *s)
{
	return s->fd;
}

void stop_turn_on_hangup(struct stop *s)
{
	int fd = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);

	s->turns_on_hangup = fd < 0;
	if (fd >= 0)
		close(fd);
}

static void take_signals(struct stop *s)
{
	struct signalfd_siginfo info;

	while (read(s->fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		int signal = (int)info.ssi_signo;

		if (signal == SIGUSR1 || (signal == SIGHUP && s->turns_on_hangup))
			s->is_turn_asked = true;
		else if (s->request == 0)
			s->request = signal;
	}
}

int stop_requested(struct stop *s)
{
	take_signals(s);
	return s->request;
}

bool stop_take_turn(struct stop *s)
{
	bool is_asked;

	take_signals(s);
	is_asked = s->is_turn_asked;
	s->is_turn_asked = false;
	return is_asked;
}
