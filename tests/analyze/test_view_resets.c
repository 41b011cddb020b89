/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_view_resets.c -- one row a RST, whatever its two ends tell of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/analyze/build_tape.h"
#include "tests/analyze/viewed.h"

#define T0 UINT64_C(1000000000)
#define MS UINT64_C(1000000)
#define SHORT "-f csv --fields conn,peer,direction,reason,state,stage,by"
#define HEAD "conn,peer,direction,reason,state,stage,by\n"

static void check(struct build_tape *b, const char *options, const char *want)
{
	tape_ready(b);
	view_prints(view_resets, b, options, want);
	tape_release(b);
}

/* Two ends that are established; the client has conn 1, the server conn 2. */
static void begin(struct build_tape *b)
{
	tape_begin(b);
	tape_snapshot(b, T0, &hello_client,
		      &(struct build_snapshot){.state = STATE_ESTABLISHED,
					       .una = 10,
					       .nxt = 20,
					       .owner_pid = 7,
					       .owner_comm = "c"});
	tape_snapshot(b, T0, &hello_server,
		      &(struct build_snapshot){.state = STATE_ESTABLISHED,
					       .una = 20,
					       .nxt = 10,
					       .owner_pid = 8,
					       .owner_comm = "s"});
}

static void close_at(struct build_tape *b, uint64_t ts, const struct build_sock *s, uint64_t acked,
		     uint64_t received)
{
	const enum tcp_state change[2] = {STATE_ESTABLISHED, STATE_CLOSE};

	tape_state_with(b, ts, s, change,
			&(struct build_extra){.acked = acked, .received = received});
}

/* The listener has conn 1, a client conn 2, which is alone. */
static void begin_to_listen(struct build_tape *b)
{
	tape_begin(b);
	tape_snapshot(b, T0, &hello_listener, &(struct build_snapshot){.state = STATE_LISTEN});
	tape_snapshot(b, T0, &hello_client, &(struct build_snapshot){.state = STATE_ESTABLISHED});
}

static void both_ends_of_a_reset_are_one_row(void **state)
{
	struct build_tape b = {0};

	(void)state;
	begin(&b);
	/* As on loopback: it arrives before the sender tells of it. */
	close_at(&b, T0 + 10, &hello_server, 0, 5);
	tape_sock_event(&b, T0 + 20, BUILD_RECEIVE_RESET, &hello_client);
	close_at(&b, T0 + 30, &hello_client, 5, 0);
	tape_send_reset(&b, T0 + 40, &hello_server, RESET_ABORT_ON_CLOSE);
	check(&b, SHORT,
	      HEAD "2,1,sent,TCP_ABORT_ON_CLOSE,TCP_ESTABLISHED,request,"
		   "local application\n");
	b = (struct build_tape){0};
	begin(&b);
	/* As over a wire. */
	close_at(&b, T0 + 10, &hello_server, 0, 0);
	tape_send_reset(&b, T0 + 20, &hello_server, RESET_ABORT_ON_CLOSE);
	tape_sock_event(&b, T0 + 50 * MS, BUILD_RECEIVE_RESET, &hello_client);
	check(&b, "-f csv --fields conn,peer,direction,stage,sent_ns,received_ns",
	      "conn,peer,direction,stage,sent_ns,received_ns\n"
	      "2,1,sent,established,1000000020,1050000000\n");
}

static void a_local_reset_is_not_taken_for_one_that_came(void **state)
{
	struct build_tape b = {0};

	(void)state;
	begin(&b);
	tape_state(&b, T0 + MS, &hello_server, STATE_ESTABLISHED, STATE_FIN_WAIT1);
	tape_sock_event(&b, T0 + 2 * MS, BUILD_RECEIVE_RESET, &hello_server);
	tape_state(&b, T0 + 2 * MS + 1, &hello_server, STATE_FIN_WAIT1, STATE_CLOSE);
	tape_send_reset(&b, T0 + 2 * MS + 2, &hello_server, RESET_ABORT_ON_DATA);
	tape_sock_event(&b, T0 + 3 * MS, BUILD_RECEIVE_RESET, &hello_client);
	check(&b, SHORT,
	      HEAD "2,1,sent,TCP_ABORT_ON_DATA,TCP_FIN_WAIT1,closing,"
		   "local application\n");
}

static void one_whose_sender_is_not_on_the_tape_came_from_the_peer(void **state)
{
	struct build_tape b = {0};

	(void)state;
	tape_begin(&b);
	tape_run(&b, 7, "c");
	tape_state(&b, T0, &hello_client, STATE_CLOSE, STATE_SYN_SENT);
	tape_sock_event(&b, T0 + MS, BUILD_RECEIVE_RESET, &hello_client);
	check(&b, SHORT, HEAD "1,,received,,TCP_SYN_SENT,syn,peer\n");
}

/* Data of a connection that this host has forgotten comes to a listener. */
static void a_listener_answers_what_it_does_not_know(void **state)
{
	const struct build_segment data = {.from = "127.0.0.1",
					   .to = "127.0.0.1",
					   .sport = 40112,
					   .dport = 8080,
					   .flags = 8 | 16,
					   .payload = 2};
	struct build_segment far = data;
	struct build_tape b = {0};

	(void)state;
	begin_to_listen(&b);
	tape_reset_answer(&b, T0 + MS, &hello_listener, RESET_NO_SOCKET, false);
	tape_drop_answered(&b, T0 + MS + 9, &data);
	tape_sock_event(&b, T0 + 2 * MS, BUILD_RECEIVE_RESET, &hello_client);
	check(&b, SHORT, HEAD "2,,received,NO_SOCKET,TCP_ESTABLISHED,established,peer kernel\n");
	/* The one that its peer had sent before was lost. */
	begin(&b);
	tape_snapshot(&b, T0, &hello_listener, &(struct build_snapshot){.state = STATE_LISTEN});
	close_at(&b, T0 + 10, &hello_server, 0, 0);
	tape_send_reset(&b, T0 + 20, &hello_server, RESET_TCP_STATE);
	tape_reset_answer(&b, T0 + MS, &hello_listener, RESET_NO_SOCKET, false);
	tape_drop_answered(&b, T0 + MS + 9, &data);
	tape_sock_event(&b, T0 + 2 * MS, BUILD_RECEIVE_RESET, &hello_client);
	check(&b, "-f csv --fields conn,direction,reason,sent_ns,received_ns",
	      "conn,direction,reason,sent_ns,received_ns\n"
	      "2,sent,TCP_STATE,1000000020,\n"
	      "1,received,NO_SOCKET,1001000000,1002000000\n");
	/* Who gets it is not on the tape. */
	far.from = "192.0.2.7";
	begin_to_listen(&b);
	tape_reset_answer(&b, T0 + MS, &hello_listener, RESET_NO_SOCKET, false);
	tape_drop_answered(&b, T0 + MS + 9, &far);
	check(&b, "-f csv --fields conn,reason,state,stage,laddr,raddr,rport",
	      "conn,reason,state,stage,laddr,raddr,rport\n"
	      "1,NO_SOCKET,TCP_LISTEN,,127.0.0.1,192.0.2.7,40112\n");
	/* Another packet. */
	begin_to_listen(&b);
	tape_reset_answer(&b, T0 + MS, &hello_listener, RESET_NO_SOCKET, false);
	tape_drop(&b, T0 + MS + 9, &far, REASON_NOT_SPECIFIED);
	check(&b, "-f csv --fields conn,raddr", "conn,raddr\n1,\n");
}

static void a_listener_at_an_address_is_known_by_it(void **state)
{
	struct build_sock listener = hello_listener;
	struct build_tape b = {0};

	(void)state;
	listener.laddr = "127.0.0.1";
	tape_begin(&b);
	tape_snapshot(&b, T0, &listener, &(struct build_snapshot){.state = STATE_LISTEN});
	tape_snapshot(&b, T0, &hello_client, &(struct build_snapshot){.state = STATE_ESTABLISHED});
	tape_reset_answer(&b, T0 + MS, &listener, RESET_NO_SOCKET, false);
	tape_sock_event(&b, T0 + 2 * MS, BUILD_RECEIVE_RESET, &hello_client);
	check(&b, SHORT, HEAD "2,,received,NO_SOCKET,TCP_ESTABLISHED,established,peer kernel\n");
}

static void answers_after_the_end_are_told_as_such(void **state)
{
	struct build_tape b = {0};

	(void)state;
	begin(&b);
	close_at(&b, T0 + MS, &hello_server, 0, 0);
	tape_send_reset(&b, T0 + 500 * MS, &hello_server, RESET_NOT_SPECIFIED);
	check(&b, SHORT, HEAD "2,,sent,NOT_SPECIFIED,TCP_CLOSE,closed,local\n");
}

#define WHY "-f csv --fields conn,peer,direction,reason,by,cause,evidence,uncertain"
#define WHY_HEAD "conn,peer,direction,reason,by,cause,evidence,uncertain\n"

/* tcp_abort() sends it before it closes the socket. */
static void destroy(struct build_tape *b, int32_t sk_err)
{
	begin(b);
	tape_run(b, 99, "ss");
	tape_send_reset(b, T0 + MS, &hello_server, RESET_TCP_STATE);
	tape_close(b, T0 + MS + 4000, &hello_server, STATE_ESTABLISHED, sk_err);
	tape_sock_event(b, T0 + 2 * MS, BUILD_RECEIVE_RESET, &hello_client);
}

static void a_socket_destroyed_from_outside_is_not_the_applications_doing(void **state)
{
	struct build_tape b = {0};

	(void)state;
	destroy(&b, 103);
	check(&b, WHY,
	      WHY_HEAD "2,1,sent,TCP_STATE,local administrator,destroyed,"
		       "sk_err ECONNABORTED,false\n");
	destroy(&b, 103);
	tape_loss(&b, T0 + MS, T0 + MS + 10, BUILD_STATE);
	check(&b, WHY,
	      WHY_HEAD "2,1,sent,TCP_STATE,local administrator,destroyed,"
		       "sk_err ECONNABORTED,true\n");
	destroy(&b, 0);
	check(&b, WHY, WHY_HEAD "2,1,sent,TCP_STATE,local application,,,false\n");
}

/* The server's mini-socket answers data. */
static void begin_closed(struct build_tape *b)
{
	const enum tcp_state change[2] = {STATE_FIN_WAIT2, STATE_CLOSE};

	begin(b);
	tape_state(b, T0 + MS, &hello_server, STATE_ESTABLISHED, STATE_FIN_WAIT1);
	tape_state(b, T0 + MS, &hello_server, STATE_FIN_WAIT1, STATE_FIN_WAIT2);
	tape_state_with(b, T0 + MS, &hello_server, change, &(struct build_extra){0});
	tape_destroy(b, T0 + MS, &hello_server);
	tape_reset_answer(b, T0 + 900 * MS, &hello_server, RESET_TIMEWAIT_SOCKET, true);
	tape_sock_event(b, T0 + 900 * MS + 10, BUILD_RECEIVE_RESET, &hello_client);
}

static void data_after_close_is_named(void **state)
{
	struct build_tape b = {0};

	(void)state;
	begin_closed(&b);
	check(&b, WHY,
	      WHY_HEAD "2,1,sent,TCP_TIMEWAIT_SOCKET,local application,data after close,"
		       "RST sent in FIN_WAIT2,false\n");
	begin_closed(&b);
	check(&b, "-f csv --fields conn,direction,state",
	      "conn,direction,state\n2,sent,TCP_TIME_WAIT\n");
}

static void they_are_counted_once(void **state)
{
	struct build_tape b = {0};

	(void)state;
	begin(&b);
	tape_sock_event(&b, T0 + 20, BUILD_RECEIVE_RESET, &hello_client);
	tape_send_reset(&b, T0 + 40, &hello_server, RESET_ABORT_ON_CLOSE);
	check(&b, "-f csv --by direction",
	      "direction,count,bytes,first_ns,last_ns\nsent,1,0,1000000020,1000000020\n");
}

static void no_reset_is_said_with_what_was_seen(void **state)
{
	struct build_tape b = {0};

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	check(&b, "", "no reset recorded; 3 connections seen, 0 events lost\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ends_of_a_reset_are_one_row),
		cmocka_unit_test(a_local_reset_is_not_taken_for_one_that_came),
		cmocka_unit_test(one_whose_sender_is_not_on_the_tape_came_from_the_peer),
		cmocka_unit_test(a_listener_answers_what_it_does_not_know),
		cmocka_unit_test(a_listener_at_an_address_is_known_by_it),
		cmocka_unit_test(answers_after_the_end_are_told_as_such),
		cmocka_unit_test(a_socket_destroyed_from_outside_is_not_the_applications_doing),
		cmocka_unit_test(data_after_close_is_named),
		cmocka_unit_test(they_are_counted_once),
		cmocka_unit_test(no_reset_is_said_with_what_was_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
