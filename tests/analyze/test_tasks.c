/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_tasks.c -- tasks are those that binding_task() tells, however often they are asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/tasks.h"
#include "tests/analyze/tracked.h"

static const uint64_t T0 = 1000000000000;

static void check(struct tasks *tasks, const struct tracker *t, const struct sighting *seen,
		  const struct event *ev)
{
	const struct task *task = tasks_find(tasks, tracker_binding(t), seen->bound, ev);
	struct task_facts facts;

	assert_non_null(task);
	assert_true(tracker_task(t, ev, &facts));
	assert_int_equal(task->pid, facts.pid);
	assert_int_equal(task->len, view_len(facts.comm));
	assert_memory_equal(task->comm, facts.comm.p, task->len);
	assert_ptr_equal(tasks_find(tasks, tracker_binding(t), seen->bound, ev), task);
}

static void every_event_has_the_task_that_it_tells(void **state)
{
	struct build_tape b = {0};
	struct tracker *t = tracker_new();
	struct tasks tasks;
	struct cursor *cursor;
	struct sighting seen;
	struct item item;
	struct error err;
	unsigned count = 0;

	(void)state;
	tasks_init(&tasks);
	tape_begin(&b);
	tape_hello(&b, T0);
	cursor = tape_ready(&b);
	while (cursor_next(cursor, &item, &err) == 0) {
		assert_int_equal(tracker_feed(t, &item, &seen, &err), 0);
		if (item.kind != ITEM_EVENT || !seen.bound ||
		    !event_ref(&item.event, seen.bound->task_ref))
			continue;
		check(&tasks, t, &seen, &item.event);
		count++;
	}
	assert_true(count > 2);
	tasks_release(&tasks);
	tracker_free(t);
	tape_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_event_has_the_task_that_it_tells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
