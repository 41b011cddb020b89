/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* filter_watch.c -- a descriptor for each process. */
#include "record/filter_watch.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PID_GONE = -2 }; /* not told yet */

void filter_watch_begin(struct filter_watch *w, const struct filter *f)
{
	w->filter = f;
	for (size_t i = 0; i < f->counts[FILTER_PID]; i++) {
		w->pid_fds[i] = (int)syscall(SYS_pidfd_open, f->pids[i], 0);
		if (w->pid_fds[i] < 0 && errno == ESRCH)
			w->pid_fds[i] = PID_GONE;
	}
}

void filter_watch_end(struct filter_watch *w)
{
	for (size_t i = 0; w->filter && i < w->filter->counts[FILTER_PID]; i++)
		if (w->pid_fds[i] >= 0)
			close(w->pid_fds[i]);
	w->filter = NULL;
}

void filter_watch_tick(struct filter_watch *w, struct error *news)
{
	for (size_t i = 0; w->filter && i < w->filter->counts[FILTER_PID]; i++) {
		struct pollfd p = {.fd = w->pid_fds[i], .events = POLLIN};

		if (p.fd != PID_GONE && (p.fd < 0 || poll(&p, 1, 0) != 1))
			continue;
		if (p.fd >= 0)
			close(p.fd);
		w->pid_fds[i] = -1;
		error_set(news, ERR_USAGE, "--pid %" PRIu32 ": this process has ended",
			  w->filter->pids[i]);
		return;
	}
}

void filter_watch_nothing(const struct filter_watch *w, uint64_t others, struct error *news)
{
	struct filter_line line, more;
	bool is_more;
	size_t at = 0;

	if (!w->filter || !filter_next(w->filter, &at, &line))
		return;
	is_more = filter_next(w->filter, &at, &more);
	error_set(news, ERR_USAGE,
		  "no event fits the filter (%s%s); %" PRIu64
		  " other connections were opened meanwhile",
		  line.text, is_more ? ", ..." : "", others);
}
