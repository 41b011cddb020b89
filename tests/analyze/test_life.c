/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_life.c -- how lives pass their time, and how they end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/end_cause.h"
#include "tests/analyze/tracked.h"

enum { MS = 1000000 };

static const uint64_t T0 = 1000000000000;

static void hello_is_a_listener_a_client_and_a_server(void **state)
{
	struct build_tape b = {0};
	struct tracked t;
	const struct life *listener = &t.lives[0], *client = &t.lives[1], *server = &t.lives[2];

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	track(&t, &b);
	assert_int_equal(t.count, 3);
	assert_int_equal(listener->role, LIFE_LISTENER);
	assert_int_equal(listener->end, LIFE_OPEN);
	assert_int_equal(client->role, LIFE_CLIENT);
	assert_int_equal(client->end, LIFE_FIN);
	assert_false(client->is_time_wait);
	assert_string_equal(client->owner.comm, "hello_client");
	assert_int_equal(client->tuple.local.port, 40112);
	assert_int_equal(server->role, LIFE_SERVER);
	assert_int_equal(server->end, LIFE_FIN);
	assert_true(server->is_time_wait);
	assert_int_equal(server->owner.pid, 2377);
	assert_int_equal(server->owner.source, OWNER_CALLER);
	assert_int_equal(client->peer, server->conn);
	assert_int_equal(server->peer, client->conn);
	tracked_release(&t);
	tape_release(&b);
}

static void hello_times_and_bytes_are_exact(void **state)
{
	struct build_tape b = {0};
	struct tracked t;
	const struct life *client = &t.lives[1], *server = &t.lives[2];

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	track(&t, &b);
	assert_int_equal(client->first_ns, T0 + MS);
	assert_int_equal(life_duration(client), 106000);
	assert_int_equal(life_state_ns(client, STATE_SYN_SENT), 20000);
	assert_int_equal(life_state_ns(client, STATE_ESTABLISHED), 64000);
	assert_int_equal(life_state_ns(client, STATE_CLOSE_WAIT), 14000);
	assert_int_equal(life_state_ns(client, STATE_LAST_ACK), 8000);
	assert_int_equal(life_state_ns(server, STATE_SYN_RECV), 1000);
	assert_int_equal(life_state_ns(server, STATE_FIN_WAIT2), 11000);
	assert_int_equal(client->traffic.tx_bytes, 2);
	assert_int_equal(client->traffic.rx_bytes, 11);
	assert_int_equal(server->traffic.tx_msgs, 1);
	assert_int_equal(server->traffic.rx_msgs, 1);
	assert_false(t.is_uncertain[1]);
	tracked_release(&t);
	tape_release(&b);
}

static void refused_connect_ends_refused(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_connect(&b, T0, &hello_client);
	tape_sock_event(&b, T0 + 900, BUILD_RECEIVE_RESET, &hello_client);
	tape_close(&b, T0 + 1000, &hello_client, STATE_SYN_SENT, 111);
	track(&t, &b);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.lives[0].end, LIFE_REFUSED);
	assert_int_equal(t.lives[0].tuple.local.port, 40112);
	assert_int_equal(t.lives[0].peer, 0);
	tracked_release(&t);
	tape_release(&b);
}

static void connect_without_answer_ends_in_timeout(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_connect(&b, T0, &hello_client);
	tape_retransmit(&b, T0 + 1000 * (uint64_t)MS, &hello_client, 0);
	tape_retransmit(&b, T0 + 2000 * (uint64_t)MS, &hello_client, -16);
	tape_close(&b, T0 + 3000 * (uint64_t)MS, &hello_client, STATE_SYN_SENT, 110);
	track(&t, &b);
	assert_int_equal(t.lives[0].end, LIFE_TIMEOUT);
	assert_int_equal(t.lives[0].traffic.retransmits, 1); /* the other was not sent */
	tracked_release(&t);
	tape_release(&b);
}

static void abandoned_connect_ends_aborted(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_connect(&b, T0, &hello_client);
	tape_close(&b, T0 + 1000, &hello_client, STATE_SYN_SENT, 0);
	track(&t, &b);
	assert_int_equal(t.lives[0].end, LIFE_ABORTED);
	tracked_release(&t);
	tape_release(&b);
}

static void reset_ends_one_side_aborted_and_the_other_reset(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_establish(&b, T0);
	tape_close(&b, T0 + 5000, &hello_client, STATE_ESTABLISHED, 0);
	tape_sock_event(&b, T0 + 5100, BUILD_SEND_RESET, &hello_client);
	tape_sock_event(&b, T0 + 5200, BUILD_RECEIVE_RESET, &hello_server);
	tape_close(&b, T0 + 5300, &hello_server, STATE_ESTABLISHED, 104);
	track(&t, &b);
	assert_int_equal(t.lives[0].end, LIFE_ABORTED);
	assert_int_equal(t.lives[1].end, LIFE_RESET);
	tracked_release(&t);
	tape_release(&b);
}

static void reset_is_known_without_errno(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_establish(&b, T0);
	tape_sock_event(&b, T0 + 5200, BUILD_RECEIVE_RESET, &hello_server);
	tape_state(&b, T0 + 5300, &hello_server, STATE_ESTABLISHED, STATE_CLOSE);
	track(&t, &b);
	assert_int_equal(t.lives[1].end, LIFE_RESET);
	tracked_release(&t);
	tape_release(&b);
}

static void data_after_close_is_no_reset_by_the_peer(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_establish(&b, T0);
	tape_state(&b, T0 + 4000, &hello_client, STATE_ESTABLISHED, STATE_FIN_WAIT1);
	tape_sock_event(&b, T0 + 5000, BUILD_RECEIVE_RESET, &hello_client);
	tape_close(&b, T0 + 5100, &hello_client, STATE_FIN_WAIT1, 104);
	tape_sock_event(&b, T0 + 5200, BUILD_SEND_RESET, &hello_client);
	track(&t, &b);
	assert_int_equal(t.lives[0].end, LIFE_ABORTED);
	tracked_release(&t);
	tape_release(&b);
}

/* The client closes first, and its FIN is acknowledged; its socket is destroyed. */
static void half_close(struct build_tape *b)
{
	const enum tcp_state change[2] = {STATE_FIN_WAIT2, STATE_CLOSE};

	tape_begin(b);
	tape_run(b, 77, "curl");
	tape_establish(b, T0);
	tape_state(b, T0 + 4000, &hello_client, STATE_ESTABLISHED, STATE_FIN_WAIT1);
	tape_state(b, T0 + 4100, &hello_server, STATE_ESTABLISHED, STATE_CLOSE_WAIT);
	tape_state(b, T0 + 4200, &hello_client, STATE_FIN_WAIT1, STATE_FIN_WAIT2);
	tape_state_with(b, T0 + 4300, &hello_client, change, &(struct build_extra){0});
	tape_destroy(b, T0 + 4400, &hello_client);
}

static void check_end(struct build_tape *b, size_t i, enum life_end end, enum end_cause cause)
{
	struct tracked t;

	track(&t, b);
	assert_true(t.count > i);
	assert_int_equal(t.lives[i].end, end);
	assert_int_equal(end_cause_of(&t.lives[i]), cause);
	tracked_release(&t);
	tape_release(b);
}

static void data_for_a_mini_socket_aborts_its_life(void **state)
{
	struct build_tape b = {0};

	(void)state;
	half_close(&b);
	tape_reset_answer(&b, T0 + 900 * (uint64_t)MS, &hello_client, RESET_TIMEWAIT_SOCKET, true);
	check_end(&b, 0, LIFE_ABORTED, END_LATE_DATA_MINI);
	/* Before Linux 6.10 nothing but the other end tells of that RST. */
	half_close(&b);
	tape_sock_event(&b, T0 + 900 * (uint64_t)MS, BUILD_RECEIVE_RESET, &hello_server);
	tape_close(&b, T0 + 900 * (uint64_t)MS + 1, &hello_server, STATE_CLOSE_WAIT, 32);
	check_end(&b, 0, LIFE_ABORTED, END_LATE_DATA_PEER);
	/* With the acknowledgement of the FIN. */
	half_close(&b);
	tape_reset_answer(&b, T0 + 4350, &hello_client, RESET_ABORT_ON_DATA, false);
	check_end(&b, 0, LIFE_ABORTED, END_LATE_DATA);
}

static void what_comes_after_both_fins_aborts_nothing(void **state)
{
	const struct build_segment fin = {.from = "127.0.0.1",
					  .to = "127.0.0.1",
					  .sport = 8080,
					  .dport = 40112,
					  .flags = 1 | 16};
	struct build_tape b = {0};

	(void)state;
	half_close(&b);
	tape_segment(&b, T0 + 500 * (uint64_t)MS, &fin);
	tape_reset_answer(&b, T0 + 501 * (uint64_t)MS, &hello_client, RESET_TIMEWAIT_SOCKET, true);
	check_end(&b, 0, LIFE_FIN, END_UNKNOWN);
	/* After a minute there is no mini-socket any more. */
	half_close(&b);
	tape_reset_answer(&b, T0 + 61000 * (uint64_t)MS, &hello_client, RESET_NO_SOCKET, true);
	check_end(&b, 0, LIFE_FIN, END_UNKNOWN);
}

static void causes_are_told_by_errors(void **state)
{
	struct build_tape b = {0};

	(void)state;
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_establish(&b, T0);
	tape_send_reset(&b, T0 + 5000, &hello_client, RESET_TCP_STATE);
	tape_close(&b, T0 + 5001, &hello_client, STATE_ESTABLISHED, 103);
	check_end(&b, 0, LIFE_ABORTED, END_DESTROYED);
	tape_begin(&b);
	tape_connect(&b, T0, &hello_client);
	tape_retransmit(&b, T0 + 1000 * (uint64_t)MS, &hello_client, 0);
	tape_close(&b, T0 + 3000 * (uint64_t)MS, &hello_client, STATE_SYN_SENT, 113);
	check_end(&b, 0, LIFE_ABORTED, END_UNREACHABLE);
	/* Told by ICMP too, but the timer has run out. */
	tape_begin(&b);
	tape_establish(&b, T0);
	tape_close(&b, T0 + 3000 * (uint64_t)MS, &hello_client, STATE_ESTABLISHED, 101);
	check_end(&b, 0, LIFE_TIMEOUT, END_UNREACHABLE);
}

static void who_connects_in_vain_gave_up_or_had_no_port(void **state)
{
	const enum tcp_state change[2] = {STATE_SYN_SENT, STATE_CLOSE};
	struct build_sock no_port = hello_client;
	struct build_tape b = {0};

	(void)state;
	tape_begin(&b);
	tape_connect(&b, T0, &hello_client);
	tape_state_with(&b, T0 + 1000 * (uint64_t)MS, &hello_client, change,
			&(struct build_extra){0});
	check_end(&b, 0, LIFE_ABORTED, END_GIVEN_UP);
	no_port.lport = 0;
	tape_begin(&b);
	tape_connect(&b, T0, &no_port);
	tape_state_with(&b, T0 + 5000, &no_port, change, &(struct build_extra){0});
	check_end(&b, 0, LIFE_ABORTED, END_NO_PORT);
}

static void who_closes_after_an_icmp_message_was_told_by_it(void **state)
{
	const enum tcp_state change[2] = {STATE_SYN_SENT, STATE_CLOSE};
	struct build_tape b = {0};

	(void)state;
	tape_begin(&b);
	tape_connect(&b, T0, &hello_client);
	tape_error_report(&b, T0 + 1000, &hello_client, 0);
	tape_state_with(&b, T0 + 5000, &hello_client, change, &(struct build_extra){0});
	check_end(&b, 0, LIFE_ABORTED, END_TOLD_BY_ICMP);
	/* Another SYN was answered all the same. */
	tape_begin(&b);
	tape_connect(&b, T0, &hello_client);
	tape_error_report(&b, T0 + 1000, &hello_client, 0);
	tape_state(&b, T0 + 2000, &hello_client, STATE_SYN_SENT, STATE_ESTABLISHED);
	tape_send_reset(&b, T0 + 5000, &hello_client, RESET_ABORT_ON_CLOSE);
	tape_close(&b, T0 + 5000, &hello_client, STATE_ESTABLISHED, 0);
	tape_send_reset(&b, T0 + 5001, &hello_client, RESET_ABORT_ON_CLOSE);
	check_end(&b, 0, LIFE_ABORTED, END_UNREAD);
	/* Later it is only the error queue that has something. */
	tape_begin(&b);
	tape_connect(&b, T0, &hello_client);
	tape_state(&b, T0 + 2000, &hello_client, STATE_SYN_SENT, STATE_ESTABLISHED);
	tape_error_report(&b, T0 + 3000, &hello_client, 0);
	tape_close(&b, T0 + 5000, &hello_client, STATE_ESTABLISHED, 0);
	check_end(&b, 0, LIFE_ABORTED, END_UNKNOWN);
}

static void loss_makes_the_lives_it_overlaps_uncertain(void **state)
{
	struct build_tape b = {0};
	struct tracked t;
	struct build_sock later = hello_client;

	(void)state;
	later.skaddr++;
	later.cookie = 20;
	later.lport = 50000;
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_connect(&b, T0, &hello_client);
	tape_close(&b, T0 + 2000, &hello_client, STATE_SYN_SENT, 111);
	tape_loss(&b, T0 + 1000, T0 + 1500, BUILD_STATE);
	tape_connect(&b, T0 + 3000, &later);
	tape_close(&b, T0 + 4000, &later, STATE_SYN_SENT, 111);
	tape_loss(&b, T0 + 3500, T0 + 3600, BUILD_CONSUME); /* tells nothing about lives */
	track(&t, &b);
	assert_true(t.is_uncertain[0]);
	assert_false(t.is_uncertain[1]);
	tracked_release(&t);
	tape_release(&b);
}

static void events_in_anothers_context_do_not_change_the_owner(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 3209, "hello_client");
	tape_state(&b, T0, &hello_server, STATE_LISTEN, STATE_SYN_RECV);
	tape_state(&b, T0 + 100, &hello_server, STATE_SYN_RECV, STATE_ESTABLISHED);
	tape_probe(&b, T0 + 200, &hello_server, 2);
	tape_run(&b, 2377, "hello_server");
	tape_recv(&b, T0 + 300, &hello_server, 2, 0);
	tape_run(&b, 0, "swapper/1");
	tape_state(&b, T0 + 400, &hello_server, STATE_ESTABLISHED, STATE_FIN_WAIT1);
	tape_run(&b, 3209, "hello_client");
	tape_destroy(&b, T0 + 500, &hello_server);
	track(&t, &b);
	assert_int_equal(t.lives[0].owner.pid, 2377);
	assert_string_equal(t.lives[0].owner.comm, "hello_server");
	tracked_release(&t);
	tape_release(&b);
}

static void nobody_is_the_owner_rather_than_the_idle_task(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 0, "swapper/1");
	tape_state(&b, T0, &hello_server, STATE_LISTEN, STATE_SYN_RECV);
	tape_state(&b, T0 + 400, &hello_server, STATE_SYN_RECV, STATE_FIN_WAIT1);
	tape_run(&b, 9, "kworker/u4:1");
	tape_state(&b, T0 + 500, &hello_server, STATE_FIN_WAIT1, STATE_LAST_ACK);
	track(&t, &b);
	assert_int_equal(t.lives[0].owner.pid, 0);
	assert_int_equal(t.lives[0].owner.source, OWNER_UNKNOWN);
	tracked_release(&t);
	tape_release(&b);
}

static void half_close_is_read_to_its_end(void **state)
{
	struct build_tape b = {0};
	struct tracked t;
	const enum tcp_state last[2] = {STATE_FIN_WAIT2, STATE_CLOSE};

	(void)state;
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_establish(&b, T0);
	tape_send(&b, T0 + 4000, &hello_client, 5);
	tape_state(&b, T0 + 5000, &hello_client, STATE_ESTABLISHED, STATE_FIN_WAIT1);
	tape_state(&b, T0 + 6000, &hello_client, STATE_FIN_WAIT1, STATE_FIN_WAIT2);
	tape_state_with(&b, T0 + 7000, &hello_client, last, &(struct build_extra){.is_done = true});
	/* TIME_WAIT has begun, and only now the answer is read */
	tape_recv(&b, T0 + 50 * (uint64_t)MS, &hello_client, 100, 0);
	tape_destroy(&b, T0 + 51 * (uint64_t)MS, &hello_client);
	track(&t, &b);
	assert_int_equal(t.count, 2);
	assert_int_equal(t.lives[0].end, LIFE_FIN);
	assert_true(t.lives[0].is_time_wait);
	assert_int_equal(t.lives[0].traffic.rx_bytes, 100);
	assert_int_equal(life_duration(&t.lives[0]), 7000);
	tracked_release(&t);
	tape_release(&b);
}

static void orphan_in_fin_wait2_is_no_time_wait(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_establish(&b, T0);
	tape_state(&b, T0 + 5000, &hello_client, STATE_ESTABLISHED, STATE_FIN_WAIT1);
	tape_state(&b, T0 + 6000, &hello_client, STATE_FIN_WAIT1, STATE_FIN_WAIT2);
	tape_close(&b, T0 + 7000, &hello_client, STATE_FIN_WAIT2, 0);
	track(&t, &b);
	assert_int_equal(t.lives[0].end, LIFE_FIN);
	assert_false(t.lives[0].is_time_wait);
	tracked_release(&t);
	tape_release(&b);
}

static void child_belongs_to_the_listeners_owner_until_its_own_evidence(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 500, "prefork");
	tape_state(&b, T0, &hello_listener, STATE_CLOSE, STATE_LISTEN);
	tape_run(&b, 0, "swapper/0");
	tape_state(&b, T0 + 1000, &hello_server, STATE_LISTEN, STATE_SYN_RECV);
	track(&t, &b);
	assert_int_equal(t.lives[1].owner.pid, 500);
	assert_int_equal(t.lives[1].owner.source, OWNER_LISTENER);
	tracked_release(&t);
	tape_release(&b);
}

static void peeked_bytes_are_counted_once(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_establish(&b, T0);
	tape_recv(&b, T0 + 4000, &hello_client, 10, 2);
	tape_recv(&b, T0 + 5000, &hello_client, 10, 0);
	tape_recv(&b, T0 + 6000, &hello_client, -11, 0);
	track(&t, &b);
	assert_int_equal(t.lives[0].traffic.rx_bytes, 10);
	assert_int_equal(t.lives[0].traffic.rx_msgs, 1);
	tracked_release(&t);
	tape_release(&b);
}

/* TCP had received them; who closes has read nothing. Without a call but with data fetched (splice), all of it. */
static void bytes_that_nobody_read_are_not_received(void **state)
{
	for (int is_spliced = 0; is_spliced < 2; is_spliced++) {
		struct build_tape b = {0};
		struct tracked t;
		uint64_t bytes = 1;

		(void)state;
		tape_begin(&b);
		tape_run(&b, 77, "curl");
		tape_establish(&b, T0);
		if (is_spliced)
			tape_sock_event(&b, T0 + 4000, BUILD_SPACE_ADJUST, &hello_client);
		tape_close(&b, T0 + 5000, &hello_client, STATE_ESTABLISHED, 0);
		tape_destroy_with(&b, T0 + 6000, &hello_client, 1, 1000);
		track(&t, &b);
		assert_true(life_rx_bytes(&t.lives[0], &bytes));
		assert_int_equal(bytes, is_spliced ? 1000 : 0);
		tracked_release(&t);
		tape_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hello_is_a_listener_a_client_and_a_server),
		cmocka_unit_test(hello_times_and_bytes_are_exact),
		cmocka_unit_test(refused_connect_ends_refused),
		cmocka_unit_test(connect_without_answer_ends_in_timeout),
		cmocka_unit_test(abandoned_connect_ends_aborted),
		cmocka_unit_test(reset_ends_one_side_aborted_and_the_other_reset),
		cmocka_unit_test(reset_is_known_without_errno),
		cmocka_unit_test(data_after_close_is_no_reset_by_the_peer),
		cmocka_unit_test(data_for_a_mini_socket_aborts_its_life),
		cmocka_unit_test(what_comes_after_both_fins_aborts_nothing),
		cmocka_unit_test(causes_are_told_by_errors),
		cmocka_unit_test(who_connects_in_vain_gave_up_or_had_no_port),
		cmocka_unit_test(who_closes_after_an_icmp_message_was_told_by_it),
		cmocka_unit_test(loss_makes_the_lives_it_overlaps_uncertain),
		cmocka_unit_test(events_in_anothers_context_do_not_change_the_owner),
		cmocka_unit_test(nobody_is_the_owner_rather_than_the_idle_task),
		cmocka_unit_test(half_close_is_read_to_its_end),
		cmocka_unit_test(orphan_in_fin_wait2_is_no_time_wait),
		cmocka_unit_test(child_belongs_to_the_listeners_owner_until_its_own_evidence),
		cmocka_unit_test(peeked_bytes_are_counted_once),
		cmocka_unit_test(bytes_that_nobody_read_are_not_received),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
