/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_pair.c -- both sides of a connection find each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/analyze/tracked.h"

static const uint64_t T0 = 1000000000000;

static void open_client(struct build_tape *b, uint64_t t, const struct build_sock *s,
			const struct build_extra *x)
{
	const enum tcp_state change[2] = {STATE_SYN_SENT, STATE_ESTABLISHED};
	struct build_sock early = *s;

	early.lport = 0;
	tape_run(b, 1, "client");
	tape_state(b, t, &early, STATE_CLOSE, STATE_SYN_SENT);
	tape_state_with(b, t + 10, s, change, x);
}

static void open_server(struct build_tape *b, uint64_t t, const struct build_sock *s,
			const struct build_extra *x)
{
	const enum tcp_state change[2] = {STATE_SYN_RECV, STATE_ESTABLISHED};

	tape_state(b, t, s, STATE_LISTEN, STATE_SYN_RECV);
	tape_state_with(b, t + 10, s, change, x);
}

static void sequence_numbers_pair_through_address_translation(void **state)
{
	struct build_tape b = {0};
	struct build_sock behind = hello_server;
	struct tracked t;

	(void)state;
	behind.laddr = "10.0.0.7";
	behind.raddr = "192.0.2.1";
	behind.lport = 80;
	behind.rport = 61000;
	behind.netns = 1;
	tape_begin(&b);
	open_client(&b, T0, &hello_client, &(struct build_extra){.una = 101, .nxt = 201});
	open_server(&b, T0 + 100, &behind, &(struct build_extra){.una = 201, .nxt = 101});
	track(&t, &b);
	assert_int_equal(t.lives[0].peer, 2);
	assert_int_equal(t.lives[1].peer, 1);
	tracked_release(&t);
	tape_release(&b);
}

static void equal_addresses_in_two_namespaces_do_not_mix(void **state)
{
	struct build_tape b = {0};
	struct build_sock client2 = hello_client, server2 = hello_server;
	struct tracked t;

	(void)state;
	client2.netns = server2.netns = 77;
	client2.skaddr += 0x10000;
	server2.skaddr += 0x10000;
	client2.cookie = 21;
	server2.cookie = 22;
	tape_begin(&b);
	open_client(&b, T0, &hello_client, &(struct build_extra){.una = 1000001, .nxt = 9000001});
	open_client(&b, T0 + 100, &client2,
		    &(struct build_extra){.una = 50000001, .nxt = 60000001});
	open_server(&b, T0 + 200, &server2,
		    &(struct build_extra){.una = 60000001, .nxt = 50000001});
	open_server(&b, T0 + 300, &hello_server,
		    &(struct build_extra){.una = 9000001, .nxt = 1000001});
	track(&t, &b);
	assert_int_equal(t.lives[0].peer, 4);
	assert_int_equal(t.lives[1].peer, 3);
	tracked_release(&t);
	tape_release(&b);
}

static void without_sequence_numbers_the_same_namespace_is_preferred(void **state)
{
	struct build_tape b = {0};
	struct build_sock client2 = hello_client;
	const struct build_extra none = {.is_absent = true};
	struct tracked t;

	(void)state;
	client2.netns = 77;
	client2.skaddr += 0x10000;
	client2.cookie = 21;
	tape_begin(&b);
	open_client(&b, T0, &hello_client, &none);
	open_client(&b, T0 + 100, &client2, &none);
	open_server(&b, T0 + 200, &hello_server, &none);
	track(&t, &b);
	assert_int_equal(t.lives[2].peer, 1);
	assert_int_equal(t.lives[1].peer, 0);
	tracked_release(&t);
	tape_release(&b);
}

static void sequence_numbers_that_contradict_prevent_pairing_by_address(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	open_client(&b, T0, &hello_client, &(struct build_extra){.una = 1000001, .nxt = 9000001});
	open_server(&b, T0 + 200, &hello_server,
		    &(struct build_extra){.una = 700000001, .nxt = 800000001});
	track(&t, &b);
	assert_int_equal(t.lives[0].peer, 0);
	assert_int_equal(t.lives[1].peer, 0);
	tracked_release(&t);
	tape_release(&b);
}

static void fast_open_data_does_not_prevent_pairing(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	open_client(&b, T0, &hello_client, &(struct build_extra){.una = 101, .nxt = 201});
	open_server(&b, T0 + 200, &hello_server, &(struct build_extra){.una = 201, .nxt = 1501});
	track(&t, &b);
	assert_int_equal(t.lives[0].peer, 2);
	tracked_release(&t);
	tape_release(&b);
}

/* The last part of the handshake was lost: the server answers while it is in SYN_RECV. */
static void server_of_fast_open_has_a_peer_when_it_is_called_on(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 500, "server");
	tape_state(&b, T0, &hello_listener, STATE_CLOSE, STATE_LISTEN);
	open_client(&b, T0 + 10, &hello_client, &(struct build_extra){.una = 201, .nxt = 201});
	tape_state(&b, T0 + 100, &hello_server, STATE_LISTEN, STATE_SYN_RECV);
	tape_run(&b, 500, "server");
	tape_recv(&b, T0 + 200, &hello_server, 100, 0);
	track(&t, &b);
	assert_int_equal(t.lives[1].peer, 3);
	assert_int_equal(t.lives[2].peer, 2);
	assert_int_equal(t.lives[2].accept_count, 1);
	assert_int_equal(t.lives[2].accept_wait_ns, 0);
	tracked_release(&t);
	tape_release(&b);
}

static void life_that_was_over_before_is_no_peer(void **state)
{
	struct build_tape b = {0};
	const struct build_extra none = {.is_absent = true};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	open_server(&b, T0, &hello_server, &none);
	tape_state(&b, T0 + 1000, &hello_server, STATE_LAST_ACK, STATE_CLOSE);
	open_client(&b, T0 + 2000, &hello_client, &none);
	track(&t, &b);
	assert_int_equal(t.lives[0].peer, 0);
	assert_int_equal(t.lives[1].peer, 0);
	tracked_release(&t);
	tape_release(&b);
}

static void peer_of_a_server_whose_start_was_not_seen_is_a_client(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_snapshot(&b, T0, &hello_listener, &(struct build_snapshot){.state = STATE_LISTEN});
	tape_snapshot(&b, T0, &hello_client, &(struct build_snapshot){.state = STATE_ESTABLISHED});
	tape_snapshot(&b, T0, &hello_server, &(struct build_snapshot){.state = STATE_ESTABLISHED});
	track(&t, &b);
	assert_int_equal(t.lives[1].role, LIFE_CLIENT);
	assert_int_equal(t.lives[2].role, LIFE_SERVER);
	tracked_release(&t);
	tape_release(&b);
}

static void socket_connected_to_itself_is_not_its_own_peer(void **state)
{
	struct build_tape b = {0};
	struct build_sock self = hello_client;
	struct tracked t;

	(void)state;
	self.rport = self.lport;
	tape_begin(&b);
	open_client(&b, T0, &self, &(struct build_extra){.una = 101, .nxt = 101});
	track(&t, &b);
	assert_int_equal(t.lives[0].peer, 0);
	tracked_release(&t);
	tape_release(&b);
}

/* Two CPUs each make a child of the client's request; one is closed at once. Before 6.15 a child has no
 * addresses at first. */
struct twins {
	struct build_sock winner, loser, winner_born, loser_born;
};

static struct twins twins_of(bool has_addresses)
{
	struct twins w = {.winner = hello_server, .loser = hello_server};

	w.loser.skaddr += 0x10000;
	w.loser.cookie = 99;
	w.winner_born = w.winner;
	w.loser_born = w.loser;
	if (has_addresses)
		return w;
	w.winner_born.raddr = w.loser_born.raddr = "0.0.0.0";
	w.winner_born.rport = w.loser_born.rport = 0;
	w.winner_born.cookie = 98; /* replaced, as the loser's */
	return w;
}

/* The client is life 1. The winner sends and closes; a packet to the server comes after. */
static void check_twins(struct build_tape *b, const struct twins *w, uint64_t t, unsigned winner)
{
	unsigned loser = winner == 2 ? 3 : 2;
	struct tracked all;

	tape_run(b, 2377, "server");
	tape_send(b, t, &w->winner, 11);
	tape_drop(b, t + 10,
		  &(struct build_segment){"127.0.0.1", "127.0.0.1", 40112, 8080, 16, 1, 1, 0},
		  REASON_NETFILTER_DROP);
	tape_state(b, t + 20, &w->winner, STATE_ESTABLISHED, STATE_FIN_WAIT1);
	tape_state(b, t + 30, &w->winner, STATE_FIN_WAIT1, STATE_FIN_WAIT2);
	tape_state(b, t + 40, &w->winner, STATE_FIN_WAIT2, STATE_CLOSE);
	tape_destroy(b, t + 50, &w->winner);
	track(&all, b);
	assert_int_equal(all.count, 3);
	assert_int_equal(all.lives[0].peer, winner);
	assert_int_equal(all.lives[winner - 1].peer, 1);
	assert_int_equal(all.lives[winner - 1].end, LIFE_FIN);
	assert_int_equal(all.lives[winner - 1].traffic.tx_bytes, 11);
	assert_int_equal(all.lives[winner - 1].traffic.drops, 1);
	assert_false(all.is_uncertain[winner - 1]);
	assert_int_equal(all.lives[loser - 1].peer, 0);
	assert_true(all.lives[loser - 1].is_stillborn);
	assert_int_equal(all.lives[loser - 1].end, LIFE_END_UNKNOWN);
	assert_false(all.is_uncertain[loser - 1]);
	tracked_release(&all);
	tape_release(b);
}

/* The loser is closed before the winner is established: seen on 5.10. */
static void loser_of_two_children_is_no_peer(void **state)
{
	for (int has_addresses = 0; has_addresses < 2; has_addresses++) {
		struct twins w = twins_of(has_addresses);
		struct build_tape b = {0};

		(void)state;
		tape_begin(&b);
		open_client(&b, T0, &hello_client, &(struct build_extra){0});
		tape_state(&b, T0 + 100, &w.winner_born, STATE_LISTEN, STATE_SYN_RECV);
		tape_state(&b, T0 + 110, &w.loser_born, STATE_LISTEN, STATE_SYN_RECV);
		tape_state(&b, T0 + 120, &w.loser, STATE_SYN_RECV, STATE_CLOSE);
		tape_destroy(&b, T0 + 130, &w.loser);
		tape_state(&b, T0 + 140, &w.winner, STATE_SYN_RECV, STATE_ESTABLISHED);
		check_twins(&b, &w, T0 + 200, 2);
	}
}

/* The loser appears when the winner is established already: seen on 6.1. */
static void late_loser_does_not_end_the_winners_life(void **state)
{
	for (int has_addresses = 0; has_addresses < 2; has_addresses++) {
		struct twins w = twins_of(has_addresses);
		struct build_tape b = {0};

		(void)state;
		tape_begin(&b);
		open_client(&b, T0, &hello_client, &(struct build_extra){0});
		tape_state(&b, T0 + 100, &w.winner_born, STATE_LISTEN, STATE_SYN_RECV);
		tape_state(&b, T0 + 110, &w.winner, STATE_SYN_RECV, STATE_ESTABLISHED);
		tape_state(&b, T0 + 120, &w.loser_born, STATE_LISTEN, STATE_SYN_RECV);
		tape_state(&b, T0 + 130, &w.loser, STATE_SYN_RECV, STATE_CLOSE);
		tape_destroy(&b, T0 + 140, &w.loser);
		check_twins(&b, &w, T0 + 200, 2);
	}
}

static void younger_of_two_children_may_win(void **state)
{
	for (int has_addresses = 0; has_addresses < 2; has_addresses++) {
		struct twins w = twins_of(has_addresses);
		struct build_tape b = {0};

		(void)state;
		tape_begin(&b);
		open_client(&b, T0, &hello_client, &(struct build_extra){0});
		tape_state(&b, T0 + 100, &w.loser_born, STATE_LISTEN, STATE_SYN_RECV);
		tape_state(&b, T0 + 110, &w.winner_born, STATE_LISTEN, STATE_SYN_RECV);
		tape_state(&b, T0 + 120, &w.winner, STATE_SYN_RECV, STATE_ESTABLISHED);
		tape_state(&b, T0 + 130, &w.loser, STATE_SYN_RECV, STATE_CLOSE);
		check_twins(&b, &w, T0 + 200, 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequence_numbers_pair_through_address_translation),
		cmocka_unit_test(equal_addresses_in_two_namespaces_do_not_mix),
		cmocka_unit_test(without_sequence_numbers_the_same_namespace_is_preferred),
		cmocka_unit_test(sequence_numbers_that_contradict_prevent_pairing_by_address),
		cmocka_unit_test(fast_open_data_does_not_prevent_pairing),
		cmocka_unit_test(server_of_fast_open_has_a_peer_when_it_is_called_on),
		cmocka_unit_test(life_that_was_over_before_is_no_peer),
		cmocka_unit_test(peer_of_a_server_whose_start_was_not_seen_is_a_client),
		cmocka_unit_test(socket_connected_to_itself_is_not_its_own_peer),
		cmocka_unit_test(loser_of_two_children_is_no_peer),
		cmocka_unit_test(late_loser_does_not_end_the_winners_life),
		cmocka_unit_test(younger_of_two_children_may_win),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
