/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_listening.c -- which listener it was, and when nobody can tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/listening.h"
#include "tests/analyze/endpoint_at.h"
#include "tests/analyze/tracked.h"

static const uint64_t T0 = 1000000000000;

/* Begins to listen; its number. */
static uint64_t listens(struct lives *ls, const char *addr, uint16_t port, uint32_t netns)
{
	struct sock_facts f = {.skaddr = 0x1000 + ls->last_conn, .netns = netns};
	struct life *l;

	f.tuple.local = endpoint_at(addr, port);
	l = lives_begin(ls, &f, T0);
	assert_non_null(l);
	assert_true(listening_add(ls, l));
	return l->conn;
}

static uint64_t number_of(const struct life *l)
{
	return l ? l->conn : 0;
}

static uint64_t found(const struct lives *ls, const char *addr, uint16_t port, uint32_t netns)
{
	const struct endpoint local = endpoint_at(addr, port);

	return number_of(listening_find(ls, &local, netns));
}

static uint64_t called(const struct lives *ls, const char *from, const char *to, uint32_t netns)
{
	const struct tuple client = {endpoint_at(from, 0), endpoint_at(to, 80)};

	return number_of(listening_find_called(ls, &client, netns));
}

static void the_address_itself_fits_better_than_any(void **state)
{
	struct lives ls;
	uint64_t six, four, own;

	(void)state;
	lives_init(&ls);
	six = listens(&ls, "::", 80, 1);
	assert_int_equal(found(&ls, "192.0.2.7", 80, 1), six);
	four = listens(&ls, "0.0.0.0", 80, 1);
	own = listens(&ls, "192.0.2.7", 80, 1);
	assert_int_equal(found(&ls, "192.0.2.7", 80, 1), own);
	assert_int_equal(found(&ls, "192.0.2.8", 80, 1), four);
	assert_int_equal(found(&ls, "2001:db8::1", 80, 1), six);
	assert_int_equal(found(&ls, "192.0.2.7", 81, 1), 0);
	assert_int_equal(found(&ls, "192.0.2.7", 80, 2), 0);
	lives_release(&ls);
}

static void who_has_closed_is_found_where_nobody_else_listens(void **state)
{
	const struct endpoint local = endpoint_at("192.0.2.7", 80);
	struct life *old;
	struct lives ls;
	uint64_t first, second;

	(void)state;
	lives_init(&ls);
	first = listens(&ls, "0.0.0.0", 80, 1);
	old = listening_find(&ls, &local, 1);
	assert_ptr_equal(listening_find_only(&ls, &local, 1), old);
	old->phase = LIFE_CLOSED;
	assert_int_equal(found(&ls, "192.0.2.7", 80, 1), first);
	assert_null(listening_find_only(&ls, &local, 1));
	second = listens(&ls, "0.0.0.0", 80, 1);
	assert_int_equal(found(&ls, "192.0.2.7", 80, 1), second);
	lives_release(&ls);
}

static void of_two_that_share_a_port_none_is_the_only_one(void **state)
{
	const struct endpoint local = endpoint_at("192.0.2.7", 80);
	struct lives ls;

	(void)state;
	lives_init(&ls);
	listens(&ls, "0.0.0.0", 80, 1);
	listens(&ls, "0.0.0.0", 80, 1);
	listens(&ls, "::1", 80, 1);
	assert_non_null(listening_find(&ls, &local, 1));
	assert_null(listening_find_only(&ls, &local, 1));
	listening_note_stray(&ls, listening_find(&ls, &local, 1));
	for (const struct life *l = ls.lists[LIFE_ALIVE].first; l;
	     l = life_pool_at(&ls.pool, l->after))
		assert_int_equal(l->has_strayed, l->conn <= 2);
	lives_release(&ls);
}

static void a_far_listener_is_called_only_at_an_address_of_its_own(void **state)
{
	struct lives ls;
	uint64_t own;

	(void)state;
	lives_init(&ls);
	listens(&ls, "0.0.0.0", 80, 1);
	own = listens(&ls, "192.0.2.7", 80, 2);
	assert_int_equal(called(&ls, "192.0.2.1", "192.0.2.7", 3), own);
	assert_int_equal(called(&ls, "192.0.2.1", "192.0.2.8", 3), 0);
	listens(&ls, "192.0.2.7", 80, 4); /* another host's, for all one can tell */
	assert_int_equal(called(&ls, "192.0.2.1", "192.0.2.7", 3), 0);
	lives_release(&ls);
}

static void loopback_is_of_ones_own_namespace(void **state)
{
	struct lives ls;
	uint64_t own;

	(void)state;
	lives_init(&ls);
	own = listens(&ls, "0.0.0.0", 80, 1);
	listens(&ls, "127.0.0.1", 80, 2);
	assert_int_equal(called(&ls, "127.0.0.1", "127.0.0.1", 1), own);
	assert_int_equal(called(&ls, "192.0.2.1", "192.0.2.1", 1), own);
	assert_int_equal(called(&ls, "127.0.0.1", "127.0.0.1", 3), 0);
	lives_release(&ls);
}

static void connection_on_a_listeners_port_is_its_server(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_snapshot(&b, T0, &hello_client, &(struct build_snapshot){.state = STATE_ESTABLISHED});
	tape_snapshot(&b, T0, &hello_server, &(struct build_snapshot){.state = STATE_ESTABLISHED});
	tape_snapshot(&b, T0, &hello_listener,
		      &(struct build_snapshot){.state = STATE_LISTEN,
					       .owner_pid = 5,
					       .owner_comm = "nginx"});
	track(&t, &b);
	assert_int_equal(t.lives[1].role, LIFE_SERVER);
	assert_int_equal(t.lives[1].owner.pid, 5);
	assert_int_equal(t.lives[1].owner.source, OWNER_LISTENER);
	tracked_release(&t);
	tape_release(&b);
}

/* Two listen at one address and port, and a connection comes. Returns the second. */
static struct build_sock share_port(struct build_tape *b)
{
	struct build_sock second = hello_listener;

	second.skaddr++;
	second.cookie = 98;
	tape_begin(b);
	tape_run(b, 10, "first");
	tape_state(b, T0, &hello_listener, STATE_CLOSE, STATE_LISTEN);
	tape_run(b, 20, "second");
	tape_state(b, T0 + 1000, &second, STATE_CLOSE, STATE_LISTEN);
	tape_run(b, 0, "swapper/0");
	tape_state(b, T0 + 2000, &hello_server, STATE_LISTEN, STATE_SYN_RECV);
	tape_state(b, T0 + 3000, &hello_server, STATE_SYN_RECV, STATE_ESTABLISHED);
	return second;
}

static void of_listeners_on_one_port_the_one_that_is_woken_accepts(void **state)
{
	struct build_sock second;
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	second = share_port(&b);
	tape_sock_event(&b, T0 + 4000, BUILD_DATA_READY, &hello_listener);
	/* Not that of the connection before. */
	tape_sock_event(&b, T0 + 5000, BUILD_DATA_READY, &second);
	track(&t, &b);
	assert_int_equal(t.count, 3);
	assert_int_equal(t.lives[2].role, LIFE_SERVER);
	assert_int_equal(t.lives[2].owner.source, OWNER_LISTENER);
	assert_string_equal(t.lives[2].owner.comm, "first");
	tracked_release(&t);
	tape_release(&b);
}

static void of_listeners_on_one_port_none_is_guessed(void **state)
{
	struct build_tape b = {.left_out = 1 << BUILD_DATA_READY};
	struct build_sock second;
	struct tracked t;

	(void)state;
	second = share_port(&b);
	tape_run(&b, 10, "first");
	tape_send(&b, T0 + 9000, &hello_server, 1);
	tape_run(&b, 0, "swapper/0");
	/* Only one is left. */
	tape_state(&b, T0 + 10000, &second, STATE_LISTEN, STATE_CLOSE);
	tape_destroy(&b, T0 + 10000, &second);
	second = hello_server;
	second.skaddr += 7;
	second.cookie += 70;
	second.rport++;
	tape_state(&b, T0 + 12000, &second, STATE_LISTEN, STATE_SYN_RECV);
	tape_state(&b, T0 + 13000, &second, STATE_SYN_RECV, STATE_ESTABLISHED);
	track(&t, &b);
	assert_int_equal(t.count, 4);
	assert_int_equal(t.lives[2].role, LIFE_SERVER);
	assert_int_equal(t.lives[2].owner.source, OWNER_CALLER);
	assert_true(t.lives[0].has_strayed);
	assert_true(t.lives[1].has_strayed);
	assert_int_equal(t.lives[0].accept_count + t.lives[1].accept_count, 0);
	assert_int_equal(t.lives[3].owner.source, OWNER_LISTENER);
	assert_string_equal(t.lives[3].owner.comm, "first");
	tracked_release(&t);
	tape_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_address_itself_fits_better_than_any),
		cmocka_unit_test(who_has_closed_is_found_where_nobody_else_listens),
		cmocka_unit_test(of_two_that_share_a_port_none_is_the_only_one),
		cmocka_unit_test(a_far_listener_is_called_only_at_an_address_of_its_own),
		cmocka_unit_test(loopback_is_of_ones_own_namespace),
		cmocka_unit_test(connection_on_a_listeners_port_is_its_server),
		cmocka_unit_test(of_listeners_on_one_port_the_one_that_is_woken_accepts),
		cmocka_unit_test(of_listeners_on_one_port_none_is_guessed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
