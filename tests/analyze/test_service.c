/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_service.c -- connections of one server are one service, whichever end is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze/service.h"
#include "tests/analyze/tracked.h"

static const uint64_t T0 = 1000000000000;

static void assert_service(const struct life *l, const char *text, bool is_guessed)
{
	struct service s = service_of(l);
	char out[ENDPOINT_MAX];

	assert_string_equal(service_format(&s, out), text);
	assert_int_equal(s.is_guessed, is_guessed);
}

static void both_ends_have_one_service(void **state)
{
	struct build_tape b = {0};
	struct service client, server;
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	track(&t, &b);
	assert_service(&t.lives[0], "0.0.0.0:8080", false);
	assert_service(&t.lives[1], "127.0.0.1:8080", false);
	assert_service(&t.lives[2], "127.0.0.1:8080", false);
	client = service_of(&t.lives[1]);
	server = service_of(&t.lives[2]);
	assert_true(service_equal(&client, &server));
	assert_int_equal(service_hash(&client), service_hash(&server));
	tracked_release(&t);
	tape_release(&b);
}

static void of_unknown_roles_the_lower_port_serves(void **state)
{
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	tape_begin(&b);
	tape_send(&b, T0, &hello_client, 5);
	track(&t, &b);
	assert_int_equal(t.lives[0].role, LIFE_UNKNOWN);
	assert_service(&t.lives[0], "127.0.0.1:8080", true);
	tracked_release(&t);
	tape_release(&b);
}

static void of_unknown_roles_a_listeners_port_serves_though_higher(void **state)
{
	struct build_sock listener = hello_listener, client = hello_client;
	const struct build_snapshot listening = {.state = STATE_LISTEN};
	struct build_tape b = {0};
	struct tracked t;

	(void)state;
	listener.lport = client.rport = 50000;
	tape_begin(&b);
	tape_snapshot(&b, T0, &listener, &listening);
	tape_send(&b, T0 + 1, &client, 5);
	track(&t, &b);
	assert_int_equal(t.lives[1].role, LIFE_UNKNOWN);
	assert_service(&t.lives[1], "127.0.0.1:50000", true);
	tracked_release(&t);
	tape_release(&b);
}

static void other_ports_and_addresses_are_other_services(void **state)
{
	struct service a = {.endpoint.port = 80}, b = a, c = a;

	(void)state;
	b.endpoint.port = 81;
	c.endpoint.addr[15] = 1;
	assert_false(service_equal(&a, &b));
	assert_false(service_equal(&a, &c));
	assert_int_not_equal(service_hash(&a), service_hash(&b));
	assert_int_not_equal(service_hash(&a), service_hash(&c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ends_have_one_service),
		cmocka_unit_test(of_unknown_roles_the_lower_port_serves),
		cmocka_unit_test(of_unknown_roles_a_listeners_port_serves_though_higher),
		cmocka_unit_test(other_ports_and_addresses_are_other_services),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
