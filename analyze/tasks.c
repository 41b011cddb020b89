/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* tasks.c -- entries of the task dictionary, remembered. */
#include "analyze/tasks.h"

#include <string.h>

#include "format/run.h"

enum task_state { TASK_NEW = 0, TASK_KNOWN, TASK_UNKNOWN };

void tasks_init(struct tasks *t)
{
	slots_init(&t->slots, sizeof(struct task));
}

void tasks_reset(struct tasks *t)
{
	slots_reset(&t->slots);
}

void tasks_release(struct tasks *t)
{
	slots_release(&t->slots);
}

static void read_task(struct task *task, const struct binding *b, const struct bound *e,
		      const struct event *ev)
{
	struct task_facts facts;
	size_t len;

	task->state = TASK_UNKNOWN;
	if (!binding_task(b, e, ev, &facts))
		return;
	len = view_len(facts.comm);
	task->state = TASK_KNOWN;
	task->pid = facts.pid;
	task->len = (uint8_t)(len < sizeof(task->comm) ? len : sizeof(task->comm));
	if (len)
		memcpy(task->comm, facts.comm.p, task->len);
}

const struct task *tasks_find(struct tasks *t, const struct binding *b, const struct bound *e,
			      const struct event *ev)
{
	uint32_t id = e->task_ref ? run_ref(ev, e->task_ref) : 0;
	struct task *task = id ? slots_at(&t->slots, run_epoch(ev), id) : NULL;

	if (task && task->state == TASK_NEW)
		read_task(task, b, e, ev);
	return task && task->state == TASK_KNOWN ? task : NULL;
}
