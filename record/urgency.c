/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* urgency.c -- nice, and real time while the ring fills up. */
#include "record/urgency.h"

#include <sched.h>
#include <sys/resource.h>

enum {
	USUAL_NICE = -10,
	HIGH_SHARE = 10, /* fuller than that: high; programs wake us at an eighth */
	LOW_SHARE = 64,  /* emptier than that: back to the usual */
};

void urgency_begin(struct urgency *u)
{
	*u = (struct urgency){0};
	setpriority(PRIO_PROCESS, 0, USUAL_NICE);
}

static bool set_policy(int policy, int priority)
{
	const struct sched_param param = {.sched_priority = priority};

	return sched_setscheduler(0, policy | SCHED_RESET_ON_FORK, &param) == 0;
}

void urgency_hurry(struct urgency *u)
{
	if (u->is_high || u->is_refused)
		return;
	u->is_high = set_policy(SCHED_RR, 1);
	u->is_refused = !u->is_high;
}

void urgency_update(struct urgency *u, size_t waiting, size_t size)
{
	if (waiting > size / HIGH_SHARE)
		urgency_hurry(u);
	else if (u->is_high && waiting < size / LOW_SHARE)
		u->is_high = !set_policy(SCHED_OTHER, 0);
}
