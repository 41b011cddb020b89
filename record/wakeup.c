/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* wakeup.c -- an epoll descriptor. */
#include "record/wakeup.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

int wakeup_open(struct wakeup *w, struct error *err)
{
	w->fd = epoll_create1(EPOLL_CLOEXEC);
	return w->fd < 0 ? error_sys(err, errno, "cannot wait for events") : 0;
}

void wakeup_close(struct wakeup *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

int wakeup_add(struct wakeup *w, int fd, bool is_edge, struct error *err)
{
	struct epoll_event e = {.events = EPOLLIN | (is_edge ? (uint32_t)EPOLLET : 0),
				.data = {.fd = fd}};

	if (fd >= 0 && epoll_ctl(w->fd, EPOLL_CTL_ADD, fd, &e))
		return error_sys(err, errno, "cannot wait for events on descriptor %d", fd);
	return 0;
}

void wakeup_wait(const struct wakeup *w, int timeout_ms)
{
	struct epoll_event events[4];

	epoll_wait(w->fd, events, 4, timeout_ms);
}
