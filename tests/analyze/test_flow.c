/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_flow.c -- packets belong to connections by their headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/analyze/tracked.h"

static const uint64_t T0 = 1000000000000;

static const struct build_segment to_server = {.from = "127.0.0.1",
					       .to = "127.0.0.1",
					       .sport = 40112,
					       .dport = 8080,
					       .flags = 16,
					       .seq = 1};
static const struct build_segment to_client = {.from = "127.0.0.1",
					       .to = "127.0.0.1",
					       .sport = 8080,
					       .dport = 40112,
					       .flags = 16,
					       .seq = 1};

/* What the tracker saw in the tape's last event. */
struct last {
	struct tracker *t;
	struct sighting seen;
	uint64_t life, sender, receiver;
};

static void feed_all(struct last *l, struct build_tape *b)
{
	struct cursor *cursor = tape_ready(b);
	struct item item;
	struct error err;
	struct sighting seen;

	l->t = tracker_new();
	while (cursor_next(cursor, &item, &err) == 0) {
		assert_int_equal(tracker_feed(l->t, &item, &seen, &err), 0);
		if (item.kind != ITEM_EVENT)
			continue;
		l->seen = seen;
		l->life = seen.life ? seen.life->conn : 0;
		l->sender = seen.sender ? seen.sender->conn : 0;
		l->receiver = seen.receiver ? seen.receiver->conn : 0;
	}
}

static void establish(struct build_tape *b)
{
	tape_run(b, 3209, "hello_client");
	tape_state(b, T0, &hello_client, STATE_CLOSE, STATE_SYN_SENT);
	tape_state(b, T0 + 1000, &hello_client, STATE_SYN_SENT, STATE_ESTABLISHED);
	tape_state(b, T0 + 2000, &hello_server, STATE_LISTEN, STATE_SYN_RECV);
	tape_state(b, T0 + 3000, &hello_server, STATE_SYN_RECV, STATE_ESTABLISHED);
}

static void on_loopback_both_ends_are_known(void **state)
{
	struct build_tape b = {0};
	struct last last = {0};

	(void)state;
	tape_begin(&b);
	establish(&b);
	tape_segment(&b, T0 + 4000, &to_server);
	feed_all(&last, &b);
	assert_true(last.seen.has_flow);
	assert_int_equal(last.sender, 1);
	assert_int_equal(last.receiver, 2);
	assert_int_equal(last.life, 2); /* it arrives there */
	tracker_free(last.t);
	tape_release(&b);
}

static void packet_of_a_connection_not_on_the_tape_belongs_to_nobody(void **state)
{
	struct build_tape b = {0};
	struct build_segment other = to_server;
	struct last last = {0};

	(void)state;
	other.sport = 50000;
	tape_begin(&b);
	establish(&b);
	tape_segment(&b, T0 + 4000, &other);
	feed_all(&last, &b);
	assert_true(last.seen.has_flow);
	assert_int_equal(last.life, 0);
	tracker_free(last.t);
	tape_release(&b);
}

static void packet_is_found_again_after_its_connection_came_to_be(void **state)
{
	struct build_tape b = {0};
	struct last last = {0};

	(void)state;
	tape_begin(&b);
	tape_segment(&b, T0 - 1000, &to_server); /* remembered as nobody's */
	establish(&b);
	tape_segment(&b, T0 + 4000, &to_server);
	feed_all(&last, &b);
	assert_int_equal(last.life, 2);
	tracker_free(last.t);
	tape_release(&b);
}

static void reused_ports_lead_to_the_new_connection(void **state)
{
	struct build_tape b = {0};
	struct build_sock again = hello_client;
	struct last last = {0};

	(void)state;
	again.skaddr += 0x1000;
	again.cookie = 90;
	tape_begin(&b);
	establish(&b);
	tape_segment(&b, T0 + 4000, &to_client);
	tape_state(&b, T0 + 5000, &hello_client, STATE_ESTABLISHED, STATE_CLOSE);
	tape_destroy(&b, T0 + 6000, &hello_client);
	tape_state(&b, T0 + 7000, &again, STATE_CLOSE, STATE_SYN_SENT);
	tape_state(&b, T0 + 8000, &again, STATE_SYN_SENT, STATE_ESTABLISHED);
	tape_segment(&b, T0 + 9000, &to_client);
	feed_all(&last, &b);
	assert_int_equal(last.life, 3);
	tracker_free(last.t);
	tape_release(&b);
}

/* Two namespaces may have a connection of the same tuple each. */
static void packet_goes_to_whom_of_two_is_still_there(void **state)
{
	struct build_tape b = {0};
	struct build_sock twin = hello_server;
	struct last last = {0};

	(void)state;
	twin.skaddr += 0x1000;
	twin.cookie = 90;
	twin.netns++;
	tape_begin(&b);
	establish(&b);
	tape_state(&b, T0 + 3100, &twin, STATE_LISTEN, STATE_SYN_RECV);
	tape_state(&b, T0 + 3200, &twin, STATE_SYN_RECV, STATE_ESTABLISHED);
	tape_segment(&b, T0 + 4000, &to_server); /* the newer one's, as far as is known */
	tape_state(&b, T0 + 5000, &twin, STATE_LAST_ACK, STATE_CLOSE);
	tape_destroy(&b, T0 + 6000, &twin);
	tape_segment(&b, T0 + 7000, &to_server);
	feed_all(&last, &b);
	assert_int_equal(last.receiver, 2);
	tracker_free(last.t);
	tape_release(&b);
}

static void late_packet_still_finds_the_life_that_is_over(void **state)
{
	struct build_tape b = {0};
	struct last last = {0};

	(void)state;
	tape_begin(&b);
	establish(&b);
	tape_state(&b, T0 + 5000, &hello_server, STATE_LAST_ACK, STATE_CLOSE);
	tape_destroy(&b, T0 + 6000, &hello_server);
	tape_consume(&b, T0 + 7000, &to_server);
	feed_all(&last, &b);
	assert_int_equal(last.life, 2);
	tracker_free(last.t);
	tape_release(&b);
}

static void drops_are_counted_but_not_housekeeping(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	establish(&b);
	tape_drop(&b, T0 + 4000, &to_server, REASON_NETFILTER_DROP);
	tape_drop(&b, T0 + 4100, &to_server, REASON_TCP_OLD_DATA);
	tape_drop(&b, T0 + 4200, &to_client, REASON_NETFILTER_DROP);
	tape_drop(&b, T0 + 4300, &to_client, REASON_NETFILTER_DROP);
	track(&t, &b);
	assert_int_equal(t.lives[1].traffic.drops, 1);
	assert_int_equal(t.lives[0].traffic.drops, 2);
	tracked_release(&t);
	tape_release(&b);
}

static void awaited_fin_begins_time_wait_of_an_orphan(void **state)
{
	struct build_tape b = {0};
	struct build_segment fin = to_server;
	const enum tcp_state last[2] = {STATE_FIN_WAIT2, STATE_CLOSE};
	struct tracked t;

	(void)state;
	fin.flags = 17;
	tape_begin(&b);
	establish(&b);
	tape_state(&b, T0 + 4000, &hello_server, STATE_ESTABLISHED, STATE_FIN_WAIT1);
	tape_state(&b, T0 + 5000, &hello_server, STATE_FIN_WAIT1, STATE_FIN_WAIT2);
	tape_state_with(&b, T0 + 6000, &hello_server, last, &(struct build_extra){0});
	tape_destroy(&b, T0 + 7000, &hello_server);
	tape_segment(&b, T0 + 8000, &fin);
	track(&t, &b);
	assert_true(t.lives[1].is_time_wait);
	assert_false(t.lives[1].is_orphan);
	tracked_release(&t);
	tape_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_loopback_both_ends_are_known),
		cmocka_unit_test(packet_of_a_connection_not_on_the_tape_belongs_to_nobody),
		cmocka_unit_test(packet_is_found_again_after_its_connection_came_to_be),
		cmocka_unit_test(reused_ports_lead_to_the_new_connection),
		cmocka_unit_test(packet_goes_to_whom_of_two_is_still_there),
		cmocka_unit_test(late_packet_still_finds_the_life_that_is_over),
		cmocka_unit_test(drops_are_counted_but_not_housekeeping),
		cmocka_unit_test(awaited_fin_begins_time_wait_of_an_orphan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
