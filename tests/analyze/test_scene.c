/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_scene.c -- moments are kept, sorted, linked and claimed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/scene.h"

static struct error err;

static void add(struct scene *s, uint64_t ts, enum event_kind kind, uint64_t conn, int32_t value)
{
	struct moment m = {.ts_ns = ts,
			   .order = s->count,
			   .kind = (uint8_t)kind,
			   .conn = conn,
			   .value = value};

	assert_int_equal(scene_add(s, &m, &err), 0);
}

static void equal_times_keep_the_order_of_arrival(void **state)
{
	struct scene s = {0};

	(void)state;
	add(&s, 20, EVENT_STATE, 1, 0);
	add(&s, 10, EVENT_STATE, 1, 0);
	add(&s, 10, EVENT_PROBE, 1, 0);
	scene_sort(&s);
	assert_int_equal(s.moments[0].order, 1);
	assert_int_equal(s.moments[1].order, 2);
	assert_int_equal(s.moments[2].order, 0);
	scene_release(&s);
}

static void send_call_begins_with_its_first_buffer(void **state)
{
	struct scene s = {0};

	(void)state;
	add(&s, 10, EVENT_SENDMSG, 1, 0);
	add(&s, 11, EVENT_SENDMSG, 2, 0); /* another socket's */
	add(&s, 12, EVENT_SENDMSG, 1, 0);
	add(&s, 20, EVENT_SEND_LENGTH, 1, 500);
	scene_link_calls(&s);
	assert_true(s.moments[0].is_call_start);
	assert_int_equal(s.moments[0].value, 500);
	assert_false(s.moments[1].is_call_start);
	assert_false(s.moments[2].is_call_start);
	assert_true(s.moments[3].is_call_end);
	assert_int_equal(s.moments[3].duration_ns, 10);
	scene_release(&s);
}

static void call_without_buffers_is_told_when_it_returns(void **state)
{
	struct scene s = {0};

	(void)state;
	add(&s, 10, EVENT_SENDMSG, 1, 0);
	add(&s, 20, EVENT_SEND_LENGTH, 1, 500);
	add(&s, 30, EVENT_SEND_LENGTH, 1, 7);
	add(&s, 40, EVENT_SENDMSG, 1, 0);
	add(&s, 50, EVENT_SEND_LENGTH, 1, -32);
	scene_link_calls(&s);
	assert_false(s.moments[2].is_call_end);
	assert_false(s.moments[3].is_call_start); /* it failed */
	scene_release(&s);
}

static struct tuple tuple_at(uint16_t port)
{
	return (struct tuple){.local = {.port = port}, .remote = {.port = 80}};
}

static void strays_are_claimed_by_either_side_once(void **state)
{
	struct strays *s = calloc(1, sizeof(*s));
	struct tuple mine = tuple_at(5), theirs = tuple_reversed(&mine), other = tuple_at(6);
	struct moment m = {.ts_ns = 100};
	struct stray out;
	size_t at = 0;

	(void)state;
	strays_add(s, &mine, &m);
	strays_add(s, &other, &m);
	strays_add(s, &theirs, &m);
	assert_true(strays_take(s, &mine, 0, &at, &out));
	assert_true(strays_take(s, &mine, 0, &at, &out));
	assert_true(tuple_equal(&out.tuple, &theirs));
	assert_false(strays_take(s, &mine, 0, &at, &out));
	at = 0;
	assert_false(strays_take(s, &mine, 0, &at, &out));
	assert_int_equal(s->waiting, 1);
	free(s);
}

static void strays_that_are_too_old_stay(void **state)
{
	struct strays *s = calloc(1, sizeof(*s));
	struct tuple mine = tuple_at(5);
	struct moment m = {.ts_ns = 100};
	struct stray out;
	size_t at = 0;

	(void)state;
	strays_add(s, &mine, &m);
	assert_false(strays_take(s, &mine, 101, &at, &out));
	free(s);
}

static void oldest_stray_makes_room(void **state)
{
	struct strays *s = calloc(1, sizeof(*s));
	struct tuple first = tuple_at(1);
	struct moment m = {.ts_ns = 100};
	struct stray out;
	size_t at = 0;

	(void)state;
	for (unsigned i = 0; i <= STRAYS_MAX; i++) {
		struct tuple t = tuple_at((uint16_t)(1 + i));

		strays_add(s, &t, &m);
	}
	assert_int_equal(s->waiting, STRAYS_MAX);
	assert_false(strays_take(s, &first, 0, &at, &out));
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_times_keep_the_order_of_arrival),
		cmocka_unit_test(send_call_begins_with_its_first_buffer),
		cmocka_unit_test(call_without_buffers_is_told_when_it_returns),
		cmocka_unit_test(strays_are_claimed_by_either_side_once),
		cmocka_unit_test(strays_that_are_too_old_stay),
		cmocka_unit_test(oldest_stray_makes_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
