/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_binding.c -- names become indexes, and anything may be missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/binding.h"
#include "analyze/sock_facts.h"
#include "tests/analyze/build_tape.h"

/* Binds the tape and stops at its n-th event (from 0). */
struct bound_tape {
	struct build_tape b;
	struct binding binding;
	struct item item;
	const struct bound *e;
};

static void bind_to(struct bound_tape *t, unsigned n)
{
	struct cursor *cursor = tape_ready(&t->b);
	struct error err;

	while (cursor_next(cursor, &t->item, &err) == 0) {
		if (t->item.kind == ITEM_SECTION || t->item.kind == ITEM_SCHEMA)
			assert_int_equal(binding_update(&t->binding, t->item.section, &err), 0);
		if (t->item.kind != ITEM_EVENT)
			continue;
		t->e = binding_find(&t->binding, &t->item.event);
		assert_non_null(t->e);
		if (n-- == 0)
			return;
	}
	fail_msg("the tape has too few events");
}

static void release(struct bound_tape *t)
{
	binding_release(&t->binding);
	tape_release(&t->b);
}

static void known_events_and_their_fields_are_found(void **state)
{
	struct bound_tape t = {0};

	(void)state;
	tape_begin(&t.b);
	tape_recv(&t.b, 1000, &hello_client, -104, 2);
	bind_to(&t, 0);
	assert_int_equal(t.e->kind, EVENT_RECV_LENGTH);
	assert_int_equal(bound_int32(t.e, &t.item.event, BOUND_RET, 0), -104);
	assert_int_equal(bound_int32(t.e, &t.item.event, BOUND_FLAGS, 0), 2);
	assert_int_equal(bound_int32(t.e, &t.item.event, BOUND_SEQ, 77), 77);
	release(&t);
}

static void states_are_read_by_name(void **state)
{
	struct bound_tape t = {0};

	(void)state;
	tape_begin(&t.b);
	tape_state(&t.b, 1000, &hello_client, STATE_CLOSE_WAIT, STATE_LAST_ACK);
	bind_to(&t, 0);
	assert_int_equal(bound_state(t.e, &t.item.event, BOUND_OLDSTATE), STATE_CLOSE_WAIT);
	assert_int_equal(bound_state(t.e, &t.item.event, BOUND_NEWSTATE), STATE_LAST_ACK);
	assert_int_equal(bound_state(t.e, &t.item.event, BOUND_STATE), STATE_UNKNOWN);
	release(&t);
}

static void absent_optional_value_is_missing(void **state)
{
	struct bound_tape t = {0};
	uint64_t v;

	(void)state;
	tape_begin(&t.b);
	tape_state(&t.b, 1000, &hello_client, STATE_CLOSE, STATE_SYN_SENT);
	bind_to(&t, 0);
	assert_true(t.e->field[BOUND_SND_UNA] >= 0);
	assert_false(bound_int(t.e, &t.item.event, BOUND_SND_UNA, &v));
	release(&t);
}

static void task_and_socket_come_from_their_dictionaries(void **state)
{
	struct bound_tape t = {0};
	struct task_facts task;
	struct sock_facts sock;

	(void)state;
	tape_begin(&t.b);
	tape_run(&t.b, 3209, "hello_client");
	tape_send(&t.b, 1000, &hello_client, 2);
	bind_to(&t, 0);
	assert_true(binding_task(&t.binding, t.e, &t.item.event, &task));
	assert_int_equal(task.pid, 3209);
	assert_int_equal(view_len(task.comm), strlen("hello_client"));
	assert_true(sock_facts_read(&t.binding, t.e, &t.item.event, &sock));
	assert_int_equal(sock.cookie, 11);
	assert_int_equal(sock.protocol, PROTOCOL_TCP);
	assert_int_equal(sock.tuple.local.port, 40112);
	release(&t);
}

static void event_nobody_knows_is_bound_as_other(void **state)
{
	struct bound_tape t = {0};
	struct sock_facts sock;

	(void)state;
	tape_begin(&t.b);
	tape_sock_event(&t.b, 1000, BUILD_FOREIGN, &hello_client);
	bind_to(&t, 0);
	assert_int_equal(t.e->kind, EVENT_OTHER);
	assert_true(sock_facts_read(&t.binding, t.e, &t.item.event, &sock));
	release(&t);
}

static void packet_without_a_socket_has_no_facts(void **state)
{
	struct bound_tape t = {0};
	struct build_segment x = {.from = "10.0.0.1", .to = "10.0.0.2", .sport = 1, .dport = 2};
	struct sock_facts sock;

	(void)state;
	tape_begin(&t.b);
	tape_drop(&t.b, 1000, &x, REASON_NETFILTER_DROP);
	bind_to(&t, 0);
	assert_false(sock_facts_read(&t.binding, t.e, &t.item.event, &sock));
	assert_string_equal(bound_name(t.e, &t.item.event, BOUND_REASON, t.item.section),
			    "NETFILTER_DROP");
	release(&t);
}

static void reset_binding_knows_nothing(void **state)
{
	struct bound_tape t = {0};

	(void)state;
	tape_begin(&t.b);
	tape_send(&t.b, 1000, &hello_client, 2);
	bind_to(&t, 0);
	assert_true(t.binding.has_kind[EVENT_SEND_LENGTH]);
	binding_reset(&t.binding);
	assert_false(t.binding.has_kind[EVENT_SEND_LENGTH]);
	assert_null(binding_find(&t.binding, &t.item.event));
	release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_events_and_their_fields_are_found),
		cmocka_unit_test(states_are_read_by_name),
		cmocka_unit_test(absent_optional_value_is_missing),
		cmocka_unit_test(task_and_socket_come_from_their_dictionaries),
		cmocka_unit_test(event_nobody_knows_is_bound_as_other),
		cmocka_unit_test(packet_without_a_socket_has_no_facts),
		cmocka_unit_test(reset_binding_knows_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
