/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* tracked.c -- runs a tracker over a built tape. */
#include "tests/analyze/tracked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void take_all(struct tracked *t)
{
	const struct life *l;

	while ((l = tracker_take(t->tracker))) {
		struct life *kept = &t->lives[l->conn - 1];

		assert_in_range(l->conn, 1, TRACKED_MAX);
		assert_int_equal(kept->conn, 0);
		*kept = *l;
		kept->past = NULL;
		if (l->past) {
			t->pasts[l->conn - 1] = *l->past;
			kept->past = &t->pasts[l->conn - 1];
		}
		t->is_uncertain[l->conn - 1] = tracker_is_uncertain(t->tracker, l);
		t->count++;
	}
}

static unsigned compare_all(const struct tracked *t, struct tracker *other)
{
	const struct life *l;
	unsigned count = 0;

	for (; (l = tracker_take(other)); count++) {
		assert_in_range(l->conn, 1, TRACKED_MAX);
		assert_memory_equal(l, &t->lives[l->conn - 1], offsetof(struct life, hash));
	}
	return count;
}

/* Lives are the same when events are fed in runs. */
static void check_runs(const struct tracked *t, struct build_tape *b)
{
	struct tracker *other = tracker_new();
	struct cursor *cursor;
	struct sighting seen;
	struct item item;
	struct error err;
	unsigned count = 0;
	int rc;

	assert_non_null(other);
	assert_int_equal(cursor_open(b->source, &cursor, &err), 0);
	while ((rc = cursor_next(cursor, &item, &err)) == 0) {
		assert_int_equal(tracker_feed(other, &item, &seen, &err), 0);
		do {
			count += compare_all(t, other);
			rc = tracker_feed_run(other, cursor_run(cursor), &item.event, &seen, &err);
		} while (rc == 0);
		assert_int_equal(rc, END);
	}
	assert_int_equal(rc, END);
	tracker_stop(other);
	count += compare_all(t, other);
	assert_int_equal(count, t->count);
	assert_int_equal(tracker_event_count(other), tracker_event_count(t->tracker));
	cursor_close(cursor);
	tracker_free(other);
}

void track(struct tracked *t, struct build_tape *b)
{
	struct cursor *cursor = tape_ready(b);
	struct sighting seen;
	struct item item;
	struct error err;
	int rc;

	memset(t, 0, sizeof(*t));
	t->tracker = tracker_new();
	assert_non_null(t->tracker);
	while ((rc = cursor_next(cursor, &item, &err)) == 0) {
		assert_int_equal(tracker_feed(t->tracker, &item, &seen, &err), 0);
		take_all(t);
		if (tracker_life_count(t->tracker) - t->count > t->most_open)
			t->most_open = (unsigned)tracker_life_count(t->tracker) - t->count;
	}
	assert_int_equal(rc, 1);
	tracker_stop(t->tracker);
	take_all(t);
	assert_int_equal(t->count, tracker_life_count(t->tracker));
	check_runs(t, b);
}

void tracked_release(struct tracked *t)
{
	tracker_free(t->tracker);
	memset(t, 0, sizeof(*t));
}
