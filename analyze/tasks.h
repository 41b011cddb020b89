/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tasks.h -- which process each entry of the task dictionary is: few tasks do most of what a tape
 * tells, so each entry is read once.
 */
#ifndef ANALYZE_TASKS_H
#define ANALYZE_TASKS_H

#include "analyze/binding.h"
#include "analyze/slots.h"

struct task {
	uint32_t pid;  /* 0 = idle task */
	uint8_t state; /* enum task_state (tasks.c) */
	uint8_t len;   /* of comm */
	char comm[16];
};

struct tasks {
	struct slots slots; /* of struct task */
};

/* Caller's storage. */
void tasks_init(struct tasks *t);
void tasks_reset(struct tasks *t); /* a new section begins */
void tasks_release(struct tasks *t);

/* The task that was running; NULL when the event does not tell. Lent until the next call. */
const struct task *tasks_find(struct tasks *t, const struct binding *b, const struct bound *e,
			      const struct event *ev);

#endif
