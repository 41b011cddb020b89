/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* pace.c -- nanosleep() in a loop: clock_nanosleep() is not everywhere. */
#include "analyze/pace.h"

#include <time.h>

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Tape time that has passed, on the watch of whoever looks; a day at most, so that a
 * wrong time on a tape cannot stop the show for ever. */
static uint64_t due_after(const struct pace *p, uint64_t ts_ns)
{
	const double longest = 86400e9;
	double ns;

	if (ts_ns <= p->first_ns)
		return 0;
	ns = (double)(ts_ns - p->first_ns) / p->speed;
	return (uint64_t)(ns < longest ? ns : longest);
}

void pace_wait(struct pace *p, uint64_t ts_ns)
{
	uint64_t due, now;

	if (p->speed <= 0)
		return;
	if (!p->is_started) {
		p->is_started = true;
		p->first_ns = ts_ns;
		p->started_ns = now_ns();
		return;
	}
	due = p->started_ns + due_after(p, ts_ns);
	while ((now = now_ns()) < due) {
		struct timespec t = {.tv_sec = (time_t)((due - now) / 1000000000),
				     .tv_nsec = (long)((due - now) % 1000000000)};

		nanosleep(&t, NULL);
	}
}
