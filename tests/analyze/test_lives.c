/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_lives.c -- what becomes a socket life, and which events are whose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/analyze/tracked.h"

enum { MS = 1000000 };

static const uint64_t T0 = 1000000000000;

static void reused_kernel_address_is_another_life(void **state)
{
	struct build_tape b = {0};
	struct tracked t;
	struct build_sock next = hello_client;

	(void)state;
	next.cookie = 99;
	next.lport = 40113;
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_connect(&b, T0, &hello_client);
	tape_close(&b, T0 + 1000, &hello_client, STATE_SYN_SENT, 111);
	tape_destroy(&b, T0 + 2000, &hello_client);
	tape_connect(&b, T0 + 3000, &next);
	tape_state(&b, T0 + 4000, &next, STATE_SYN_SENT, STATE_ESTABLISHED);
	tape_send(&b, T0 + 5000, &next, 7);
	track(&t, &b);
	assert_int_equal(t.count, 2);
	assert_int_equal(t.lives[0].end, LIFE_REFUSED);
	assert_int_equal(t.lives[0].traffic.tx_bytes, 0);
	assert_int_equal(t.lives[1].traffic.tx_bytes, 7);
	assert_int_equal(t.lives[1].end, LIFE_OPEN);
	tracked_release(&t);
	tape_release(&b);
}

static void reused_address_without_an_end_makes_the_old_life_uncertain(void **state)
{
	struct build_tape b = {0};
	struct tracked t;
	struct build_sock next = hello_client;

	(void)state;
	next.cookie = 99;
	next.lport = 40113;
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_connect(&b, T0, &hello_client);
	tape_connect(&b, T0 + 3000, &next);
	track(&t, &b);
	assert_int_equal(t.count, 2);
	assert_int_equal(t.lives[0].end, LIFE_END_UNKNOWN);
	assert_true(t.is_uncertain[0]);
	assert_false(t.is_uncertain[1]);
	tracked_release(&t);
	tape_release(&b);
}

static void reconnect_of_the_same_cookie_is_a_new_life(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_establish(&b, T0);
	tape_close(&b, T0 + 5000, &hello_client, STATE_ESTABLISHED, 0);
	tape_connect(&b, T0 + 9000, &hello_client);
	tape_state(&b, T0 + 10000, &hello_client, STATE_SYN_SENT, STATE_ESTABLISHED);
	tape_send(&b, T0 + 11000, &hello_client, 3);
	track(&t, &b);
	assert_int_equal(t.count, 3);
	assert_int_equal(t.lives[0].traffic.tx_bytes, 0);
	assert_int_equal(t.lives[2].traffic.tx_bytes, 3);
	assert_int_equal(t.lives[2].cookie, t.lives[0].cookie);
	assert_true(t.lives[2].is_start_seen);
	tracked_release(&t);
	tape_release(&b);
}

/* connect(AF_UNSPEC), then connect(): CLOSE -> SYN_SENT still shows the port of the connection before. */
static void reconnect_shows_the_old_port_at_first(void **state)
{
	struct build_tape b = {0};
	struct tracked t;
	struct build_sock stale = hello_client, real = hello_client;

	(void)state;
	stale.rport = real.rport = 9090;
	real.lport = 40999;
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_connect(&b, T0, &hello_client);
	tape_state(&b, T0 + 1000, &hello_client, STATE_SYN_SENT, STATE_ESTABLISHED);
	tape_close(&b, T0 + 5000, &hello_client, STATE_ESTABLISHED, 0);
	tape_connect(&b, T0 + 9000, &stale);
	tape_state(&b, T0 + 10000, &real, STATE_SYN_SENT, STATE_ESTABLISHED);
	track(&t, &b);
	assert_int_equal(t.count, 2);
	assert_true(t.lives[1].is_start_seen);
	assert_false(t.lives[1].is_tuple_guessed);
	assert_int_equal(t.lives[1].tuple.local.port, 40999);
	assert_false(t.is_uncertain[1]);
	tracked_release(&t);
	tape_release(&b);
}

static void snapshot_makes_a_life_whose_start_was_not_seen(void **state)
{
	struct build_tape b = {0};
	struct tracked t;
	struct build_snapshot old = {.state = STATE_ESTABLISHED,
				     .owner_pid = 55,
				     .owner_comm = "sshd",
				     .acked = 500,
				     .received = 600};

	(void)state;
	tape_begin(&b);
	tape_snapshot(&b, T0, &hello_client, &old);
	tape_snapshot(&b, T0 + MS, &hello_server,
		      &(struct build_snapshot){.state = STATE_CLOSE_WAIT});
	track(&t, &b);
	assert_int_equal(t.count, 2);
	assert_false(t.lives[0].is_start_seen);
	assert_true(t.is_uncertain[0]);
	assert_int_equal(t.lives[0].role, LIFE_UNKNOWN);
	assert_int_equal(t.lives[0].owner.pid, 55);
	assert_int_equal(life_state_ns(&t.lives[0], STATE_ESTABLISHED), MS);
	assert_int_equal(t.lives[0].end, LIFE_OPEN);
	assert_int_equal(t.lives[0].peer, 2);
	tracked_release(&t);
	tape_release(&b);
}

static void tape_without_state_events_still_has_connections(void **state)
{
	struct build_tape b = {.left_out = 1 << BUILD_STATE | 1 << BUILD_SEND | 1 << BUILD_RECV |
					   1 << BUILD_SNAPSHOT};
	struct build_sock never = {.skaddr = 0x77,
				   .cookie = 3,
				   .protocol = 6,
				   .laddr = "::",
				   .raddr = "2a01:4f9:c010:2636::1"};
	struct tracked t;
	uint64_t bytes = 0;

	(void)state;
	b.left_out = 1u << BUILD_SEND | 1u << BUILD_RECV;
	tape_begin(&b);
	tape_destroy(&b, T0, &never);
	tape_probe(&b, T0 + 1000, &hello_client, 11);
	tape_probe(&b, T0 + 2000, &hello_client, 0);
	tape_destroy_with(&b, T0 + 3000, &hello_server, 12, 1);
	tape_destroy_with(&b, T0 + 4000, &hello_client, 2, 12);
	track(&t, &b);
	assert_int_equal(t.count, 2);
	assert_false(t.lives[0].is_start_seen);
	assert_true(t.lives[0].is_end_seen);
	assert_int_equal(t.lives[0].peer, 2);
	assert_true(life_rx_bytes(&t.lives[0], &bytes));
	assert_int_equal(bytes, 12);
	tracked_release(&t);
	tape_release(&b);
}

static void sockets_that_are_not_tcp_are_no_connections(void **state)
{
	struct build_tape b = {0};
	struct tracked t;
	struct build_sock udp = hello_client, mptcp = hello_server;

	(void)state;
	udp.protocol = 17;
	mptcp.protocol = 262;
	tape_begin(&b);
	tape_run(&b, 77, "dig");
	tape_send(&b, T0, &udp, 40);
	tape_recv(&b, T0 + 1000, &udp, 80, 0);
	tape_state(&b, T0 + 2000, &mptcp, STATE_CLOSE, STATE_SYN_SENT);
	track(&t, &b);
	assert_int_equal(t.count, 0);
	tracked_release(&t);
	tape_release(&b);
}

static void mapped_addresses_become_ipv4(void **state)
{
	struct build_tape b = {0};
	struct tracked t;
	struct build_sock dual = hello_server;
	char text[ENDPOINT_MAX];

	(void)state;
	dual.is_ipv6 = true;
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_connect(&b, T0, &hello_client);
	tape_state(&b, T0 + 1000, &hello_client, STATE_SYN_SENT, STATE_ESTABLISHED);
	tape_state(&b, T0 + 2000, &dual, STATE_LISTEN, STATE_SYN_RECV);
	tape_state(&b, T0 + 3000, &dual, STATE_SYN_RECV, STATE_ESTABLISHED);
	track(&t, &b);
	assert_string_equal(endpoint_format(&t.lives[1].tuple.local, text), "127.0.0.1:8080");
	assert_true(t.lives[1].is_ipv6);
	assert_int_equal(t.lives[0].peer, 2);
	tracked_release(&t);
	tape_release(&b);
}

static void sockets_without_cookies_are_known_by_address(void **state)
{
	struct build_tape b = {0};
	struct tracked t;
	struct build_sock s = hello_client;

	(void)state;
	s.cookie = 0;
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_connect(&b, T0, &s);
	tape_state(&b, T0 + 1000, &s, STATE_SYN_SENT, STATE_ESTABLISHED);
	tape_send(&b, T0 + 2000, &s, 4);
	tape_close(&b, T0 + 3000, &s, STATE_LAST_ACK, 0);
	tape_destroy(&b, T0 + 4000, &s);
	s.lport = 40114;
	tape_connect(&b, T0 + 5000, &s);
	tape_state(&b, T0 + 6000, &s, STATE_SYN_SENT, STATE_ESTABLISHED);
	tape_send(&b, T0 + 7000, &s, 6);
	track(&t, &b);
	assert_int_equal(t.count, 2);
	assert_int_equal(t.lives[0].traffic.tx_bytes, 4);
	assert_true(t.lives[0].is_torn); /* ESTABLISHED, then LAST_ACK */
	assert_int_equal(t.lives[1].traffic.tx_bytes, 6);
	tracked_release(&t);
	tape_release(&b);
}

static void old_kernels_child_takes_its_identity_from_established(void **state)
{
	struct build_tape b = {0};
	struct tracked t;
	struct build_sock child = hello_server;

	(void)state;
	child.raddr = "0.0.0.0";
	child.rport = 0;
	child.cookie = 41; /* will be replaced */
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_connect(&b, T0, &hello_client);
	tape_state(&b, T0 + 1000, &hello_client, STATE_SYN_SENT, STATE_ESTABLISHED);
	tape_state(&b, T0 + 2000, &child, STATE_LISTEN, STATE_SYN_RECV);
	tape_state(&b, T0 + 3000, &hello_server, STATE_SYN_RECV, STATE_ESTABLISHED);
	track(&t, &b);
	assert_int_equal(t.count, 2);
	assert_int_equal(t.lives[1].tuple.remote.port, 40112);
	assert_int_equal(t.lives[1].cookie, 12);
	assert_int_equal(life_state_ns(&t.lives[1], STATE_SYN_RECV), 1000);
	assert_true(t.lives[1].is_start_seen);
	assert_int_equal(t.lives[1].peer, 1);
	tracked_release(&t);
	tape_release(&b);
}

/* Events that only their format files describe show no namespace, and some no addresses. */
static void events_that_show_less_of_a_socket_are_of_the_same_life(void **state)
{
	struct build_tape b = {0};
	struct tracked t;
	struct build_sock less = hello_client, ports = hello_client;

	(void)state;
	less.netns = 0;
	ports.netns = 0;
	ports.laddr = ports.raddr = "::";
	tape_begin(&b);
	tape_run(&b, 77, "curl");
	tape_establish(&b, T0);
	tape_send(&b, T0 + 3000, &ports, 2);
	tape_send(&b, T0 + 3100, &less, 3);
	tape_send(&b, T0 + 3200, &hello_client, 4);
	tape_destroy(&b, T0 + 4000, &less);
	track(&t, &b);
	assert_int_equal(t.count, 2);
	assert_int_equal(t.lives[0].traffic.tx_bytes, 9);
	assert_int_equal(t.lives[0].tuple.remote.port, 8080);
	assert_int_equal(t.lives[0].netns, hello_client.netns);
	assert_int_equal(t.lives[0].peer, 2);
	tracked_release(&t);
	tape_release(&b);
}

static void over_lives_are_handed_out_while_the_tape_runs(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	for (uint64_t i = 0; i < 20; i++) {
		struct build_sock s = hello_client;
		uint64_t at = T0 + i * 100 * MS;

		s.cookie += i;
		s.skaddr += i * 64;
		s.lport = (uint16_t)(s.lport + i);
		tape_run(&b, 77, "curl");
		tape_connect(&b, at, &s);
		tape_close(&b, at + MS, &s, STATE_SYN_SENT, 111);
		tape_destroy(&b, at + 2 * MS, &s);
	}
	track(&t, &b);
	assert_int_equal(t.count, 20);
	assert_int_equal(t.most_open, 1);
	tracked_release(&t);
	tape_release(&b);
}

/* Whatever else is on the tape meanwhile. */
static void stragglers_belong_to_a_life_for_ten_milliseconds(void **state)
{
	const struct build_segment late = {"127.0.0.1", "127.0.0.1", .sport = 40112, .dport = 8080,
					   .flags = 16};
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_connect(&b, T0, &hello_client);
	tape_close(&b, T0 + MS, &hello_client, STATE_SYN_SENT, 111);
	tape_destroy(&b, T0 + 2 * MS, &hello_client);
	tape_drop(&b, T0 + 11 * MS, &late, REASON_NETFILTER_DROP);
	tape_drop(&b, T0 + 13 * MS, &late, REASON_NETFILTER_DROP);
	track(&t, &b);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.lives[0].traffic.drops, 1);
	tracked_release(&t);
	tape_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reused_kernel_address_is_another_life),
		cmocka_unit_test(reused_address_without_an_end_makes_the_old_life_uncertain),
		cmocka_unit_test(reconnect_of_the_same_cookie_is_a_new_life),
		cmocka_unit_test(reconnect_shows_the_old_port_at_first),
		cmocka_unit_test(snapshot_makes_a_life_whose_start_was_not_seen),
		cmocka_unit_test(tape_without_state_events_still_has_connections),
		cmocka_unit_test(sockets_that_are_not_tcp_are_no_connections),
		cmocka_unit_test(mapped_addresses_become_ipv4),
		cmocka_unit_test(sockets_without_cookies_are_known_by_address),
		cmocka_unit_test(old_kernels_child_takes_its_identity_from_established),
		cmocka_unit_test(events_that_show_less_of_a_socket_are_of_the_same_life),
		cmocka_unit_test(over_lives_are_handed_out_while_the_tape_runs),
		cmocka_unit_test(stragglers_belong_to_a_life_for_ten_milliseconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
